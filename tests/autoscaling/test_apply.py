"""The forms of scaling that no example shows, applied and read back from AWS."""

from datetime import datetime, timedelta
from pathlib import Path

from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    AdjustmentType,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    MathExpression,
    Metric,
    Model,
    ScalingInterval,
    Schedule,
    SuspendedState,
)
from sm_tf.bindings.core import App, LocalBackend, TerraformStack

QUEUE = Metric(namespace="Mine", metric_name="Queue", dimensions_map={"Team": "ml"})


def new_stack(app: App, id: str) -> TerraformStack:
    stack = TerraformStack(app, id)
    AwsProvider(stack, "aws", region="eu-west-1")
    LocalBackend(stack, path="terraform.tfstate")
    return stack


def synthesize(folder: Path) -> None:
    app = App(outdir=str(folder))
    ours = new_stack(app, "ours")
    model = Model(
        ours,
        "Model",
        containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1.0"))],
    )
    variants = [
        InstanceProductionVariantProps(
            model=model, variant_name=name, instance_type=InstanceType.M5_LARGE, initial_instance_count=2
        )
        for name in ("tracked", "stepped", "elsewhere")
    ]
    config = EndpointConfig(ours, "Config", instance_production_variants=variants)
    endpoint = Endpoint(ours, "Endpoint", endpoint_config=config)

    tracked = endpoint.find_instance_production_variant("tracked").auto_scale_instance_count(
        min_capacity=1, max_capacity=4, suspended_state=SuspendedState(dynamic_scaling_in_suspended=True)
    )
    tracked.scale_to_track_metric("Own", custom_metric=QUEUE.with_(statistic="Sum"), target_value=100)
    tracked.scale_to_track_metric("Slowest", custom_metric=QUEUE.with_(statistic="p90"), target_value=3)
    ratio = MathExpression(
        expression="queue / workers",
        using_metrics={"queue": QUEUE, "workers": Metric(namespace="Mine", metric_name="Workers")},
    )
    tracked.scale_to_track_metric(
        "Ratio", custom_metric=ratio, target_value=2.5, disable_scale_in=True, policy_name="ratio"
    )
    tracked.scale_on_schedule("Often", schedule=Schedule.rate(timedelta(hours=12)), max_capacity=6)

    stepped = endpoint.find_instance_production_variant("stepped").auto_scale_instance_count(max_capacity=9)
    stepped.scale_on_metric(
        "Exact",
        metric=ratio,
        scaling_steps=[
            ScalingInterval(lower=0, upper=10, change=2),
            ScalingInterval(lower=10, upper=50, change=4),
            ScalingInterval(lower=50, change=9),
        ],
        adjustment_type=AdjustmentType.EXACT_CAPACITY,
        cooldown=timedelta(seconds=30),
    )
    stepped.scale_on_metric(
        "Percent",
        metric=QUEUE,
        scaling_steps=[ScalingInterval(upper=20, change=-10), ScalingInterval(lower=60, change=50)],
        adjustment_type=AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
        min_adjustment_magnitude=1,
        evaluation_periods=3,
        datapoints_to_alarm=2,
    )
    stepped.scale_on_schedule(
        "Launch",
        schedule=Schedule.at(datetime(2035, 1, 1, 9)),
        min_capacity=2,
        max_capacity=12,
        time_zone="Asia/Tokyo",
    )

    theirs = new_stack(app, "theirs")
    imported = Endpoint.from_endpoint_name(theirs, "Endpoint", "ours-endpoint")
    elsewhere = imported.find_instance_production_variant("elsewhere")
    elsewhere.auto_scale_instance_count(min_capacity=2, max_capacity=3).scale_on_invocations(
        "Load", max_requests_per_second=10, safety_factor=1
    )
    app.synth()


def test_every_form_is_applied_as_it_was_written(tmp_path, sagemaker_sandbox) -> None:
    synthesize(tmp_path)
    ours, theirs = (sagemaker_sandbox.stack(tmp_path / "stacks" / name) for name in ("ours", "theirs"))
    ours.apply()
    theirs.apply()
    assert ours.plan().empty
    assert theirs.plan().empty
    scaling = sagemaker_sandbox.client("application-autoscaling")
    found = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    policies = {
        policy["PolicyName"].split("count-")[-1]: policy.get("TargetTrackingScalingPolicyConfiguration")
        or policy["StepScalingPolicyConfiguration"]
        for policy in found
    }
    assert policies.keys() == {
        "Own",
        "Slowest",
        "ratio",
        "Exact-lower",
        "Exact-upper",
        "Percent-lower",
        "Percent-upper",
        "Load",
    }
    dimensions = [{"Name": "Team", "Value": "ml"}]
    assert policies["Own"]["CustomizedMetricSpecification"] == {
        "MetricName": "Queue",
        "Namespace": "Mine",
        "Statistic": "Sum",
        "Dimensions": dimensions,
    }
    queue = {"MetricName": "Queue", "Namespace": "Mine", "Dimensions": dimensions}
    assert policies["Slowest"]["CustomizedMetricSpecification"] == {
        "Metrics": [{"Id": "m1", "ReturnData": True, "MetricStat": {"Metric": queue, "Stat": "p90"}}]
    }
    ratio = policies["ratio"]
    assert (ratio["TargetValue"], ratio["DisableScaleIn"]) == (2.5, True)
    queries = {query["Id"]: query for query in ratio["CustomizedMetricSpecification"]["Metrics"]}
    assert queries.pop("queue")["MetricStat"] == {"Metric": queue, "Stat": "Average"}
    assert queries.pop("workers")["MetricStat"]["Metric"]["MetricName"] == "Workers"
    (expression,) = queries.values()
    assert (expression["Expression"], expression["ReturnData"]) == ("queue / workers", True)

    assert policies["Exact-lower"]["AdjustmentType"] == "ExactCapacity"
    assert policies["Exact-lower"]["Cooldown"] == 30
    assert policies["Exact-lower"]["StepAdjustments"] == [
        {"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": 2}
    ]
    upper = sorted(policies["Exact-upper"]["StepAdjustments"], key=lambda step: step["ScalingAdjustment"])
    assert upper == [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 40.0, "ScalingAdjustment": 4},
        {"MetricIntervalLowerBound": 40.0, "ScalingAdjustment": 9},
    ]
    assert policies["Percent-upper"] == {
        "AdjustmentType": "PercentChangeInCapacity",
        "MinAdjustmentMagnitude": 1,
        "MetricAggregationType": "Average",
        "Cooldown": 300,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 50}],
    }
    assert policies["Load"]["TargetValue"] == 600

    actions = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    launch, often = sorted(actions, key=lambda action: action["Schedule"])
    assert (launch["Schedule"], launch["Timezone"]) == ("at(2035-01-01T09:00:00)", "Asia/Tokyo")
    assert launch["ScalableTargetAction"] == {"MinCapacity": 2, "MaxCapacity": 12}
    assert (often["Schedule"], often["ScalableTargetAction"]) == ("rate(12 hours)", {"MaxCapacity": 6})

    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    by_variant = {target["ResourceId"].rsplit("/", 1)[1]: target for target in targets}
    assert by_variant["tracked"]["SuspendedState"]["DynamicScalingInSuspended"] is True
    assert (by_variant["stepped"]["MinCapacity"], by_variant["stepped"]["MaxCapacity"]) == (2, 9)
    assert (by_variant["elsewhere"]["MinCapacity"], by_variant["elsewhere"]["MaxCapacity"]) == (2, 3)

    alarms = sagemaker_sandbox.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["AlarmName"].split("count-")[1]: alarm["Threshold"] for alarm in alarms} == {
        "exact-loweralarm": 10,
        "exact-upperalarm": 10,
        "percent-loweralarm": 20,
        "percent-upperalarm": 60,
    }
