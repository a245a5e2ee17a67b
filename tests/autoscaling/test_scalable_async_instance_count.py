import re
from datetime import timedelta

import pytest
from cdktf import TerraformVariable

from sm_tf import (
    AsyncInferenceConfig,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    PredefinedMetric,
    Schedule,
)

TARGET, POLICY, ALARM = (
    "aws_appautoscaling_target",
    "aws_appautoscaling_policy",
    "aws_cloudwatch_metric_alarm",
)


@pytest.fixture
def variant(stack, new_model):
    def make(**props):
        main = InstanceProductionVariantProps(
            model=new_model(), variant_name="main", instance_type=InstanceType.M5_LARGE, **props
        )
        config = EndpointConfig(
            stack,
            "Config",
            instance_production_variants=[main],
            async_inference_config=AsyncInferenceConfig(s3_output_path="s3://bucket/out"),
        )
        return Endpoint(stack, "Endpoint", endpoint_config=config).find_async_production_variant("main")

    return make


def test_the_backlog_is_tracked_for_the_endpoint(stack, synth, variant) -> None:
    variant().auto_scale_instance_count(max_capacity=3).scale_on_backlog("Queue", backlog_per_instance=2.5)
    content = synth(stack)
    configuration = content.only(POLICY)["target_tracking_scaling_policy_configuration"]
    assert configuration["target_value"] == 2.5
    assert configuration["customized_metric_specification"] == {
        "metric_name": "ApproximateBacklogSizePerInstance",
        "namespace": "AWS/SageMaker",
        "statistic": "Average",
        "dimensions": [{"name": "EndpointName", "value": "demo-endpoint"}],
    }
    assert (content.only(TARGET)["min_capacity"], content.only(TARGET)["max_capacity"]) == (1, 3)
    assert content.resources(ALARM) == {}


def test_with_a_minimum_of_zero_a_waiting_request_wakes_the_endpoint(stack, synth, variant) -> None:
    count = variant().auto_scale_instance_count(min_capacity=0, max_capacity=3)
    assert count.wake_up_alarm is not None
    assert count.wakes_on is count.wake_up_alarm
    content = synth(stack)
    (policy,) = content.resources(POLICY)
    assert content.only(POLICY)["step_scaling_policy_configuration"] == {
        "adjustment_type": "ChangeInCapacity",
        "metric_aggregation_type": "Average",
        "cooldown": 300,
        "step_adjustment": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
    }
    alarm = content.only(ALARM)
    del alarm["alarm_name"]
    assert alarm == {
        "alarm_description": "Requests are queued but no instance is running",
        "metric_name": "HasBacklogWithoutCapacity",
        "namespace": "AWS/SageMaker",
        "dimensions": {"EndpointName": "demo-endpoint"},
        "statistic": "Average",
        "period": 60,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1,
        "evaluation_periods": 2,
        "datapoints_to_alarm": 2,
        "treat_missing_data": "notBreaching",
        "alarm_actions": [f"${{{POLICY}.{policy}.arn}}"],
    }


def test_so_it_does_where_terraform_alone_knows_the_minimum(stack, variant) -> None:
    low = TerraformVariable(stack, "low", type="number").number_value
    assert variant().auto_scale_instance_count(min_capacity=low, max_capacity=3).wake_up_alarm


def test_and_where_a_schedule_lets_it_fall_to_zero(variant) -> None:
    count = variant().auto_scale_instance_count(max_capacity=3)
    assert count.wake_up_alarm is None
    count.scale_on_schedule("Day", schedule=Schedule.rate(timedelta(days=1)), min_capacity=1)
    assert count.wake_up_alarm is None
    for id in ("Night", "Weekend"):
        count.scale_on_schedule(id, schedule=Schedule.rate(timedelta(days=1)), min_capacity=0)
    assert count.wake_up_alarm


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ({"min_capacity": -1, "max_capacity": 1}, "min_capacity -1 must be a whole number, 0 or more"),
        ({"min_capacity": 2, "max_capacity": 3}, "min_capacity 2 is above initial_instance_count 1"),
        ({"min_capacity": 0, "max_capacity": 0}, "max_capacity 0 is below initial_instance_count 1"),
    ],
)
def test_bad_bounds_are_refused(variant, bounds, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        variant().auto_scale_instance_count(**bounds)


def test_predefined_metrics_are_not_published(variant) -> None:
    count = variant().auto_scale_instance_count(max_capacity=3)
    metric = PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE
    with pytest.raises(InvalidPropsError, match=re.escape("there is none; pass custom_metric")):
        count.scale_to_track_metric("Load", predefined_metric=metric, target_value=1)


def test_burstable_instances_are_refused(stack, new_model) -> None:
    main = InstanceProductionVariantProps(model=new_model("Small"), variant_name="main")
    config = EndpointConfig(
        stack,
        "SmallConfig",
        instance_production_variants=[main],
        async_inference_config=AsyncInferenceConfig(s3_output_path="s3://bucket/out"),
    )
    endpoint = Endpoint(stack, "SmallEndpoint", endpoint_config=config)
    with pytest.raises(InvalidPropsError, match=r"runs on ml\.t2\.medium"):
        endpoint.find_async_production_variant("main").auto_scale_instance_count(max_capacity=2)
