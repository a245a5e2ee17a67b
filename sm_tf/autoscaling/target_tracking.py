"""Target tracking: the metric that Application Auto Scaling holds near a value."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class PredefinedMetric(StrEnum):
    """The metrics of variants that Application Auto Scaling knows by name.

    `SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE` counts the requests a minute for each instance.
    `SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION` counts the requests that each copy of
    the model handles at the same time; AWS publishes it every 10 seconds, so it scales out sooner.
    `SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION` is the share of a serverless variant's provisioned
    concurrency that is in use, 0 to 1.

    Source:
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """

    SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION = (
        "SageMakerVariantConcurrentRequestsPerModelHighResolution"
    )
    SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE = "SageMakerVariantInvocationsPerInstance"
    SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION = (
        "SageMakerVariantProvisionedConcurrencyUtilization"
    )


def customized_metric_specification(alarm_arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The provider's block for a metric or an expression of metrics, made from the arguments of an alarm on
    it. Application Auto Scaling takes no period.
    """
    found = alarm_arguments
    if "statistic" in found:
        return {
            "metric_name": found["metric_name"],
            "namespace": found["namespace"],
            "statistic": found["statistic"],
            "dimensions": _dimensions(found),
            "unit": found.get("unit"),
        }
    alone = {"id": "m1", "return_data": True, "metric": {**found, "stat": found.get("extended_statistic")}}
    return {"metrics": [_query(query) for query in found.get("metric_query", [alone])]}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    metric = query.get("metric")
    return {
        "id": query["id"],
        "expression": query.get("expression"),
        "label": query.get("label"),
        "return_data": query.get("return_data"),
        "metric_stat": _metric_stat(metric) if metric else None,
    }


def _metric_stat(metric: Mapping[str, Any]) -> dict[str, Any]:
    named = {
        "metric_name": metric["metric_name"],
        "namespace": metric["namespace"],
        "dimensions": _dimensions(metric),
    }
    return {"metric": named, "stat": metric["stat"], "unit": metric.get("unit")}


def _dimensions(metric: Mapping[str, Any]) -> list[dict[str, str]] | None:
    dimensions = metric.get("dimensions") or {}
    return [{"name": name, "value": value} for name, value in sorted(dimensions.items())] or None
