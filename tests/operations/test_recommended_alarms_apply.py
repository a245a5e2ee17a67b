"""Every recommended alarm of every kind of variant, applied: it stays quiet when all is well, and fires.

The data points are put into the embedded AWS, which evaluates the alarms that Terraform made there.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    AlarmThresholds,
    AsyncInferenceConfig,
    ContainerDefinition,
    ContainerImage,
    ContainerMode,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
    ModelData,
    ServerlessProductionVariantProps,
)

REQUESTS = "AWS/SageMaker"
INSTANCES = "/aws/sagemaker/Endpoints"


@dataclass(frozen=True)
class Values:
    """One value, so often in each period."""

    metric: str
    value: float
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Case:
    """What makes an alarm of this name fire after what doesn't: the data points of each period."""

    healthy: list[Values]
    failing: list[Values]
    namespace: str = REQUESTS
    seconds: int = 300
    periods: int = 3
    # The state when data points were there once and cease.
    silent: str = "OK"
    of_endpoint: bool = False
    # What happens at night.
    sparse: list[Values] = field(default_factory=list)


def errors(code):
    metric = f"Invocation{code}Errors"
    return Case(
        sparse=[Values("Invocations", 1, 2), Values(metric, 1), Values(metric, 0)],
        healthy=[Values("Invocations", 1, 200), Values(metric, 0, 200)],
        failing=[Values("Invocations", 1, 100), Values(metric, 1, 100)],
    )


def level(metric, healthy, failing, silent="INSUFFICIENT_DATA"):
    return Case(
        namespace=INSTANCES,
        silent=silent,
        healthy=[Values(metric, healthy)],
        failing=[Values(metric, failing, 200)],
    )


def latency(metric, healthy_in_seconds, failing_in_seconds):
    return Case(
        healthy=[Values(metric, healthy_in_seconds * 1e6, 10)],
        failing=[Values(metric, failing_in_seconds * 1e6, 40)],
    )


def capacity(instances):
    return Case(
        namespace=INSTANCES,
        seconds=60,
        periods=15,
        healthy=[Values("CPUUtilization", 30)],
        failing=[Values("CPUUtilization", 30, instances - 1)],
    )


def count(metric):
    return Case(healthy=[Values(metric, 0)], failing=[Values(metric, 1)], periods=1)


MODEL = {
    "5xx-error-rate": errors("5XX"),
    "4xx-error-rate": errors("4XX"),
    "model-latency": latency("ModelLatency", 0.1, 31),
}
REAL_TIME = {
    **MODEL,
    "overhead-latency": latency("OverheadLatency", 0.01, 2),
    "memory": level("MemoryUtilization", 50, 90),
    "disk": level("DiskUtilization", 50, 90),
}
CPU = {**REAL_TIME, "cpu": level("CPUUtilization", 100, 190), "capacity-at-maximum": capacity(3)}
GPU = {
    **REAL_TIME,
    "cpu": level("CPUUtilization", 190, 4600),
    "gpu": level("GPUUtilization", 100, 390),
    "gpu-memory": level("GPUMemoryUtilization", 100, 390),
}
MANY = {
    **REAL_TIME,
    "cpu": level("CPUUtilization", 190, 390),
    "model-cache-hit-rate": Case(
        sparse=[Values("ModelCacheHit", 0, 2)],
        healthy=[Values("ModelCacheHit", 1, 20)],
        failing=[Values("ModelCacheHit", 0, 100)],
    ),
}
ASYNC = {
    **MODEL,
    "model-latency": latency("ModelLatency", 31, 460),
    "memory": level("MemoryUtilization", 50, 90, silent="OK"),
    "disk": level("DiskUtilization", 50, 90, silent="OK"),
    "cpu": level("CPUUtilization", 100, 190, silent="OK"),
    "capacity-at-maximum": capacity(2),
    "age-of-oldest-request": Case(
        seconds=60,
        healthy=[Values("ApproximateAgeOfOldestRequest", 60)],
        failing=[Values("ApproximateAgeOfOldestRequest", 1000)],
        of_endpoint=True,
    ),
    "failed-requests": count("InvocationFailures"),
    "expired-requests": count("ExpiredRequests"),
    "backlog-without-capacity": Case(
        seconds=60,
        periods=15,
        healthy=[Values("HasBacklogWithoutCapacity", 0)],
        failing=[Values("HasBacklogWithoutCapacity", 1)],
        of_endpoint=True,
    ),
}
SERVERLESS = {
    **MODEL,
    "concurrency": Case(
        healthy=[Values("ServerlessConcurrentExecutionsUtilization", 0.5)],
        failing=[Values("ServerlessConcurrentExecutionsUtilization", 0.95)],
    ),
    "memory": level("MemoryUtilization", 50, 90, silent="OK"),
    "provisioned-concurrency-spillover": Case(
        healthy=[Values("ServerlessProvisionedConcurrencySpilloverInvocations", 0)],
        failing=[Values("ServerlessProvisionedConcurrencySpilloverInvocations", 1)],
    ),
}
CASES = {
    ("demo-two-rollback", "cpu"): CPU,
    ("demo-two-rollback", "gpu"): GPU,
    ("demo-many", "main"): MANY,
    ("demo-async", "main"): ASYNC,
    ("demo-serverless-serverless", "main"): SERVERLESS,
}


def build(stack):
    """One endpoint of each kind; the real-time one has two variants."""
    topic = SnsTopic(stack, "Topic", name="alarms")

    def model(id, **container):
        image = ContainerImage.from_ecr_repository("app", "1.0")
        return Model(stack, id, containers=[ContainerDefinition(image=image, **container)])

    def on_instances(id, *variants, **options):
        props = [
            InstanceProductionVariantProps(
                model=each, variant_name=name, instance_type=InstanceType.of(instance_type)
            )
            for each, name, instance_type in variants
        ]
        config = EndpointConfig(stack, f"{id}Config", instance_production_variants=props, **options)
        return Endpoint(stack, id, endpoint_config=config)

    one = model("One")
    two = on_instances("Two", (one, "cpu", "ml.m5.large"), (one, "gpu", "ml.g5.12xlarge"))
    two.find_instance_production_variant("cpu").auto_scale_instance_count(max_capacity=3)
    two.add_recommended_alarms(topic=topic, rollback=True)

    models = model(
        "Models", mode=ContainerMode.MULTI_MODEL, model_data=ModelData.from_s3_uri("s3://models/all/")
    )
    many = on_instances("Many", (models, "main", "ml.m5.xlarge"))
    many.add_recommended_alarms(topic=topic)

    answers = AsyncInferenceConfig(s3_output_path="s3://answers/here")
    waiting = on_instances("Async", (one, "main", "ml.m5.large"), async_inference_config=answers)
    waiting.find_async_production_variant("main").auto_scale_instance_count(min_capacity=0, max_capacity=2)
    waiting.add_recommended_alarms(topic=topic, thresholds=AlarmThresholds())

    config = EndpointConfig(
        stack,
        "ServerlessConfig",
        serverless_production_variant=ServerlessProductionVariantProps(
            model=one,
            variant_name="main",
            max_concurrency=20,
            memory_size_in_mb=2048,
            provisioned_concurrency=2,
        ),
    )
    serverless = Endpoint(stack, "Serverless", endpoint_config=config)
    serverless.add_recommended_alarms(topic=topic)

    for endpoint in (two, many, waiting, serverless):
        endpoint.create_dashboard()


class CloudWatch:
    def __init__(self, client):
        self.client = client

    def put(self, endpoint, variant, case, values, *, ago=timedelta(0)):
        """The values in each of the newest periods, and of those of the next hour: they stay the newest."""
        dimensions = [{"Name": "EndpointName", "Value": endpoint}]
        if not case.of_endpoint:
            dimensions.append({"Name": "VariantName", "Value": variant})
        now = datetime.now(UTC) - ago
        data = [
            {
                "MetricName": each.metric,
                "Dimensions": dimensions,
                "Timestamp": now - timedelta(seconds=case.seconds * (period + 0.4)),
                "Values": [each.value],
                "Counts": [each.count],
            }
            for period in range(-3600 // case.seconds, case.periods)
            for each in values
        ]
        if data:
            self.client.put_metric_data(Namespace=case.namespace, MetricData=data)

    def alarms(self):
        """The recommended ones; what wakes the asynchronous endpoint is an alarm, too."""
        found = self.client.describe_alarms(MaxRecords=100)["MetricAlarms"]
        return {alarm["AlarmName"]: alarm for alarm in found if "-alarms-" in alarm["AlarmName"]}

    def states(self):
        return {name: alarm["StateValue"] for name, alarm in self.alarms().items()}


def name_of(endpoint, variant, alarm):
    # An alarm has the path of its construct in its name, and not what the endpoint's name ends in.
    return f"{'-'.join(endpoint.split('-')[:2])}-alarms-{variant}-{alarm}"


@pytest.mark.long
def test_every_alarm_fires_when_it_should(app, stack, tmp_path, sagemaker_sandbox):
    build(stack)
    app.synth()
    applied = sagemaker_sandbox.stack(tmp_path / "out" / "stacks" / "demo")
    applied.apply()
    assert applied.plan().empty

    cloudwatch = CloudWatch(sagemaker_sandbox.client("cloudwatch"))
    # Of every kind of endpoint; the embedded AWS refuses what CloudWatch would.
    assert len(cloudwatch.client.list_dashboards()["DashboardEntries"]) == 4
    cases = {
        name_of(endpoint, variant, alarm): (endpoint, variant, case)
        for (endpoint, variant), of_variant in CASES.items()
        for alarm, case in of_variant.items()
    }
    assert cloudwatch.states() == dict.fromkeys(cases, "INSUFFICIENT_DATA")

    # Data points that ceased: whether silence is well depends on the alarm.
    for endpoint, variant, case in cases.values():
        cloudwatch.put(endpoint, variant, case, case.healthy, ago=timedelta(hours=6))
    assert cloudwatch.states() == {name: case.silent for name, (*_, case) in cases.items()}

    # One of two requests fails at night.
    for endpoint, variant, case in cases.values():
        cloudwatch.put(endpoint, variant, case, case.sparse)
    assert cloudwatch.states() == {name: case.silent for name, (*_, case) in cases.items()}

    for endpoint, variant, case in cases.values():
        cloudwatch.put(endpoint, variant, case, case.healthy)
    assert cloudwatch.states() == dict.fromkeys(cases, "OK")

    # Each fires for its own variant alone. CPU in use is counted for the instances, too, so these come first.
    firing = set()
    for name in sorted(cases, key=lambda name: "capacity-at-maximum" not in name):
        endpoint, variant, case = cases[name]
        cloudwatch.put(endpoint, variant, case, case.failing)
        firing.add(name)
        assert {name for name, state in cloudwatch.states().items() if state == "ALARM"} == firing

    (topic,) = sagemaker_sandbox.client("sns").list_topics()["Topics"]
    for alarm in cloudwatch.alarms().values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic["TopicArn"]]
        assert alarm["AlarmDescription"].startswith(("CRITICAL: ", "WARNING: "))

    (created,) = [
        call
        for call in sagemaker_sandbox.calls("CreateEndpoint")
        if call["EndpointName"] == "demo-two-rollback"
    ]
    rollback = created["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert sorted(alarm["AlarmName"] for alarm in rollback) == [
        f"demo-two-alarms-{variant}-{alarm}"
        for variant in ("cpu", "gpu")
        for alarm in ("5xx-error-rate", "model-latency")
    ]
