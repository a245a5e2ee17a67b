"""The alarms that the example asks for are there, and a deployment on which they fire is rolled back."""

from datetime import UTC, datetime, timedelta

ENDPOINT = "recommended-alarms-endpoint-rollback"
ALARMS = "recommended-alarms-endpoint-alarms-main-"


def test_it_is_applied_and_changed(copy_of_example, sagemaker_sandbox):
    project = copy_of_example("recommended_alarms")
    stack = sagemaker_sandbox.stack(project.synthesize())
    stack.apply()
    assert stack.plan().empty
    sagemaker, cloudwatch = (sagemaker_sandbox.client(service) for service in ("sagemaker", "cloudwatch"))

    (topic,) = sagemaker_sandbox.client("sns").list_topics()["Topics"]
    found = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert {name.removeprefix(ALARMS) for name in found} == {
        "5xx-error-rate",
        "model-latency",
        "overhead-latency",
        "memory",
        "disk",
        "cpu",
        "gpu",
        "gpu-memory",
        "capacity-at-maximum",
    }
    assert all(alarm["AlarmActions"] == [topic["TopicArn"]] for alarm in found.values())
    latency = found[f"{ALARMS}model-latency"]
    assert (latency["Threshold"], latency["ExtendedStatistic"]) == (500_000, "p99")
    tags = cloudwatch.list_tags_for_resource(ResourceARN=latency["AlarmArn"])["Tags"]
    assert tags == [{"Key": "severity", "Value": "critical"}]

    now = datetime.now(UTC)
    dimensions = [{"Name": "EndpointName", "Value": ENDPOINT}, {"Name": "VariantName", "Value": "main"}]
    slow = [
        {
            "MetricName": "ModelLatency",
            "Dimensions": dimensions,
            "Timestamp": now - timedelta(minutes=minutes),
            "Value": 900_000,
        }
        # In the last two periods of five minutes, and in those of the next hour.
        for minutes in range(-58, 8, 5)
    ]
    cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=slow)
    before = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"]
    project.edit('"ranker", "7"', '"ranker", "8"')
    stack.update_from(project.synthesize())
    stack.apply()
    (update,) = sagemaker_sandbox.calls("UpdateEndpoint")
    alarms = update["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert {alarm["AlarmName"] for alarm in alarms} == {
        f"{ALARMS}5xx-error-rate",
        f"{ALARMS}model-latency",
    }
    assert update["EndpointConfigName"] != before
    assert sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"] == before
