"""The alarms on each indicator.

Metrics that count requests or describe a queue have no data while nobody calls. That is no failure, so
missing data doesn't breach. Metrics that an instance publishes every minute have no data when no instance
runs; see `instance_levels`.

CloudWatch evaluates an alarm every minute, over windows that slide with it. Alarms on requests fire when two
of three windows of 5 minutes breach: some 6 minutes after the requests begin to fail, and not for a bad
minute. Alarms on instances fire after 15 minutes, which gives scaling time to help.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sm_tf.cloudwatch.alarm import ComparisonOperator, TreatMissingData
from sm_tf.foundation.checks import CountLike
from sm_tf.operations.alarm_spec import AlarmSpec, RecommendedAlarm, Severity
from sm_tf.operations.alarm_thresholds import AlarmThresholds
from sm_tf.operations.indicators import Indicator

_MINUTE = timedelta(minutes=1)


def error_rates(of_client: Indicator, of_server: Indicator, thresholds: AlarmThresholds) -> list[AlarmSpec]:
    """Requests that get a 5xx or 4xx status."""
    return [
        AlarmSpec(
            name=name,
            severity=severity,
            indicator=indicator,
            threshold=threshold,
            description=f"{{threshold}}% or more of requests get a {kind} response",
            minimum_requests=thresholds.minimum_requests,
        )
        for name, severity, indicator, threshold, kind in (
            (RecommendedAlarm.ERROR_RATE_5XX, Severity.CRITICAL, of_server, thresholds.error_rate_5xx, "5xx"),
            (RecommendedAlarm.ERROR_RATE_4XX, Severity.WARNING, of_client, thresholds.error_rate_4xx, "4xx"),
        )
    ]


def model_latency(latency: Indicator, threshold: timedelta | None) -> AlarmSpec:
    """A slow model."""
    return AlarmSpec(
        name=RecommendedAlarm.MODEL_LATENCY,
        severity=Severity.CRITICAL,
        indicator=latency,
        threshold=threshold,
        description="the p99 model latency is {threshold} or longer",
    )


def overhead_latency(latency: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """A slow SageMaker."""
    return AlarmSpec(
        name=RecommendedAlarm.OVERHEAD_LATENCY,
        severity=Severity.WARNING,
        indicator=latency,
        threshold=thresholds.overhead_latency,
        description="SageMaker adds {threshold} or more to the average request",
    )


def instance_level(
    name: RecommendedAlarm, level: Indicator, threshold: float | None, what: str, missing: TreatMissingData
) -> AlarmSpec:
    """A resource of the instances that runs out. No data means that no instance runs: an asynchronous
    endpoint is idle then, elsewhere nothing is known. `missing` says so to CloudWatch.
    """
    return AlarmSpec(
        name=name,
        severity=Severity.WARNING,
        indicator=level,
        threshold=threshold,
        description=f"the instances use {{threshold}}% or more of their {what}",
        datapoints_to_alarm=3,
        treat_missing_data=missing,
    )


def capacity_at_maximum(
    running: Indicator, thresholds: AlarmThresholds, highest_count: CountLike | None
) -> Iterator[AlarmSpec]:
    """A variant that can't scale out any further."""
    if thresholds.capacity_at_maximum is None:
        return
    yield AlarmSpec(
        name=RecommendedAlarm.CAPACITY_AT_MAXIMUM,
        severity=Severity.WARNING,
        indicator=running,
        threshold=highest_count,
        highest_threshold=highest_count,
        description="at least {threshold} of {maximum} instances have been running for {duration}",
        **_nearly_all(thresholds.capacity_at_maximum),
    )


def model_cache_hit_rate(hit_rate: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """Models that don't fit into memory together."""
    return AlarmSpec(
        name=RecommendedAlarm.MODEL_CACHE_HIT_RATE,
        severity=Severity.WARNING,
        indicator=hit_rate,
        threshold=thresholds.model_cache_hit_rate,
        description="fewer than {threshold}% of requests find their model in memory",
        minimum_requests=thresholds.minimum_requests,
        part="hits",
        datapoints_to_alarm=3,
        comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
    )


def age_of_oldest_request(age: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """A queue that doesn't move."""
    return AlarmSpec(
        name=RecommendedAlarm.AGE_OF_OLDEST_REQUEST,
        # A long queue is rarely the fault of a deployment, and another one may shorten it.
        severity=Severity.WARNING,
        indicator=age,
        threshold=thresholds.age_of_oldest_request,
        description="the oldest request in the queue has been waiting for {threshold} or longer",
        datapoints_to_alarm=3,
    )


def lost_requests(failed: Indicator, expired: Indicator, thresholds: AlarmThresholds) -> list[AlarmSpec]:
    """Requests of an asynchronous endpoint that get no answer."""
    return [
        AlarmSpec(
            name=name,
            severity=Severity.CRITICAL,
            indicator=indicator,
            threshold=threshold,
            description=f"{{threshold}} or more requests {verb} within {{period}}",
            evaluation_periods=1,
            datapoints_to_alarm=1,
        )
        for name, indicator, threshold, verb in (
            (RecommendedAlarm.FAILED_REQUESTS, failed, thresholds.failed_requests, "failed"),
            (RecommendedAlarm.EXPIRED_REQUESTS, expired, thresholds.expired_requests, "expired"),
        )
    ]


def backlog_without_capacity(backlog: Indicator, thresholds: AlarmThresholds) -> Iterator[AlarmSpec]:
    """A queue, and nobody who works on it."""
    if thresholds.backlog_without_capacity is None:
        return
    yield AlarmSpec(
        name=RecommendedAlarm.BACKLOG_WITHOUT_CAPACITY,
        severity=Severity.CRITICAL,
        indicator=backlog,
        threshold=1,
        description="requests have been queued for {duration}, but no instance is running",
        **_nearly_all(thresholds.backlog_without_capacity),
    )


def concurrency(concurrency: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """A serverless variant that throttles soon."""
    return AlarmSpec(
        name=RecommendedAlarm.CONCURRENCY,
        severity=Severity.WARNING,
        indicator=concurrency,
        threshold=thresholds.serverless_concurrency,
        description="{threshold}% or more of the maximum concurrency is in use",
    )


def serverless_memory(memory: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """A serverless variant whose container is killed soon."""
    return AlarmSpec(
        name=RecommendedAlarm.MEMORY,
        severity=Severity.WARNING,
        indicator=memory,
        threshold=thresholds.memory_utilization,
        description="{threshold}% or more of the memory is in use",
        datapoints_to_alarm=3,
    )


def spillover(spilled: Indicator, thresholds: AlarmThresholds) -> AlarmSpec:
    """Too little provisioned concurrency."""
    return AlarmSpec(
        name=RecommendedAlarm.PROVISIONED_CONCURRENCY_SPILLOVER,
        severity=Severity.WARNING,
        indicator=spilled,
        threshold=thresholds.spillover_requests,
        description="{threshold} or more requests exceeded the provisioned concurrency within {period}",
    )


def _nearly_all(duration: timedelta) -> dict[str, Any]:
    """The minutes of a duration, and how many of them count for all: a data point may come late."""
    minutes = duration // _MINUTE
    return {"evaluation_periods": minutes, "datapoints_to_alarm": minutes - minutes // 5}
