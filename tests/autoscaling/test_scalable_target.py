import re
from datetime import UTC, datetime, timedelta

import pytest

from sm_tf import (
    AdjustmentType,
    Endpoint,
    InvalidPropsError,
    MathExpression,
    Metric,
    MetricAggregationType,
    PredefinedMetric,
    ScalableTarget,
    ScalingInterval,
    Schedule,
    SuspendedState,
    TreatMissingData,
)

TARGET, POLICY = "aws_appautoscaling_target", "aws_appautoscaling_policy"
ACTION, ALARM = "aws_appautoscaling_scheduled_action", "aws_cloudwatch_metric_alarm"
QUEUE = Metric(namespace="Mine", metric_name="Queue", dimensions_map={"B": "2", "A": "1"})
STEPS = [ScalingInterval(upper=20, change=-1), ScalingInterval(lower=60, change=1)]
CONCURRENCY = PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION
UTILIZATION = PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION


@pytest.fixture
def count(new_endpoint):
    (variant,) = new_endpoint(initial_instance_count=2).instance_production_variants
    return variant.auto_scale_instance_count(min_capacity=1, max_capacity=8)


def test_scaling_may_stand_still(stack, synth, new_endpoint) -> None:
    (variant,) = new_endpoint().instance_production_variants
    variant.auto_scale_instance_count(
        max_capacity=2, suspended_state=SuspendedState(scheduled_scaling_suspended=True), tags={"Team": "ml"}
    )
    target = synth(stack).only(TARGET)
    assert target["suspended_state"] == {
        "dynamic_scaling_in_suspended": False,
        "dynamic_scaling_out_suspended": False,
        "scheduled_scaling_suspended": True,
    }
    assert target["tags"] == {"Team": "ml"}


def test_a_refused_target_takes_no_id(new_endpoint) -> None:
    (variant,) = new_endpoint(initial_instance_count=2).instance_production_variants
    with pytest.raises(InvalidPropsError, match="min_capacity 3 is above initial_instance_count 2"):
        variant.auto_scale_instance_count(min_capacity=3, max_capacity=8)
    assert variant.auto_scale_instance_count(max_capacity=8).min_capacity == 2


def test_a_kind_of_target_says_how_it_begins(stack, new_endpoint) -> None:
    with pytest.raises(TypeError, match="abstract"):
        ScalableTarget(stack, "Target", endpoint=new_endpoint(), variant_name="main", max_capacity=2)


class TestTargetTracking:
    def configuration(self, content):
        return content.only(POLICY)["target_tracking_scaling_policy_configuration"]

    def test_of_a_predefined_metric(self, stack, synth, count) -> None:
        count.scale_to_track_metric("Track", predefined_metric=CONCURRENCY, target_value=5)
        assert self.configuration(synth(stack))["predefined_metric_specification"] == {
            "predefined_metric_type": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        }

    def test_of_a_metric_of_ones_own(self, stack, synth, count) -> None:
        count.scale_to_track_metric("Track", custom_metric=QUEUE.with_(unit="Count"), target_value=5)
        assert self.configuration(synth(stack)) == {
            "target_value": 5,
            "scale_in_cooldown": 300,
            "scale_out_cooldown": 300,
            "customized_metric_specification": {
                "namespace": "Mine",
                "metric_name": "Queue",
                "statistic": "Average",
                "unit": "Count",
                "dimensions": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            },
        }

    def test_of_a_percentile(self, stack, synth, count) -> None:
        count.scale_to_track_metric("Track", custom_metric=QUEUE.with_(statistic="p90"), target_value=5)
        (metric,) = self.configuration(synth(stack))["customized_metric_specification"]["metrics"]
        assert metric == {
            "id": "m1",
            "return_data": True,
            "metric_stat": {
                "stat": "p90",
                "metric": {
                    "namespace": "Mine",
                    "metric_name": "Queue",
                    "dimensions": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                },
            },
        }

    def test_of_an_expression(self, stack, synth, count) -> None:
        load = MathExpression(
            expression="queue / workers",
            using_metrics={"queue": QUEUE, "workers": QUEUE.with_(dimensions_map={"A": "3"})},
        )
        count.scale_to_track_metric("Track", custom_metric=load, target_value=5)
        metrics = self.configuration(synth(stack))["customized_metric_specification"]["metrics"]
        returned = [metric for metric in metrics if metric["return_data"]]
        assert [metric["expression"] for metric in returned] == ["queue / workers"]
        assert {metric["id"] for metric in metrics if "metric_stat" in metric} == {"queue", "workers"}

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({"target_value": 0, "custom_metric": QUEUE}, "target_value 0 must be a number above 0"),
            ({"target_value": "5", "custom_metric": QUEUE}, "target_value '5' must be a number"),
            ({"target_value": 1}, "give either predefined_metric or custom_metric"),
            (
                {"target_value": 1, "custom_metric": QUEUE, "predefined_metric": CONCURRENCY},
                "give either predefined_metric or custom_metric",
            ),
            ({"target_value": 1, "predefined_metric": "Load"}, "predefined_metric 'Load' must be one of"),
            (
                {"target_value": 1, "predefined_metric": UTILIZATION},
                "isn't published for this kind of variant; there is SageMakerVariantInvocationsPerInstance",
            ),
            ({"target_value": 1, "custom_metric": "Load"}, "custom_metric is 'Load'; pass a Metric"),
            (
                {"target_value": 1, "custom_metric": QUEUE.with_(account="1" * 12)},
                "custom_metric is of another account",
            ),
            ({"target_value": 1, "custom_metric": QUEUE, "policy_name": ""}, "policy_name '' must have 1"),
        ],
    )
    def test_bad_values_are_refused(self, count, options, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            count.scale_to_track_metric("Track", **options)

    def test_one_metric_is_tracked_once(self, count) -> None:
        count.scale_on_invocations("One", max_requests_per_second=1)
        with pytest.raises(InvalidPropsError, match="is tracked already; AWS takes one policy for each"):
            count.scale_on_invocations("Two", max_requests_per_second=2)


class TestStepScaling:
    def test_makes_policies_and_alarms(self, stack, synth, count) -> None:
        made = count.scale_on_metric(
            "Steps",
            metric=QUEUE.with_(statistic="Maximum"),
            scaling_steps=STEPS,
            adjustment_type=AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
            cooldown=timedelta(minutes=1),
            min_adjustment_magnitude=2,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data=TreatMissingData.IGNORE,
        )
        content = synth(stack)
        for side, step, threshold, comparison in (
            (
                "Lower",
                {"metric_interval_upper_bound": "0", "scaling_adjustment": -1},
                20,
                "LessThanOrEqualTo",
            ),
            (
                "Upper",
                {"metric_interval_lower_bound": "0", "scaling_adjustment": 1},
                60,
                "GreaterThanOrEqualTo",
            ),
        ):
            (name,) = [name for name in content.resources(POLICY) if side in name]
            policy = content.resources(POLICY)[name]
            assert policy["policy_type"] == "StepScaling"
            assert policy["step_scaling_policy_configuration"] == {
                "adjustment_type": "PercentChangeInCapacity",
                "metric_aggregation_type": "Maximum",
                "cooldown": 60,
                "min_adjustment_magnitude": 2,
                "step_adjustment": [step],
            }
            (alarm,) = [found for id, found in content.resources(ALARM).items() if side in id]
            assert alarm["comparison_operator"] == f"{comparison}Threshold"
            assert alarm["threshold"] == threshold
            assert (alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (3, 2)
            assert alarm["treat_missing_data"] == "ignore"
            assert alarm["alarm_description"] == f"{side} threshold scaling alarm"
            assert alarm["alarm_actions"] == [f"${{{POLICY}.{name}.arn}}"]
        assert made.lower_alarm
        assert made.upper_alarm

    def test_aggregates_by_the_average_where_the_metrics_statistic_is_none_of_three(
        self, stack, synth, count
    ) -> None:
        count.scale_on_metric("Steps", metric=QUEUE.with_(statistic="Sum"), scaling_steps=STEPS)
        policy = synth(stack).named(POLICY, "Endpoint_mainInstanceCount_Steps_Lower")
        assert policy["step_scaling_policy_configuration"]["metric_aggregation_type"] == "Average"

    def test_upwards_alone_makes_one_policy(self, stack, synth, count) -> None:
        made = count.scale_on_metric(
            "Steps",
            metric=QUEUE,
            scaling_steps=[ScalingInterval(upper=5, change=0), ScalingInterval(lower=5, change=1)],
            metric_aggregation_type=MetricAggregationType.MINIMUM,
            policy_name="mine",
        )
        assert made.lower_alarm is None
        assert synth(stack).only(POLICY)["name"] == "mine-upper"

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({"scaling_steps": STEPS[:1]}, "scaling_steps has 1 intervals"),
            ({"evaluation_periods": 0}, "evaluation_periods 0 must be a whole number, 1 or more"),
            ({"datapoints_to_alarm": 0}, "datapoints_to_alarm 0 must be"),
            ({"datapoints_to_alarm": 2}, "datapoints_to_alarm 2 is above evaluation_periods 1"),
            ({"adjustment_type": "More"}, "adjustment_type 'More' must be one of"),
            ({"metric_aggregation_type": "Sum"}, "metric_aggregation_type 'Sum' must be one of"),
            ({"cooldown": timedelta(seconds=-1)}, "cooldown -1 day, 23:59:59 must be 0 or more"),
            ({"treat_missing_data": "none"}, "treat_missing_data 'none' must be one of"),
            ({"policy_name": "n" * 251}, "must have 1 to 250 ASCII characters"),
            (
                {"metric": QUEUE.with_(period=timedelta(seconds=5))},
                "the metric's period is 0:00:05; an alarm needs",
            ),
            ({"min_adjustment_magnitude": 1}, "only counts for AdjustmentType.PERCENT_CHANGE_IN_CAPACITY"),
        ],
    )
    def test_bad_values_are_refused(self, count, options, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            count.scale_on_metric("Steps", **{"metric": QUEUE, "scaling_steps": STEPS, **options})
        assert count.node.try_find_child("Steps") is None


class TestSchedules:
    def test_set_bounds_at_times(self, stack, synth, count) -> None:
        count.scale_on_schedule(
            "Launch",
            schedule=Schedule.at(datetime(2027, 1, 1, 9, 0)),
            min_capacity=2,
            max_capacity=20,
            start_time=datetime(2027, 1, 1, tzinfo=UTC),
            end_time=datetime(2028, 1, 1, tzinfo=UTC),
            time_zone="America/New_York",
        )
        content = synth(stack)
        (target,) = content.resources(TARGET)
        assert content.only(ACTION) == {
            "name": "demo-endpoint-maininstancecount-Launch",
            "service_namespace": f"${{{TARGET}.{target}.service_namespace}}",
            "scalable_dimension": f"${{{TARGET}.{target}.scalable_dimension}}",
            "resource_id": f"${{{TARGET}.{target}.resource_id}}",
            "schedule": "at(2027-01-01T09:00:00)",
            "timezone": "America/New_York",
            "start_time": "2027-01-01T00:00:00Z",
            "end_time": "2028-01-01T00:00:00Z",
            "scalable_target_action": {"min_capacity": "2", "max_capacity": "20"},
            "lifecycle": {"replace_triggered_by": [f"{TARGET}.{target}.id"]},
        }

    def test_own_the_bounds_that_they_set(self, stack, synth, count) -> None:
        count.scale_on_schedule("More", schedule=Schedule.rate(timedelta(days=1)), max_capacity=20)
        lifecycle = synth(stack).only(TARGET)["lifecycle"]
        assert lifecycle["ignore_changes"] == ["max_capacity"]
        assert lifecycle["replace_triggered_by"]

    def test_of_every_minute_are_warned_of(self, count) -> None:
        count.scale_on_schedule("More", schedule=Schedule.cron(hour="8"), max_capacity=20)
        (warning,) = [entry.data for entry in count.node.metadata if entry.type == "@cdktf/warn"]
        assert "every minute of the hours that match; pass minute=" in warning

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({}, "neither min_capacity nor max_capacity is given"),
            ({"min_capacity": 0}, "min_capacity 0 must be a whole number, 1 or more; only asynchronous"),
            ({"min_capacity": 3, "max_capacity": 2}, "min_capacity 3 is above max_capacity 2"),
            (
                {"min_capacity": 1, "schedule": "daily"},
                "schedule is 'daily'; pass Schedule.expression(…), ",
            ),
            ({"min_capacity": 1, "time_zone": "Mars/Base"}, "time_zone 'Mars/Base' must be a name"),
            ({"min_capacity": 1, "start_time": datetime(2027, 1, 1)}, "must be a datetime with a time zone"),
            (
                {
                    "min_capacity": 1,
                    "start_time": datetime(2027, 1, 2, tzinfo=UTC),
                    "end_time": datetime(2027, 1, 1, tzinfo=UTC),
                },
                "must be before end_time",
            ),
            (
                {
                    "min_capacity": 1,
                    "schedule": Schedule.at(datetime(2027, 1, 1, tzinfo=UTC)),
                    "time_zone": "Europe/Berlin",
                },
                "has a time zone of its own; leave time_zone out",
            ),
        ],
    )
    def test_bad_values_are_refused(self, count, options, told) -> None:
        daily = Schedule.cron(minute="0", hour="8")
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            count.scale_on_schedule("Daily", **{"schedule": daily, **options})


class TestImportedEndpoints:
    def test_scale_by_the_variants_name(self, stack, synth) -> None:
        endpoint = Endpoint.from_endpoint_name(stack, "Theirs", "theirs")
        variant = endpoint.find_instance_production_variant("main")
        variant.auto_scale_instance_count(max_capacity=4).scale_on_invocations(
            "Load", max_requests_per_second=1
        )
        content = synth(stack)
        target = content.only(TARGET)
        assert target["resource_id"] == "endpoint/theirs/variant/main"
        assert (target["min_capacity"], target["max_capacity"]) == (1, 4)
        assert "lifecycle" not in target
        assert content.resources(POLICY)

    def test_have_any_kind_of_variant_but_one_at_a_time(self, stack) -> None:
        endpoint = Endpoint.from_endpoint_name(stack, "Theirs", "theirs")
        assert endpoint.find_async_production_variant("queue").variant_name == "queue"
        with pytest.raises(InvalidPropsError, match="variant 'queue' is asynchronous, not serverless"):
            endpoint.find_serverless_production_variant("queue")
