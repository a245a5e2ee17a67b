import pytest

from sm_tf import InvocationHttpResponseCode

ALARM = "aws_cloudwatch_metric_alarm"
INVOCATIONS, INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
TABLE = [
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


def metric(variant, method, **options):
    codes = [InvocationHttpResponseCode.INVOCATION_5XX_ERRORS] if method.endswith("response_code") else []
    return getattr(variant, method)(*codes, **options)


def test_ten_alarms(stack, synth, new_endpoint) -> None:
    (variant,) = new_endpoint(variant_name="firstVariant").instance_production_variants
    for method, _, name, _, threshold, periods in TABLE:
        metric(variant, method).create_alarm(stack, name, threshold=threshold, evaluation_periods=periods)
    content = synth(stack)
    (endpoint,) = content.resources("aws_sagemaker_endpoint")
    assert len(content.resources(ALARM)) == len(TABLE)
    for _, namespace, name, statistic, threshold, periods in TABLE:
        alarm = content.named(ALARM, f"{name}_")
        assert alarm.pop("alarm_name") == f"demo-{name.lower()}"
        assert alarm == {
            "namespace": namespace,
            "metric_name": name,
            "statistic": statistic,
            "period": 300,
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            "threshold": threshold,
            "evaluation_periods": periods,
            "dimensions": {
                "EndpointName": f"${{aws_sagemaker_endpoint.{endpoint}.name}}",
                "VariantName": "firstVariant",
            },
        }


@pytest.mark.parametrize("method", [row[0] for row in TABLE])
def test_options_override_all_but_the_variants_dimensions(new_endpoint, method) -> None:
    (variant,) = new_endpoint().instance_production_variants
    found = metric(variant, method, statistic="p99", unit="None", dimensions_map={"More": "1"})
    assert (found.statistic, found.unit) == ("p99", "None")
    assert found.dimensions_map.keys() == {"EndpointName", "VariantName", "More"}


def test_any_metric_is_a_sum(new_endpoint) -> None:
    (variant,) = new_endpoint().instance_production_variants
    found = variant.metric("Custom", "Tokens")
    assert (found.namespace, found.metric_name, found.statistic) == ("Custom", "Tokens", "Sum")


def test_a_4xx_code(new_endpoint) -> None:
    (variant,) = new_endpoint().instance_production_variants
    found = variant.metric_invocation_response_code(InvocationHttpResponseCode.INVOCATION_4XX_ERRORS)
    assert found.metric_name == "Invocation4XXErrors"
