import pytest

from sm_tf import (
    Endpoint,
    EndpointConfig,
    InvalidPropsError,
    PredefinedMetric,
    ServerlessProductionVariantProps,
)

TARGET, POLICY = "aws_appautoscaling_target", "aws_appautoscaling_policy"


@pytest.fixture
def variant(stack, new_model):
    def make(provisioned=2):
        props = ServerlessProductionVariantProps(
            model=new_model(),
            variant_name="main",
            max_concurrency=10,
            memory_size_in_mb=2048,
            provisioned_concurrency=provisioned,
        )
        config = EndpointConfig(stack, "Config", serverless_production_variant=props)
        return Endpoint(stack, "Endpoint", endpoint_config=config).find_serverless_production_variant("main")

    return make


def test_the_utilization_is_tracked(stack, synth, variant) -> None:
    variant().auto_scale_provisioned_concurrency(max_capacity=5).scale_on_utilization(
        "Use", utilization_target=0.7
    )
    content = synth(stack)
    target = content.only(TARGET)
    assert target["scalable_dimension"] == "sagemaker:variant:DesiredProvisionedConcurrency"
    assert (target["min_capacity"], target["max_capacity"]) == (2, 5)
    assert content.only(POLICY)["target_tracking_scaling_policy_configuration"] == {
        "target_value": 0.7,
        "predefined_metric_specification": {
            "predefined_metric_type": "SageMakerVariantProvisionedConcurrencyUtilization"
        },
        "scale_in_cooldown": 300,
        "scale_out_cooldown": 300,
    }


@pytest.mark.parametrize(
    ("provisioned", "bounds", "told"),
    [
        (None, {"min_capacity": 1, "max_capacity": 2}, "has no provisioned_concurrency to scale"),
        (2, {"max_capacity": 11}, "max_capacity 11 is above max_concurrency 10"),
        (2, {"max_capacity": 1, "min_capacity": 1}, "max_capacity 1 is below provisioned_concurrency 2"),
        (2, {"max_capacity": 5, "min_capacity": 3}, "min_capacity 3 is above provisioned_concurrency 2"),
        (2, {"max_capacity": 5, "min_capacity": 0}, "min_capacity 0 must be a whole number, 1 or more; AWS"),
    ],
)
def test_bad_bounds_are_refused(variant, provisioned, bounds, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        variant(provisioned).auto_scale_provisioned_concurrency(**bounds)


@pytest.mark.parametrize("target", [0, 1.1, -1])
def test_a_bad_target_is_refused(variant, target) -> None:
    scaling = variant().auto_scale_provisioned_concurrency(max_capacity=5)
    with pytest.raises(InvalidPropsError, match="must be a number above 0, at most 1"):
        scaling.scale_on_utilization("Use", utilization_target=target)


def test_metrics_of_instances_are_not_published(variant) -> None:
    scaling = variant().auto_scale_provisioned_concurrency(max_capacity=5)
    metric = PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE
    with pytest.raises(InvalidPropsError, match="isn't published for this kind of variant"):
        scaling.scale_to_track_metric("Load", predefined_metric=metric, target_value=1)


def test_scales_once(variant) -> None:
    made = variant()
    made.auto_scale_provisioned_concurrency(max_capacity=5)
    with pytest.raises(InvalidPropsError, match="already scales; add policies to the target"):
        made.auto_scale_provisioned_concurrency(max_capacity=5)
