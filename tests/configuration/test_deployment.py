import re
from datetime import timedelta

import cdktf
import pytest
from cdktf import TerraformVariable

from sm_tf import (
    CapacitySize,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    ServerlessProductionVariantProps,
)

ENDPOINT = "aws_sagemaker_endpoint"
MINUTE = timedelta(minutes=1)
PERCENT, INSTANCES = CapacitySize.percent, CapacitySize.instances


@pytest.fixture
def new_deployed(stack, new_model):
    """Makes an endpoint of variants on instances with a deployment."""

    def make(deployment, *, names=("main",), instance_type=InstanceType.M5_LARGE, count=10, **options):
        variants = [
            InstanceProductionVariantProps(
                model=new_model(f"Model{name}"),
                variant_name=name,
                instance_type=instance_type,
                initial_instance_count=count,
            )
            for name in names
        ]
        config = EndpointConfig(stack, "Config", instance_production_variants=variants)
        return Endpoint(stack, "Endpoint", endpoint_config=config, deployment=deployment, **options)

    return make


@pytest.mark.parametrize(
    ("deployment", "rendered"),
    [
        (
            Deployment.all_at_once(),
            {
                "blue_green_update_policy": {
                    "traffic_routing_configuration": {"type": "ALL_AT_ONCE", "wait_interval_in_seconds": 0}
                }
            },
        ),
        (
            Deployment.canary(size=PERCENT(10), wait_interval=5 * MINUTE, termination_wait=MINUTE),
            {
                "blue_green_update_policy": {
                    "traffic_routing_configuration": {
                        "type": "CANARY",
                        "wait_interval_in_seconds": 300,
                        "canary_size": {"type": "CAPACITY_PERCENT", "value": 10},
                    },
                    "termination_wait_in_seconds": 60,
                }
            },
        ),
        (
            Deployment.linear(
                step_size=INSTANCES(2), wait_interval=MINUTE, maximum_execution_timeout=30 * MINUTE
            ),
            {
                "blue_green_update_policy": {
                    "traffic_routing_configuration": {
                        "type": "LINEAR",
                        "wait_interval_in_seconds": 60,
                        "linear_step_size": {"type": "INSTANCE_COUNT", "value": 2},
                    },
                    "maximum_execution_timeout_in_seconds": 1800,
                }
            },
        ),
        (
            Deployment.rolling(
                maximum_batch_size=PERCENT(5),
                rollback_maximum_batch_size=PERCENT(100),
                wait_interval=MINUTE,
                maximum_execution_timeout=30 * MINUTE,
            ),
            {
                "rolling_update_policy": {
                    "maximum_batch_size": {"type": "CAPACITY_PERCENT", "value": 5},
                    "rollback_maximum_batch_size": {"type": "CAPACITY_PERCENT", "value": 100},
                    "wait_interval_in_seconds": 60,
                    "maximum_execution_timeout_in_seconds": 1800,
                }
            },
        ),
    ],
    ids=["all-at-once", "canary", "linear", "rolling"],
)
def test_every_kind(stack, synth, new_deployed, deployment, rendered) -> None:
    new_deployed(deployment)
    endpoint = synth(stack).only(ENDPOINT)
    assert endpoint["deployment_config"] == rendered
    assert endpoint["name"] == "demo-endpoint"


@pytest.mark.parametrize(
    ("deployment", "steps", "bakes"),
    [
        (Deployment.all_at_once(), 1, False),
        (Deployment.all_at_once(termination_wait=MINUTE), 1, True),
        (Deployment.canary(size=PERCENT(10), wait_interval=MINUTE), 2, True),
        (Deployment.linear(step_size=PERCENT(30), wait_interval=0 * MINUTE), 4, False),
        (Deployment.linear(step_size=INSTANCES(1), wait_interval=MINUTE), 2, True),
        (Deployment.rolling(maximum_batch_size=PERCENT(50), wait_interval=MINUTE), 2, True),
    ],
)
def test_each_kind_knows_its_steps_and_baking_periods(deployment, steps, bakes) -> None:
    assert isinstance(deployment, Deployment)
    assert (deployment.steps, deployment.has_baking_period) == (steps, bakes)


def test_a_size_is_compared_by_the_value_of_its_type(new_deployed) -> None:
    instances, percent = CapacitySize(10, "INSTANCE_COUNT"), CapacitySize(10, "CAPACITY_PERCENT")
    assert (str(instances), str(percent)) == ("10 instance(s)", "10%")
    with pytest.raises(InvalidPropsError, match="of which size 10 instance"):
        new_deployed(Deployment.canary(size=instances, wait_interval=MINUTE), count=2)
    with pytest.raises(InvalidPropsError, match="the waits take 1:00:00 in all"):
        Deployment.linear(step_size=percent, wait_interval=6 * MINUTE)


def test_numbers_may_be_expressions(stack, synth, new_deployed) -> None:
    number = TerraformVariable(stack, "number", type="number").number_value
    new_deployed(Deployment.canary(size=PERCENT(number), wait_interval=number, termination_wait=number))
    policy = synth(stack).only(ENDPOINT)["deployment_config"]["blue_green_update_policy"]
    assert policy["termination_wait_in_seconds"] == "${var.number}"
    assert policy["traffic_routing_configuration"]["canary_size"]["value"] == "${var.number}"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: Deployment.canary(size=PERCENT(51), wait_interval=MINUTE),
            "Deployment.canary: size in percent 51 must be a whole number, 1 to 50",
        ),
        (lambda: Deployment.canary(size=INSTANCES(0), wait_interval=MINUTE), "size in instances 0 must be"),
        (lambda: Deployment.canary(size=10, wait_interval=MINUTE), "size is 10; pass CapacitySize.percent"),
        (
            lambda: Deployment.linear(step_size=PERCENT(9), wait_interval=MINUTE),
            "step_size in percent 9 must be a whole number, 10 to 50",
        ),
        (
            lambda: Deployment.rolling(maximum_batch_size=PERCENT(4), wait_interval=MINUTE),
            "maximum_batch_size in percent 4 must be a whole number, 5 to 50",
        ),
        (
            lambda: Deployment.rolling(
                maximum_batch_size=PERCENT(5),
                rollback_maximum_batch_size=PERCENT(101),
                wait_interval=MINUTE,
            ),
            "rollback_maximum_batch_size in percent 101 must be a whole number, 5 to 100",
        ),
        (lambda: Deployment.all_at_once(wait_interval=-MINUTE), "wait_interval -1 day, 23:59:00 must be 0"),
        (lambda: Deployment.all_at_once(wait_interval=61 * MINUTE), "wait_interval 1:01:00 must be 0 to 1"),
        (lambda: Deployment.all_at_once(termination_wait=61 * MINUTE), "termination_wait 1:01:00 must be"),
        (
            lambda: Deployment.all_at_once(maximum_execution_timeout=9 * MINUTE),
            "maximum_execution_timeout 0:09:00 must be 10 minutes to 1 hour",
        ),
        (
            lambda: Deployment.all_at_once(maximum_execution_timeout=61 * MINUTE),
            "AWS allows more, but Terraform gives up after 60 minutes",
        ),
        (
            lambda: Deployment.all_at_once(wait_interval=30 * MINUTE, termination_wait=30 * MINUTE),
            "the waits take 1:00:00 in all; Terraform gives up after 60 minutes",
        ),
        (
            lambda: Deployment.linear(step_size=PERCENT(10), wait_interval=6 * MINUTE),
            "the waits take 1:00:00 in all",
        ),
        (
            lambda: Deployment.canary(
                size=PERCENT(10), wait_interval=10 * MINUTE, maximum_execution_timeout=15 * MINUTE
            ),
            "the waits take 0:20:00 in all, and maximum_execution_timeout is 0:15:00; it must be longer",
        ),
        (
            lambda: Deployment.all_at_once(rollback_alarms=[str(n) for n in range(11)]),
            "the deployment has 11 rollback alarms; AWS takes 1 to 10",
        ),
        (
            lambda: Deployment.all_at_once(rollback_alarms=[1]),
            "rollback_alarms[0] is 1; pass an alarm that",
        ),
        (
            lambda: Deployment.all_at_once(rollback_alarms=["arn:aws:cloudwatch:x"]),
            "is an ARN; give the alarm's name",
        ),
    ],
)
def test_bad_values_are_refused(make, told) -> None:
    with pytest.raises(InvalidPropsError, match=re.escape(told)):
        make()


@pytest.mark.parametrize(
    ("deployment", "options", "told"),
    [
        (
            Deployment.canary(size=INSTANCES(6), wait_interval=MINUTE),
            {},
            "variant 'main' has 10 instance(s), of which size 6 instance(s) is 60%; AWS takes at most 50%",
        ),
        (
            Deployment.linear(step_size=INSTANCES(1), wait_interval=MINUTE),
            {"count": 11},
            "is 9%; AWS takes 10% to 50%",
        ),
        (
            Deployment.rolling(maximum_batch_size=INSTANCES(1), wait_interval=MINUTE),
            {"count": 1},
            "is 100%; AWS takes 5% to 50%",
        ),
        (
            Deployment.rolling(maximum_batch_size=PERCENT(5), wait_interval=MINUTE),
            {"names": ("a", "b")},
            "a rolling deployment isn't for 2 variants; use Deployment.canary or linear",
        ),
        (
            Deployment.canary(size=PERCENT(5), wait_interval=MINUTE),
            {"instance_type": InstanceType.INF1_XLARGE},
            "runs on ml.inf1.xlarge, for which AWS has no deployment guardrails; use Deployment.all_at_once",
        ),
        ("canary", {}, "deployment is 'canary'; pass Deployment.all_at_once(…), Deployment.canary(…), "),
    ],
)
def test_variants_that_cannot_be_deployed_like_this_are_refused(
    new_deployed, deployment, options, told
) -> None:
    with pytest.raises(InvalidPropsError, match=re.escape(told)):
        new_deployed(deployment, **options)


def test_a_variant_that_is_added_later_is_checked_too(stack, new_model) -> None:
    config = EndpointConfig(stack, "Config")
    deployment = Deployment.rolling(maximum_batch_size=PERCENT(5), wait_interval=MINUTE)
    Endpoint(stack, "Endpoint", endpoint_config=config, deployment=deployment)
    serverless = ServerlessProductionVariantProps(
        model=new_model(), variant_name="main", max_concurrency=1, memory_size_in_mb=1024
    )
    config.add_serverless_production_variant(serverless)
    with pytest.raises(RuntimeError, match=r"\[demo/Endpoint\] a rolling deployment isn't for serverless"):
        cdktf.Testing.synth(stack)


class TestRollback:
    def alarm(self, stack, endpoint, id="Errors"):
        (variant,) = endpoint.instance_production_variants
        return variant.metric_model_latency().create_alarm(stack, id, threshold=1, evaluation_periods=1)

    def test_on_alarms_of_the_endpoint_itself_is_no_cycle(self, stack, synth, new_deployed) -> None:
        endpoint = new_deployed(Deployment.all_at_once(wait_interval=MINUTE, rollback_alarms=["theirs"]))
        alarm = self.alarm(stack, endpoint)
        endpoint.add_rollback_alarms(alarm)
        endpoint.add_rollback_alarms(alarm, "theirs")
        content = synth(stack)
        (address,) = content.resources("aws_cloudwatch_metric_alarm")
        rendered = content.only(ENDPOINT)
        assert rendered["deployment_config"]["auto_rollback_configuration"]["alarms"] == [
            {"alarm_name": "theirs"},
            {"alarm_name": f"${{aws_cloudwatch_metric_alarm.{address}.alarm_name}}"},
        ]
        dimensions = content.only("aws_cloudwatch_metric_alarm")["dimensions"]
        assert dimensions["EndpointName"] == rendered["name"] == "demo-endpoint-rollback"

    def test_without_a_deployment_watches_for_ten_minutes(self, stack, synth, new_deployed) -> None:
        new_deployed(None).add_rollback_alarms("theirs")
        policy = synth(stack).only(ENDPOINT)["deployment_config"]["blue_green_update_policy"]
        assert policy["traffic_routing_configuration"] == {
            "type": "ALL_AT_ONCE",
            "wait_interval_in_seconds": 600,
        }

    @pytest.mark.parametrize("given", [["theirs"], []])
    def test_without_a_time_to_watch_is_warned_of_once(self, new_deployed, given) -> None:
        endpoint = new_deployed(Deployment.all_at_once(rollback_alarms=given))
        endpoint.add_rollback_alarms("one more")
        endpoint.add_rollback_alarms("and another")
        warnings = [entry.data for entry in endpoint.node.metadata if entry.type == "@cdktf/warn"]
        assert warnings == ["the deployment has rollback alarms but no baking period; pass wait_interval="]

    def test_keeps_a_given_name(self, stack, synth, new_deployed) -> None:
        endpoint = new_deployed(None, endpoint_name="mine")
        endpoint.add_rollback_alarms(self.alarm(stack, endpoint))
        content = synth(stack)
        assert content.only(ENDPOINT)["name"] == "mine"
        assert content.only("aws_cloudwatch_metric_alarm")["dimensions"]["EndpointName"] == "mine"

    def test_has_at_most_ten_alarms(self, new_deployed) -> None:
        endpoint = new_deployed(None)
        endpoint.add_rollback_alarms(*(str(n) for n in range(10)))
        with pytest.raises(InvalidPropsError, match="the deployment has 11 rollback alarms"):
            endpoint.add_rollback_alarms("one more")
