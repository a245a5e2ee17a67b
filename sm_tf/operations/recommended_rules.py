"""Which alarms a variant needs, by its kind.

What counts requests or looks at a queue has no data while nobody calls, which is no failure, so missing data
doesn't breach. What an instance publishes every minute has no data when no instance runs; see there.

CloudWatch evaluates an alarm every minute, over windows that slide with it. Alarms on requests fire when two
of three windows of 5 minutes breach: some 6 minutes after the requests begin to fail, and not for a bad
minute. Alarms on instances fire after 15 minutes, in which scaling has had its time to help.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sm_tf.aws.instance_capacity import gpus_of, vcpus_of
from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.alarm import ComparisonOperator, TreatMissingData
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.foundation.checks import CountLike
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    InstanceVariantMetrics,
    InvocationHttpResponseCode,
    InvokedInstanceVariantMetrics,
    InvokedVariantMetrics,
    MultiModelVariantMetrics,
    ServerlessVariantMetrics,
    VariantMetrics,
)
from sm_tf.operations.alarm_thresholds import AlarmThresholds

if TYPE_CHECKING:
    from sm_tf.endpoint.endpoint_variant import EndpointProductionVariant

_MINUTE = timedelta(minutes=1)


class Severity(StrEnum):
    """How urgent an alarm is."""

    CRITICAL = "critical"
    """Requests fail, are too slow, or nobody processes them."""
    WARNING = "warning"
    """Requests will fail or wait if it goes on, or callers do something wrong."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One alarm of a variant; `name` is its own within the variant, `meaning` says what an alarm tells, and
    without a `threshold` there is no alarm.
    """

    name: str
    severity: Severity
    metric: Metric | MathExpression
    threshold: float | None
    meaning: str
    evaluation_periods: int = 3
    datapoints_to_alarm: int = 2
    treat_missing_data: TreatMissingData = TreatMissingData.NOT_BREACHING
    comparison_operator: ComparisonOperator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


def rules_of(variant: "EndpointProductionVariant", thresholds: AlarmThresholds) -> list[Rule]:
    """The alarms that a variant needs."""
    rules = [*_errors(variant, thresholds), _latency(variant, thresholds)]
    if isinstance(variant, InvokedInstanceVariantMetrics):
        rules.append(_overhead(variant, thresholds))
    if isinstance(variant, InstanceVariantMetrics):
        instance_type = str(getattr(variant.props, "instance_type", ""))
        rules += _instances(variant, thresholds, vcpus_of(instance_type), gpus_of(instance_type))
        rules += _capacity(variant, thresholds, _most_instances(variant))
    if isinstance(variant, MultiModelVariantMetrics):
        rules.append(_cache(variant, thresholds))
    if isinstance(variant, AsyncVariantMetrics):
        rules += _queue(variant, thresholds)
    if isinstance(variant, ServerlessVariantMetrics):
        provisioned = getattr(variant.props, "provisioned_concurrency", None) is not None
        rules += _serverless(variant, thresholds, provisioned)
    return [rule for rule in rules if rule.threshold is not None]


def _most_instances(variant: "EndpointProductionVariant") -> CountLike | None:
    """How many instances a variant may scale out to; None if it doesn't scale, or has no room to."""
    managed = getattr(variant.props, "enabled_managed_scaling", None)
    if variant.scaling is not None:
        low, high = variant.scaling.min_capacity, variant.scaling.max_capacity
    elif managed is not None:
        low, high = managed.min_instance_count, managed.max_instance_count
    else:
        return None
    return None if low == high else high


def _errors(variant: VariantMetrics, thresholds: AlarmThresholds) -> Iterator[Rule]:
    for kind, severity, threshold in (
        ("5xx", Severity.CRITICAL, thresholds.error_rate_5xx),
        ("4xx", Severity.WARNING, thresholds.error_rate_4xx),
    ):
        code = InvocationHttpResponseCode(f"Invocation{kind.upper()}Errors")
        errors = variant.metric_invocation_response_code(code)
        if isinstance(variant, InvokedVariantMetrics):
            requests = variant.metric_invocations()
        else:
            # Asynchronous endpoints publish no Invocations, but a 0 or 1 of every request.
            requests = errors.with_(statistic="SampleCount")
        yield Rule(
            name=f"{kind}-error-rate",
            severity=severity,
            metric=_share("errors", errors, requests, thresholds, quiet=0),
            threshold=threshold,
            meaning=f"{as_token(threshold)} % or more of the requests are answered with a {kind} status",
        )


def _share(
    what: str, part: Metric, requests: Metric, thresholds: AlarmThresholds, *, quiet: int
) -> MathExpression:
    """A part of the requests in percent; `quiet` when there are too few of them to say."""
    return MathExpression(
        expression=f"IF(requests >= {thresholds.minimum_requests}, 100 * {what} / requests, {quiet})",
        using_metrics={what: part, "requests": requests},
        label=f"{part.metric_name} (%)",
    )


def _latency(variant: VariantMetrics, thresholds: AlarmThresholds) -> Rule:
    is_async = isinstance(variant, AsyncVariantMetrics)
    threshold = thresholds.async_model_latency if is_async else thresholds.model_latency
    return Rule(
        name="model-latency",
        severity=Severity.CRITICAL,
        metric=variant.metric_model_latency(statistic="p99"),
        threshold=_microseconds(threshold),
        meaning=f"the slowest 1 % of the requests take the model {_words(threshold)} or longer",
    )


def _overhead(variant: InvokedInstanceVariantMetrics, thresholds: AlarmThresholds) -> Rule:
    # AWS publishes no percentiles of this one.
    return Rule(
        name="overhead-latency",
        severity=Severity.WARNING,
        metric=variant.metric_overhead_latency(),
        threshold=_microseconds(thresholds.overhead_latency),
        meaning=f"SageMaker adds {_words(thresholds.overhead_latency)} or more to the average request",
    )


def _instances(
    variant: InstanceVariantMetrics, thresholds: AlarmThresholds, vcpus: int | None, gpus: int | None
) -> Iterator[Rule]:
    levels: list[tuple[str, str, Metric, int, float | None]] = [
        ("memory", "memory", variant.metric_memory_utilization(), 1, thresholds.memory_utilization),
        ("disk", "disk", variant.metric_disk_utilization(), 1, thresholds.disk_utilization),
    ]
    if vcpus:
        cpu = variant.metric_cpu_utilization()
        levels.append(("cpu", "CPU", cpu, vcpus, thresholds.cpu_utilization))
    if gpus:
        gpu, memory = variant.metric_gpu_utilization(), variant.metric_gpu_memory_utilization()
        levels.append(("gpu", "GPU", gpu, gpus, thresholds.gpu_utilization))
        levels.append(("gpu-memory", "GPU memory", memory, gpus, thresholds.gpu_memory_utilization))
    for name, what, metric, parts, threshold in levels:
        yield Rule(
            name=name,
            severity=Severity.WARNING,
            metric=metric if parts == 1 else _normalized(metric, parts),
            threshold=threshold,
            meaning=f"the instances use {as_token(threshold)} % or more of their {what}",
            datapoints_to_alarm=3,
            # No instance of an asynchronous endpoint is one at rest. Elsewhere it is unheard of, and nothing
            # is known then.
            treat_missing_data=TreatMissingData.NOT_BREACHING
            if isinstance(variant, AsyncVariantMetrics)
            else TreatMissingData.MISSING,
        )


def _normalized(metric: Metric, parts: int) -> MathExpression:
    """AWS adds up the percentages of an instance's vCPUs and GPUs."""
    return MathExpression(
        expression=f"utilization / {parts}",
        using_metrics={"utilization": metric},
        label=f"{metric.metric_name} (%)",
    )


def _capacity(
    variant: InstanceVariantMetrics, thresholds: AlarmThresholds, most: CountLike | None
) -> Iterator[Rule]:
    if thresholds.capacity_at_maximum is None:
        return
    periods, datapoints = _nearly_all(thresholds.capacity_at_maximum)
    yield Rule(
        name="capacity-at-maximum",
        severity=Severity.WARNING,
        # Each instance publishes its utilization once a minute, so these are counted:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-troubleshooting.html
        metric=variant.metric_cpu_utilization(statistic="SampleCount", period=_MINUTE),
        threshold=most,
        meaning=f"all {as_token(most)} instances have been running for "
        + _words(thresholds.capacity_at_maximum),
        evaluation_periods=periods,
        datapoints_to_alarm=datapoints,
    )


def _cache(variant: MultiModelVariantMetrics, thresholds: AlarmThresholds) -> Rule:
    hits = variant.metric_model_cache_hit()
    threshold = thresholds.model_cache_hit_rate
    return Rule(
        name="model-cache-hit-rate",
        severity=Severity.WARNING,
        metric=_share(
            "hits", hits.with_(statistic="Sum"), hits.with_(statistic="SampleCount"), thresholds, quiet=100
        ),
        threshold=threshold,
        meaning=f"less than {as_token(threshold)} % of the requests find their model loaded",
        datapoints_to_alarm=3,
        comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
    )


def _queue(variant: AsyncVariantMetrics, thresholds: AlarmThresholds) -> Iterator[Rule]:
    age = thresholds.age_of_oldest_request
    yield Rule(
        name="age-of-oldest-request",
        # A long queue is no fault of what answers it, and another deployment may be its cure.
        severity=Severity.WARNING,
        metric=variant.metric_approximate_age_of_oldest_request(statistic="Maximum", period=_MINUTE),
        threshold=None if age is None else age.total_seconds(),
        meaning=f"a request has been waiting for {_words(age)} or longer",
        datapoints_to_alarm=3,
    )
    for name, verb, metric, threshold in (
        ("failed-requests", "failed", variant.metric_invocation_failures(), thresholds.failed_requests),
        ("expired-requests", "expired", variant.metric_expired_requests(), thresholds.expired_requests),
    ):
        yield Rule(
            name=name,
            severity=Severity.CRITICAL,
            metric=metric,
            threshold=threshold,
            meaning=f"{as_token(threshold)} or more requests {verb} within 5 minutes",
            evaluation_periods=1,
            datapoints_to_alarm=1,
        )
    if thresholds.backlog_without_capacity is not None:
        periods, datapoints = _nearly_all(thresholds.backlog_without_capacity)
        yield Rule(
            name="backlog-without-capacity",
            severity=Severity.CRITICAL,
            metric=variant.metric_has_backlog_without_capacity(statistic="Maximum", period=_MINUTE),
            threshold=1,
            meaning="requests have been waiting without an instance for "
            + _words(thresholds.backlog_without_capacity),
            evaluation_periods=periods,
            datapoints_to_alarm=datapoints,
        )


def _serverless(
    variant: ServerlessVariantMetrics, thresholds: AlarmThresholds, provisioned: bool
) -> Iterator[Rule]:
    utilization = variant.metric_serverless_concurrent_executions_utilization(statistic="Maximum")
    concurrency, memory = thresholds.serverless_concurrency, thresholds.memory_utilization
    yield Rule(
        name="concurrency",
        severity=Severity.WARNING,
        metric=MathExpression(
            expression="100 * utilization",
            using_metrics={"utilization": utilization},
            label="ServerlessConcurrentExecutionsUtilization (%)",
        ),
        threshold=concurrency,
        meaning=f"{as_token(concurrency)} % or more of the maximum concurrency are in use",
    )
    yield Rule(
        name="memory",
        severity=Severity.WARNING,
        metric=variant.metric_memory_utilization(),
        threshold=memory,
        meaning=f"{as_token(memory)} % or more of the memory are in use",
        datapoints_to_alarm=3,
    )
    if provisioned:
        threshold = thresholds.spillover_requests
        yield Rule(
            name="provisioned-concurrency-spillover",
            severity=Severity.WARNING,
            metric=variant.metric_serverless_provisioned_concurrency_spillover_invocations(statistic="Sum"),
            threshold=threshold,
            meaning=f"the provisioned concurrency has no room for {as_token(threshold)} or more requests",
        )


def _nearly_all(duration: timedelta) -> tuple[int, int]:
    """The minutes of a duration, and how many of them count for all: a data point may come late."""
    minutes = duration // _MINUTE
    return minutes, minutes - minutes // 5


def _microseconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration / timedelta(microseconds=1)


def _words(duration: timedelta | None) -> str:
    if duration is None:
        return ""
    unit, number = (
        ("second", duration.total_seconds()) if duration % _MINUTE else ("minute", duration / _MINUTE)
    )
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
