"""Which alarms each kind of variant gets, and what they are in Terraform's words.

That each fires is shown in test_recommended_alarms_apply.py.
"""

from dataclasses import fields
from datetime import timedelta

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    AlarmOverride,
    AlarmThresholds,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    ManagedInstanceScaling,
    ManagedInstanceScalingStatus,
    RecommendedAlarm,
    RecommendedAlarms,
)

ALARM = "aws_cloudwatch_metric_alarm"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
NOTHING = AlarmThresholds(
    **{field.name: None for field in fields(AlarmThresholds) if field.name != "minimum_requests"}
)
REQUESTS = ["5xx-error-rate", "4xx-error-rate", "model-latency"]
REAL_TIME = [*REQUESTS, "overhead-latency", "memory", "disk", "cpu"]


def names(alarms: RecommendedAlarms) -> list[str]:
    return [name.removeprefix("main-") for name in alarms.alarms]


def test_a_real_time_variant(new_endpoint):
    assert names(new_endpoint().add_recommended_alarms()) == REAL_TIME


def test_a_variant_with_gpus(new_endpoint):
    alarms = new_endpoint(instance_type=InstanceType.G5_XLARGE).add_recommended_alarms()
    assert names(alarms) == [*REAL_TIME, "gpu", "gpu-memory"]


def test_a_variant_that_scales(new_endpoint):
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)
    assert names(endpoint.add_recommended_alarms()) == [*REAL_TIME, "capacity-at-maximum"]


def test_a_variant_that_sagemaker_scales(new_endpoint, stack, synth):
    scaling = ManagedInstanceScaling(status="${var.status}", min_instance_count=1, max_instance_count=7)
    alarms = new_endpoint(managed_instance_scaling=scaling).add_recommended_alarms()
    assert names(alarms) == [*REAL_TIME, "capacity-at-maximum"]
    assert synth(stack).named(ALARM, "Endpoint_Alarms_main-capacity")["threshold"] == 7


def test_a_variant_whose_managed_scaling_is_off(new_endpoint):
    off = ManagedInstanceScaling(status=ManagedInstanceScalingStatus.DISABLED, max_instance_count=7)
    assert names(new_endpoint(managed_instance_scaling=off).add_recommended_alarms()) == REAL_TIME


def test_a_variant_whose_bounds_are_the_same_is_always_at_its_maximum(new_endpoint):
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=1)
    assert names(endpoint.add_recommended_alarms()) == REAL_TIME


def test_an_asynchronous_endpoint(new_async_endpoint):
    endpoint = new_async_endpoint()
    endpoint.find_async_production_variant("main").auto_scale_instance_count(min_capacity=0, max_capacity=2)
    assert names(endpoint.add_recommended_alarms()) == [
        *REQUESTS,
        "memory",
        "disk",
        "cpu",
        "capacity-at-maximum",
        "age-of-oldest-request",
        "failed-requests",
        "expired-requests",
        "backlog-without-capacity",
    ]


def test_a_serverless_variant(new_serverless_endpoint):
    alarms = new_serverless_endpoint().add_recommended_alarms()
    assert names(alarms) == [*REQUESTS, "concurrency", "memory"]
    warm = new_serverless_endpoint("Warm", provisioned_concurrency=2).add_recommended_alarms()
    assert names(warm) == [*REQUESTS, "concurrency", "memory", "provisioned-concurrency-spillover"]


def test_a_multi_model_variant(new_endpoint, multi_model):
    alarms = new_endpoint(model=multi_model).add_recommended_alarms()
    assert names(alarms) == [*REAL_TIME, "model-cache-hit-rate"]


def test_each_of_many_variants_has_its_own(stack, new_model):
    variants = [
        InstanceProductionVariantProps(
            model=new_model(f"Model{name}"),
            variant_name=name,
            instance_type=InstanceType.of(instance_type),
        )
        for name, instance_type in (("old", "ml.m5.large"), ("new", "ml.g5.xlarge"))
    ]
    config = EndpointConfig(stack, "Config", instance_production_variants=variants)
    alarms = Endpoint(stack, "Endpoint", endpoint_config=config).add_recommended_alarms()
    assert list(alarms.alarms) == [f"old-{name}" for name in REAL_TIME] + [
        f"new-{name}" for name in [*REAL_TIME, "gpu", "gpu-memory"]
    ]


def test_what_each_threshold_leaves_out(
    new_endpoint, new_async_endpoint, new_serverless_endpoint, multi_model
):
    endpoint = new_endpoint(model=multi_model, instance_type=InstanceType.G5_XLARGE)
    endpoint.find_multi_model_production_variant("main").auto_scale_instance_count(max_capacity=3)
    assert names(endpoint.add_recommended_alarms(thresholds=NOTHING)) == []
    assert names(new_async_endpoint().add_recommended_alarms(thresholds=NOTHING)) == []
    warm = new_serverless_endpoint(provisioned_concurrency=2)
    assert names(warm.add_recommended_alarms(thresholds=NOTHING)) == []


def test_the_severities(new_endpoint, new_async_endpoint):
    def severe(alarms):
        return [name for name, alarm in alarms.alarms.items() if alarm in alarms.critical]

    alarms = new_endpoint().add_recommended_alarms()
    assert severe(alarms) == ["main-5xx-error-rate", "main-model-latency"]
    assert set(alarms.warning) == set(alarms.alarms.values()) - set(alarms.critical)
    assert severe(new_async_endpoint().add_recommended_alarms()) == [
        "main-5xx-error-rate",
        "main-model-latency",
        "main-failed-requests",
        "main-expired-requests",
        "main-backlog-without-capacity",
    ]


def test_the_error_rate_field_by_field(new_endpoint, stack, synth):
    new_endpoint().add_recommended_alarms(topic=TOPIC)
    dimensions = {"EndpointName": "demo-endpoint", "VariantName": "main"}

    def query(id, metric_name):
        metric = {
            "dimensions": dimensions,
            "metric_name": metric_name,
            "namespace": "AWS/SageMaker",
            "period": 300,
            "stat": "Sum",
        }
        return {"id": id, "metric": metric, "return_data": False}

    assert synth(stack).named(ALARM, "Endpoint_Alarms_main-5xx") == {
        "alarm_name": "demo-endpoint-alarms-main-5xx-error-rate",
        "alarm_description": "CRITICAL: endpoint demo-endpoint, variant main: 1% or more of requests "
        "get a 5xx response.",
        "metric_query": [
            {
                "id": "expr_1",
                "expression": "IF(requests >= 10, 100 * errors / requests, 0)",
                "label": "Invocation5XXErrors (%)",
                "return_data": True,
            },
            query("errors", "Invocation5XXErrors"),
            query("requests", "Invocations"),
        ],
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1,
        "evaluation_periods": 3,
        "datapoints_to_alarm": 2,
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
        "ok_actions": [TOPIC],
        "tags": {"severity": "critical"},
    }


def test_an_asynchronous_endpoint_counts_its_requests_otherwise(new_async_endpoint, stack, synth):
    """It publishes no Invocations."""
    new_async_endpoint().add_recommended_alarms()
    alarm = synth(stack).named(ALARM, "Async_Alarms_main-4xx")
    metrics = {query["id"]: query["metric"] for query in alarm["metric_query"] if "metric" in query}
    assert {id: (metric["metric_name"], metric["stat"]) for id, metric in metrics.items()} == {
        "errors": ("Invocation4XXErrors", "Sum"),
        "requests": ("Invocation4XXErrors", "SampleCount"),
    }


def test_cpu_and_gpus_are_measured_against_the_instance_type(new_endpoint, stack, synth):
    new_endpoint(instance_type=InstanceType.G5_12XLARGE).add_recommended_alarms()
    found = synth(stack)

    def expression(name):
        return found.named(ALARM, f"Endpoint_Alarms_main-{name}_")["metric_query"][0]["expression"]

    assert expression("cpu") == "utilization / 48"
    assert expression("gpu") == "utilization / 4"
    assert expression("gpu-memory") == "utilization / 4"


def test_one_vcpu_or_gpu_needs_no_arithmetic(new_endpoint, stack, synth):
    new_endpoint(instance_type=InstanceType.of("ml.g5.xlarge")).add_recommended_alarms()
    alarm = synth(stack).named(ALARM, "Endpoint_Alarms_main-gpu_")
    assert (alarm["metric_name"], alarm["statistic"], alarm["threshold"]) == ("GPUUtilization", "Average", 90)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main-model-latency", ("ModelLatency", "p99", 30_000_000, 300, 3, 2)),
        ("main-overhead-latency", ("OverheadLatency", "Average", 1_000_000, 300, 3, 2)),
        ("main-memory", ("MemoryUtilization", "Average", 85, 300, 3, 3)),
        ("main-disk", ("DiskUtilization", "Average", 80, 300, 3, 3)),
        ("main-capacity-at-maximum", ("CPUUtilization", "SampleCount", 3, 60, 15, 12)),
    ],
)
def test_alarms_on_one_metric(new_endpoint, stack, synth, name, expected):
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)
    endpoint.add_recommended_alarms()
    check_plain(synth(stack).named(ALARM, f"Endpoint_Alarms_{name}_"), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main-model-latency", ("ModelLatency", "p99", 450_000_000, 300, 3, 2)),
        ("main-age-of-oldest-request", ("ApproximateAgeOfOldestRequest", "Maximum", 900, 60, 3, 3)),
        ("main-failed-requests", ("InvocationFailures", "Sum", 1, 300, 1, 1)),
        ("main-expired-requests", ("ExpiredRequests", "Sum", 1, 300, 1, 1)),
        ("main-backlog-without-capacity", ("HasBacklogWithoutCapacity", "Maximum", 1, 60, 15, 12)),
    ],
)
def test_alarms_on_one_metric_of_an_asynchronous_endpoint(new_async_endpoint, stack, synth, name, expected):
    new_async_endpoint().add_recommended_alarms()
    alarm = synth(stack).named(ALARM, f"Async_Alarms_{name}_")
    check_plain(alarm, expected)
    of_queue = alarm["metric_name"].startswith(("Approximate", "Has"))
    assert ("VariantName" in alarm["dimensions"]) is not of_queue


def check_plain(alarm, expected):
    statistic = alarm.get("statistic") or alarm["extended_statistic"]
    metric = (alarm["metric_name"], statistic, alarm["threshold"], alarm["period"])
    assert (*metric, alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == expected


def test_missing_data_of_instances(new_endpoint, new_async_endpoint, stack, synth):
    """An asynchronous endpoint without instances is at rest; elsewhere, silence is unheard of."""
    new_endpoint().add_recommended_alarms()
    new_async_endpoint().add_recommended_alarms()
    found = synth(stack)
    for name in ("cpu", "memory", "disk"):
        assert found.named(ALARM, f"Endpoint_Alarms_main-{name}_")["treat_missing_data"] == "missing"
        assert found.named(ALARM, f"Async_Alarms_main-{name}_")["treat_missing_data"] == "notBreaching"


def test_every_threshold_can_be_set(new_endpoint, new_async_endpoint, stack, synth):
    cpu = TerraformVariable(stack, "cpu", type="number").number_value
    thresholds = AlarmThresholds(
        error_rate_5xx=0.5,
        minimum_requests=100,
        model_latency=timedelta(milliseconds=250),
        cpu_utilization=cpu,
        memory_utilization="${var.memory}",
        capacity_at_maximum=timedelta(hours=1),
        age_of_oldest_request=timedelta(minutes=1),
        backlog_without_capacity=timedelta(minutes=3),
        failed_requests="${var.failed}",
    )
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity="${var.most}")
    endpoint.add_recommended_alarms(thresholds=thresholds)
    new_async_endpoint().add_recommended_alarms(thresholds=thresholds)
    found = synth(stack)

    def of(name, endpoint="Endpoint"):
        return found.named(ALARM, f"{endpoint}_Alarms_main-{name}_")

    assert of("5xx-error-rate")["threshold"] == 0.5
    assert "requests >= 100," in of("5xx-error-rate")["metric_query"][0]["expression"]
    assert of("model-latency")["threshold"] == 250_000
    assert "0.25 seconds" in of("model-latency")["alarm_description"]
    assert of("cpu")["threshold"] == "${var.cpu}"
    assert "use ${var.cpu}% or more" in of("cpu")["alarm_description"]
    assert of("memory")["threshold"] == "${var.memory}"
    capacity = of("capacity-at-maximum")
    assert capacity["threshold"] == "${var.most}"
    assert (capacity["evaluation_periods"], capacity["datapoints_to_alarm"]) == (60, 48)
    assert of("age-of-oldest-request", "Async")["threshold"] == 60
    assert "1 minute or longer" in of("age-of-oldest-request", "Async")["alarm_description"]
    assert of("backlog-without-capacity", "Async")["evaluation_periods"] == 3
    assert of("failed-requests", "Async")["threshold"] == "${var.failed}"


class TestTopics:
    def test_one_is_told_of_both_severities(self, new_endpoint, stack, synth):
        new_endpoint().add_recommended_alarms(topic=SnsTopic(stack, "Topic"))
        for alarm in synth(stack).resources(ALARM).values():
            assert alarm["alarm_actions"] == alarm["ok_actions"] == ["${aws_sns_topic.Topic.arn}"]

    def test_nobody_is_told_without(self, new_endpoint, stack, synth):
        new_endpoint().add_recommended_alarms()
        assert all("alarm_actions" not in alarm for alarm in synth(stack).resources(ALARM).values())

    def test_each_severity_may_have_its_own(self, new_endpoint, stack, synth):
        new_endpoint().add_recommended_alarms(critical_topic=SnsTopic(stack, "Pager"), warning_topic=TOPIC)
        topics = {"critical": "${aws_sns_topic.Pager.arn}", "warning": TOPIC}
        for alarm in synth(stack).resources(ALARM).values():
            assert alarm["alarm_actions"] == alarm["ok_actions"] == [topics[alarm["tags"]["severity"]]]

    @pytest.mark.parametrize("severity", ["critical", "warning"])
    def test_only_one_severity_may_have_one(self, new_endpoint, stack, synth, severity):
        new_endpoint().add_recommended_alarms(**{f"{severity}_topic": TOPIC})
        for alarm in synth(stack).resources(ALARM).values():
            told = [TOPIC] if alarm["tags"]["severity"] == severity else None
            assert alarm.get("alarm_actions") == alarm.get("ok_actions") == told

    @pytest.mark.parametrize(
        ("topics", "problem"),
        [
            ({"topic": "ops@example.com"}, "topic: 'ops@example.com' must be an ARN, or a resource"),
            (
                {"critical_topic": 3},
                "critical_topic is 3; pass a string or a resource or data source",
            ),
            (
                {"topic": TOPIC, "critical_topic": TOPIC},
                "topic is given beside critical_topic; pass topic for alarms of both severities, or "
                "critical_topic and warning_topic",
            ),
            (
                {"topic": TOPIC, "critical_topic": TOPIC, "warning_topic": TOPIC},
                "topic is given beside critical_topic and warning_topic;",
            ),
        ],
    )
    def test_others_are_refused(self, new_endpoint, topics, problem):
        with pytest.raises(InvalidPropsError, match="demo/Endpoint: ") as caught:
            new_endpoint().add_recommended_alarms(**topics)
        (told,) = caught.value.problems
        assert told.startswith(problem)


def test_a_refused_call_changes_nothing(new_endpoint, stack, synth):
    endpoint = new_endpoint()
    with pytest.raises(InvalidPropsError) as caught:
        endpoint.add_recommended_alarms(topic=TOPIC, warning_topic="ops", variants=[])
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "variants",
        "topic",
        "warning_topic:",
    ]
    assert synth(stack).resources(ALARM) == {}
    assert names(endpoint.add_recommended_alarms()) == REAL_TIME


def test_two_endpoints_of_a_stack_have_alarms_of_different_names(new_endpoint, stack, synth):
    for id in ("One", "Two"):
        new_endpoint(id).add_recommended_alarms()
    found = [alarm["alarm_name"] for alarm in synth(stack).resources(ALARM).values()]
    assert len(set(found)) == len(found) == 2 * len(REAL_TIME)


def test_a_variant_whose_name_terraform_knows(new_endpoint, stack, synth):
    alarms = new_endpoint(variant_name="${var.variant}").add_recommended_alarms()
    assert "variant0-cpu" in alarms.alarms
    alarm = synth(stack).named(ALARM, "Endpoint_Alarms_variant0-disk_")
    assert alarm["dimensions"]["VariantName"] == "${var.variant}"


def test_a_second_call_is_refused(new_endpoint):
    endpoint = new_endpoint()
    endpoint.add_recommended_alarms()
    with pytest.raises(InvalidPropsError, match=r"demo/Endpoint: .* call add_recommended_alarms once"):
        endpoint.add_recommended_alarms()


def test_thresholds_of_another_kind_are_refused(new_endpoint):
    with pytest.raises(InvalidPropsError, match="thresholds has no 'cpu'; it takes error_rate_5xx, "):
        new_endpoint().add_recommended_alarms(thresholds={"cpu": 1})


def test_an_imported_endpoint_needs_its_variants(stack):
    endpoint = Endpoint.from_endpoint_name(stack, "Imported", "theirs")
    with pytest.raises(InvalidPropsError, match="the variants of an imported endpoint aren't known"):
        endpoint.add_recommended_alarms()


def test_variants_of_an_imported_endpoint(stack, synth):
    endpoint = Endpoint.from_endpoint_name(stack, "Imported", "theirs")
    variants = [
        endpoint.find_instance_production_variant("one"),
        endpoint.find_serverless_production_variant("two"),
    ]
    alarms = endpoint.add_recommended_alarms(topic=TOPIC, variants=variants)
    without_cpu = [f"one-{name}" for name in REAL_TIME if name != "cpu"]
    assert list(alarms.alarms) == without_cpu + [
        f"two-{name}" for name in [*REQUESTS, "concurrency", "memory"]
    ]
    alarm = synth(stack).named(ALARM, "Imported_Alarms_one-memory_")
    assert alarm["dimensions"] == {"EndpointName": "theirs", "VariantName": "one"}


def test_variants_that_are_none_of_the_endpoint_are_refused(new_endpoint):
    one, two = new_endpoint("One"), new_endpoint("Two")
    for variants, problem in (
        (["main"], r"variants\[0\] is 'main'; pass an EndpointProductionVariant"),
        (two.production_variants, "is not a variant of this endpoint"),
        (one.production_variants * 2, "variants has one twice"),
        ([], "variants is empty"),
    ):
        with pytest.raises(InvalidPropsError, match=problem):
            one.add_recommended_alarms(variants=variants)


def notes_of(stack):
    return [str(entry.data) for node in stack.node.find_all() for entry in node.node.metadata]


def test_an_unknown_instance_type_is_noted(new_endpoint, stack):
    alarms = new_endpoint(instance_type=InstanceType.of("ml.g99.metal")).add_recommended_alarms()
    assert names(alarms) == [name for name in REAL_TIME if name != "cpu"]
    for what in ("vCPUs", "GPUs"):
        note = f"variant 'main' has no alarm on its {what}, since it isn't known how many ml.g99.metal has"
        assert note in notes_of(stack)


def test_an_instance_type_that_is_known_elsewhere_is_noted(stack):
    endpoint = Endpoint.from_endpoint_name(stack, "Imported", "theirs")
    variants = [endpoint.find_instance_production_variant("one")]
    endpoint.add_recommended_alarms(variants=variants)
    assert sum("how many its instance type has" in note for note in notes_of(stack)) == 2


def test_what_is_known_or_not_wanted_is_not_noted(new_endpoint, new_serverless_endpoint, stack):
    new_endpoint().add_recommended_alarms()
    new_serverless_endpoint().add_recommended_alarms()
    unknown = InstanceType.of("ml.g99.metal")
    new_endpoint("Unwatched", instance_type=unknown).add_recommended_alarms(thresholds=NOTHING)
    assert not any("has no alarm" in note for note in notes_of(stack))


def test_scaling_that_comes_later_is_refused(new_endpoint, stack, synth):
    endpoint = new_endpoint()
    endpoint.add_recommended_alarms()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)
    with pytest.raises(Exception, match="added, or made to scale, after add_recommended_alarms"):
        synth(stack)


def test_scaling_that_comes_later_and_needs_no_alarm(new_endpoint, new_serverless_endpoint, stack, synth):
    endpoint = new_endpoint()
    endpoint.add_recommended_alarms(thresholds=AlarmThresholds(capacity_at_maximum=None))
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)
    warm = new_serverless_endpoint(provisioned_concurrency=2)
    warm.add_recommended_alarms()
    warm.find_serverless_production_variant("main").auto_scale_provisioned_concurrency(max_capacity=10)
    synth(stack)


def test_a_variant_that_comes_later_is_refused(stack, synth, new_model):
    def variant(name):
        return InstanceProductionVariantProps(model=new_model(f"Model{name}"), variant_name=name)

    config = EndpointConfig(stack, "Config", instance_production_variants=[variant("old")])
    Endpoint(stack, "Endpoint", endpoint_config=config).add_recommended_alarms()
    config.add_instance_production_variant(variant("new"))
    with pytest.raises(Exception, match="variant 'new' was added, or made to scale, after"):
        synth(stack)


def test_a_deployment_rolls_back_on_the_critical_ones(stack, synth, new_endpoint):
    alarms = new_endpoint().add_recommended_alarms(rollback=True)
    endpoint = synth(stack).only("aws_sagemaker_endpoint")
    rollback = endpoint["deployment_config"]["auto_rollback_configuration"]["alarms"]
    assert len(rollback) == len(alarms.critical) == 2
    names = [alarm["alarm_name"] for alarm in rollback]
    assert [name.split("_Alarms_")[1][:12] for name in names] == ["main-5xx-err", "main-model-l"]


def test_more_critical_alarms_than_a_rollback_takes_are_refused(stack, new_model):
    variants = [
        InstanceProductionVariantProps(model=new_model(f"Model{index}"), variant_name=f"v{index}")
        for index in range(5)
    ]
    config = EndpointConfig(stack, "Config", instance_production_variants=variants)
    deployment = Deployment.all_at_once(rollback_alarms=["mine"])
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=config, deployment=deployment)
    with pytest.raises(InvalidPropsError, match="rollback=True makes 11 rollback alarms; AWS takes 10"):
        endpoint.add_recommended_alarms(rollback=True)
    # One that isn't made is none to roll back on.
    without = {RecommendedAlarm.MODEL_LATENCY: AlarmOverride(enabled=False)}
    assert len(endpoint.add_recommended_alarms(rollback=True, overrides=without).critical) == 5
