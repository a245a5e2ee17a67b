"""What the example asks for is what Application Auto Scaling knows."""

import pytest

VARIANT = "endpoint/autoscaling-endpoint/variant/main"
WARM = "endpoint/autoscaling-warm-serverless/variant/main"


@pytest.fixture
def applied(copy_of_example, sagemaker_sandbox):
    stack = sagemaker_sandbox.stack(copy_of_example("autoscaling").synthesize())
    stack.apply()
    return stack


def test_it_is_applied_and_changed(applied, sagemaker_sandbox):
    assert applied.plan().empty
    scaling = sagemaker_sandbox.client("application-autoscaling")

    def of(found, resource):
        return {item["PolicyName"].split("-")[-1]: item for item in found if item["ResourceId"] == resource}

    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert {
        target["ResourceId"]: (target["ScalableDimension"], target["MinCapacity"], target["MaxCapacity"])
        for target in targets
    } == {
        VARIANT: ("sagemaker:variant:DesiredInstanceCount", 1, 8),
        WARM: ("sagemaker:variant:DesiredProvisionedConcurrency", 1, 10),
    }
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    found = of(policies, VARIANT)
    assert found.keys() == {"Invocations", "Concurrency", "lower", "upper"}
    assert found["Invocations"]["TargetTrackingScalingPolicyConfiguration"] == {
        "TargetValue": 900.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
        "ScaleInCooldown": 600,
        "ScaleOutCooldown": 300,
        "DisableScaleIn": False,
    }
    assert found["Concurrency"]["TargetTrackingScalingPolicyConfiguration"] == {
        "TargetValue": 5.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        },
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 300,
        "DisableScaleIn": True,
    }
    assert found["lower"]["StepScalingPolicyConfiguration"] == {
        "AdjustmentType": "ChangeInCapacity",
        "MetricAggregationType": "Average",
        "Cooldown": 300,
        "StepAdjustments": [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
    }
    assert sorted(
        found["upper"]["StepScalingPolicyConfiguration"]["StepAdjustments"],
        key=lambda step: step["MetricIntervalLowerBound"],
    ) == [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 40.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 40.0, "ScalingAdjustment": 3},
    ]
    (warm,) = of(policies, WARM).values()
    assert warm["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 0.7

    alarms = sagemaker_sandbox.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["AlarmName"].split("-")[-1]: alarm["AlarmActions"] for alarm in alarms} == {
        "loweralarm": [found["lower"]["PolicyARN"]],
        "upperalarm": [found["upper"]["PolicyARN"]],
    }
    assert {alarm["Threshold"] for alarm in alarms} == {20, 140}

    actions = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    assert {
        action["ScheduledActionName"].split("-")[-1]: (
            action["Schedule"],
            action["Timezone"],
            action["ScalableTargetAction"],
        )
        for action in actions
    } == {
        "Morning": ("cron(30 7 ? * MON-FRI *)", "Europe/Berlin", {"MinCapacity": 4}),
        "Evening": ("cron(0 19 * * ? *)", "Europe/Berlin", {"MinCapacity": 1}),
    }

    # What a scheduled action does is no difference for the plan.
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=VARIANT,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=4,
    )
    assert applied.plan().empty
