"""Each kind of variant has the metrics that AWS publishes for it, and no others.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from datetime import timedelta

import pytest

from sm_tf import ContainerMetrics, InvocationHttpResponseCode
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    MultiModelVariantMetrics,
    RealTimeVariantMetrics,
    ServerlessVariantMetrics,
)

ALARM = "aws_cloudwatch_metric_alarm"
INVOCATIONS, INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
TEN_ALARMS = [
    ("metric_invocations", INVOCATIONS, "Invocations", "Sum", 1, 2),
    ("metric_invocations_per_instance", INVOCATIONS, "InvocationsPerInstance", "Sum", 4, 5),
    ("metric_model_latency", INVOCATIONS, "ModelLatency", "Average", 7, 8),
    ("metric_overhead_latency", INVOCATIONS, "OverheadLatency", "Average", 10, 11),
    ("metric_invocation_response_code", INVOCATIONS, "Invocation5XXErrors", "Sum", 13, 14),
    ("metric_disk_utilization", INSTANCES, "DiskUtilization", "Average", 16, 17),
    ("metric_cpu_utilization", INSTANCES, "CPUUtilization", "Average", 19, 20),
    ("metric_memory_utilization", INSTANCES, "MemoryUtilization", "Average", 22, 23),
    ("metric_gpu_utilization", INSTANCES, "GPUUtilization", "Average", 25, 26),
    ("metric_gpu_memory_utilization", INSTANCES, "GPUMemoryUtilization", "Average", 28, 29),
]

ERRORS = ("metric_invocation_response_code", INVOCATIONS, "Invocation5XXErrors", "Sum", "requests")
MODEL_LATENCY = ("metric_model_latency", INVOCATIONS, "ModelLatency", "Average", "microseconds")
INVOKED = [
    ("metric_invocations", INVOCATIONS, "Invocations", "Sum", "number"),
    ("metric_overhead_latency", INVOCATIONS, "OverheadLatency", "Average", "microseconds"),
    ERRORS,
    MODEL_LATENCY,
]
ON_INSTANCES = [
    ("metric_disk_utilization", INSTANCES, "DiskUtilization", "Average", "percent"),
    ("metric_cpu_utilization", INSTANCES, "CPUUtilization", "Average", "percent"),
    ("metric_memory_utilization", INSTANCES, "MemoryUtilization", "Average", "percent"),
    ("metric_gpu_utilization", INSTANCES, "GPUUtilization", "Average", "percent"),
    ("metric_gpu_memory_utilization", INSTANCES, "GPUMemoryUtilization", "Average", "percent"),
]
INVOKED_ON_INSTANCES = [
    *INVOKED,
    *ON_INSTANCES,
    ("metric_invocations_per_instance", INVOCATIONS, "InvocationsPerInstance", "Sum", "number"),
    ("metric_invocation_model_errors", INVOCATIONS, "InvocationModelErrors", "Sum", "number"),
    ("metric_concurrent_requests_per_model", INVOCATIONS, "ConcurrentRequestsPerModel", "Maximum", "number"),
]
REAL_TIME = [
    *INVOKED_ON_INSTANCES,
    ("metric_first_chunk_latency", INVOCATIONS, "FirstChunkLatency", "Average", "microseconds"),
    ("metric_first_chunk_model_latency", INVOCATIONS, "FirstChunkModelLatency", "Average", "microseconds"),
    (
        "metric_first_chunk_overhead_latency",
        INVOCATIONS,
        "FirstChunkOverheadLatency",
        "Average",
        "microseconds",
    ),
    ("metric_mid_stream_errors", INVOCATIONS, "MidStreamErrors", "Sum", "number"),
]
MULTI_MODEL = [
    *INVOKED_ON_INSTANCES,
    ("metric_model_loading_wait_time", INVOCATIONS, "ModelLoadingWaitTime", "Average", "microseconds"),
    ("metric_model_unloading_time", INVOCATIONS, "ModelUnloadingTime", "Average", "microseconds"),
    ("metric_model_downloading_time", INVOCATIONS, "ModelDownloadingTime", "Average", "microseconds"),
    ("metric_model_loading_time", INVOCATIONS, "ModelLoadingTime", "Average", "microseconds"),
    ("metric_model_cache_hit", INVOCATIONS, "ModelCacheHit", "Average", "0 to 1"),
    ("metric_loaded_model_count", INSTANCES, "LoadedModelCount", "Average", "number"),
]
QUEUE = [
    ("metric_approximate_backlog_size", INVOCATIONS, "ApproximateBacklogSize", "Average", "number"),
    (
        "metric_approximate_backlog_size_per_instance",
        INVOCATIONS,
        "ApproximateBacklogSizePerInstance",
        "Average",
        "number",
    ),
    (
        "metric_approximate_age_of_oldest_request",
        INVOCATIONS,
        "ApproximateAgeOfOldestRequest",
        "Average",
        "seconds",
    ),
    ("metric_has_backlog_without_capacity", INVOCATIONS, "HasBacklogWithoutCapacity", "Average", "1 while"),
]
ASYNC = [
    ERRORS,
    MODEL_LATENCY,
    *ON_INSTANCES,
    *QUEUE,
    ("metric_invocations_processed", INVOCATIONS, "InvocationsProcessed", "Sum", "number"),
    ("metric_invocation_failures", INVOCATIONS, "InvocationFailures", "Sum", "number"),
    ("metric_expired_requests", INVOCATIONS, "ExpiredRequests", "Sum", "number"),
    ("metric_request_download_failures", INVOCATIONS, "RequestDownloadFailures", "Sum", "number"),
    ("metric_response_upload_failures", INVOCATIONS, "ResponseUploadFailures", "Sum", "number"),
    ("metric_notification_failures", INVOCATIONS, "NotificationFailures", "Sum", "number"),
    ("metric_request_download_latency", INVOCATIONS, "RequestDownloadLatency", "Average", "microseconds"),
    ("metric_response_upload_latency", INVOCATIONS, "ResponseUploadLatency", "Average", "microseconds"),
    ("metric_time_in_backlog", INVOCATIONS, "TimeInBacklog", "Average", "microseconds"),
    ("metric_total_processing_time", INVOCATIONS, "TotalProcessingTime", "Average", "milliseconds"),
]
CONCURRENCY = "metric_serverless_provisioned_concurrency"
SERVERLESS = [
    *INVOKED,
    ("metric_model_setup_time", INVOCATIONS, "ModelSetupTime", "Average", "microseconds"),
    ("metric_memory_utilization", INSTANCES, "MemoryUtilization", "Average", "percent"),
    (
        "metric_serverless_concurrent_executions_utilization",
        INVOCATIONS,
        "ServerlessConcurrentExecutionsUtilization",
        "Average",
        "0 to 1",
    ),
    (
        f"{CONCURRENCY}_executions",
        INVOCATIONS,
        "ServerlessProvisionedConcurrencyExecutions",
        "Average",
        "number",
    ),
    (
        f"{CONCURRENCY}_utilization",
        INVOCATIONS,
        "ServerlessProvisionedConcurrencyUtilization",
        "Average",
        "0 to 1",
    ),
    (
        f"{CONCURRENCY}_invocations",
        INVOCATIONS,
        "ServerlessProvisionedConcurrencyInvocations",
        "Average",
        "number",
    ),
    (
        f"{CONCURRENCY}_spillover_invocations",
        INVOCATIONS,
        "ServerlessProvisionedConcurrencySpilloverInvocations",
        "Average",
        "number",
    ),
]
CONTAINER = [
    ("metric_invocations", INVOCATIONS, "Invocations", "Sum", "number"),
    ERRORS,
    ("metric_container_latency", INVOCATIONS, "ContainerLatency", "Average", "microseconds"),
    ("metric_overhead_latency", INVOCATIONS, "OverheadLatency", "Average", "microseconds"),
    ("metric_cpu_utilization", INSTANCES, "CPUUtilization", "Average", "percent"),
    ("metric_memory_utilization", INSTANCES, "MemoryUtilization", "Average", "percent"),
]

NAMES = {"endpoint_name": "e", "variant_name": "v"}
REAL_TIME_VARIANT = RealTimeVariantMetrics(**NAMES)
KINDS = [
    (REAL_TIME_VARIANT, REAL_TIME),
    (MultiModelVariantMetrics(**NAMES), MULTI_MODEL),
    (AsyncVariantMetrics(**NAMES), ASYNC),
    (ServerlessVariantMetrics(**NAMES), SERVERLESS),
    (ContainerMetrics(**NAMES, container_name="c"), CONTAINER),
]
ROWS = [
    pytest.param(metrics, *row, id=f"{type(metrics).__name__}-{row[2]}")
    for metrics, table in KINDS
    for row in table
]


def metric(metrics, method, **options):
    codes = [InvocationHttpResponseCode.INVOCATION_5XX_ERRORS] if method.endswith("response_code") else []
    return getattr(metrics, method)(*codes, **options)


@pytest.mark.parametrize(("metrics", "table"), KINDS, ids=lambda value: type(value).__name__)
def test_a_kind_has_the_metrics_of_its_table_and_no_others(metrics, table) -> None:
    methods = {name for name in dir(metrics) if name.startswith("metric_")}
    assert methods == {row[0] for row in table}


@pytest.mark.parametrize(("metrics", "method", "namespace", "name", "statistic", "unit"), ROWS)
def test_metrics_are_those_that_aws_publishes(metrics, method, namespace, name, statistic, unit) -> None:
    found = metric(metrics, method)
    assert (found.namespace, found.metric_name, found.statistic) == (namespace, name, statistic)
    assert (found.period, found.unit) == (timedelta(minutes=5), None)
    # Those of an asynchronous endpoint's queue belong to the endpoint.
    dimensions = {"EndpointName": "e", "VariantName": "v", "ContainerName": "c"}
    own = ["EndpointName"] if method in {row[0] for row in QUEUE} else ["EndpointName", "VariantName"]
    if isinstance(metrics, ContainerMetrics):
        own.append("ContainerName")
    assert found.dimensions_map == {dimension: dimensions[dimension] for dimension in own}
    assert unit in getattr(metrics, method).__doc__.lower()


@pytest.mark.parametrize(("metrics", "method"), [row.values[:2] for row in ROWS])
def test_options_override_all_but_the_own_dimensions(metrics, method) -> None:
    plain = metric(metrics, method)
    options = {"statistic": "p99", "unit": "None", "period": timedelta(minutes=1), "label": "it"}
    found = metric(metrics, method, **options, dimensions_map={"More": "1"})
    assert {name: getattr(found, name) for name in options} == options
    assert found.dimensions_map == {**plain.dimensions_map, "More": "1"}


def test_any_metric_is_a_sum() -> None:
    found = REAL_TIME_VARIANT.metric("Custom", "Tokens")
    assert (found.namespace, found.metric_name, found.statistic) == ("Custom", "Tokens", "Sum")
    assert found.dimensions_map == {"EndpointName": "e", "VariantName": "v"}


def test_a_4xx_code() -> None:
    found = REAL_TIME_VARIANT.metric_invocation_response_code(
        InvocationHttpResponseCode.INVOCATION_4XX_ERRORS
    )
    assert found.metric_name == "Invocation4XXErrors"


def test_a_container_of_a_variant_has_metrics_of_its_own() -> None:
    found = REAL_TIME_VARIANT.find_container("tokenizer").metric_container_latency()
    assert found.dimensions_map == {"EndpointName": "e", "VariantName": "v", "ContainerName": "tokenizer"}


def test_ten_alarms(stack, synth, new_endpoint) -> None:
    variant = new_endpoint(variant_name="firstVariant").find_instance_production_variant("firstVariant")
    for method, _, name, _, threshold, periods in TEN_ALARMS:
        metric(variant, method).create_alarm(stack, name, threshold=threshold, evaluation_periods=periods)
    content = synth(stack)
    assert len(content.resources(ALARM)) == len(TEN_ALARMS)
    for _, namespace, name, statistic, threshold, periods in TEN_ALARMS:
        alarm = content.named(ALARM, f"{name}_")
        assert alarm.pop("alarm_name") == f"demo-{name.lower()}"
        dimensions = alarm.pop("dimensions")
        assert dimensions.keys() == {"EndpointName", "VariantName"}
        assert dimensions["VariantName"] == "firstVariant"
        assert alarm == {
            "namespace": namespace,
            "metric_name": name,
            "statistic": statistic,
            "period": 300,
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            "threshold": threshold,
            "evaluation_periods": periods,
        }
