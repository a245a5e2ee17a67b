"""What the example asks for is what AWS knows, and the endpoint wakes when somebody waits."""

import json
from datetime import UTC, datetime, timedelta


def test_its_whole_life(copy_of_example, sagemaker_sandbox):
    stack = sagemaker_sandbox.stack(copy_of_example("async").synthesize())
    stack.apply()
    assert stack.plan().empty
    sagemaker, iam = (sagemaker_sandbox.client(service) for service in ("sagemaker", "iam"))
    scaling = sagemaker_sandbox.client("application-autoscaling")
    cloudwatch = sagemaker_sandbox.client("cloudwatch")

    endpoint = sagemaker.describe_endpoint(EndpointName="async-endpoint")
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    (bucket,) = [bucket["Name"] for bucket in sagemaker_sandbox.client("s3").list_buckets()["Buckets"]]
    topics = [topic["TopicArn"] for topic in sagemaker_sandbox.client("sns").list_topics()["Topics"]]
    topic = {arn.rsplit("-", 1)[1]: arn for arn in topics}
    assert config["AsyncInferenceConfig"] == {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
        "OutputConfig": {
            "S3OutputPath": f"s3://{bucket}/answers",
            "S3FailurePath": f"s3://{bucket}/failures",
            "NotificationConfig": {"SuccessTopic": topic["done"], "ErrorTopic": topic["failed"]},
        },
    }

    (target,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 4)
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    by_kind = {policy["PolicyType"]: policy for policy in policies}
    assert by_kind["TargetTrackingScaling"]["TargetTrackingScalingPolicyConfiguration"] == {
        "TargetValue": 5.0,
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName", "Value": "async-endpoint"}],
            "Statistic": "Average",
        },
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 300,
        "DisableScaleIn": False,
    }
    assert by_kind["StepScaling"]["StepScalingPolicyConfiguration"] == {
        "AdjustmentType": "ChangeInCapacity",
        "MetricAggregationType": "Average",
        "Cooldown": 300,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    }

    def wakes() -> str:
        (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
        assert alarm["AlarmActions"] == [by_kind["StepScaling"]["PolicyARN"]]
        return alarm["StateValue"]

    now = datetime.now(UTC)
    # And of the next half hour, so that they stay the newest.
    for minutes in range(-30, 6):
        waiting = {
            "MetricName": "HasBacklogWithoutCapacity",
            "Dimensions": [{"Name": "EndpointName", "Value": "async-endpoint"}],
            "Timestamp": now - timedelta(minutes=minutes),
            "Value": 1,
        }
        cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[waiting])
    assert wakes() == "ALARM"

    def allowed(start: str) -> set[tuple[str, str]]:
        (role,) = [r["RoleName"] for r in iam.list_roles()["Roles"] if r["RoleName"].startswith(start)]
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        return {
            (action, resource)
            for statement in document["Statement"]
            for action in statement["Action"]
            for resource in statement["Resource"]
        }

    objects = f"arn:aws:s3:::{bucket}"
    assert {
        ("s3:GetObject", f"{objects}/requests/*"),
        ("s3:PutObject", f"{objects}/answers/*"),
        ("s3:PutObject", f"{objects}/failures/*"),
        ("sns:Publish", topic["done"]),
        ("sns:Publish", topic["failed"]),
    } <= allowed("async-model")
    assert allowed("transcripts") == {
        ("sagemaker:InvokeEndpoint", endpoint["EndpointArn"]),
        ("sagemaker:InvokeEndpointAsync", endpoint["EndpointArn"]),
        ("sagemaker:InvokeEndpointWithResponseStream", endpoint["EndpointArn"]),
        ("s3:PutObject", f"{objects}/requests/*"),
        ("s3:GetObject", f"{objects}/answers/*"),
        ("s3:GetObject", f"{objects}/failures/*"),
    }

    stack.destroy()
    assert sagemaker.list_endpoints()["Endpoints"] == []
