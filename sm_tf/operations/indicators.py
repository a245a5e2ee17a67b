"""The values that alarms watch and graphs show, each defined once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sm_tf.cloudwatch.metric import Metric, Unit
from sm_tf.metrics.published_metrics import InvocationHttpResponseCode
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    InstanceVariantMetrics,
    InvokedVariantMetrics,
    MultiModelVariantMetrics,
    ServerlessVariantMetrics,
    VariantMetrics,
)

_ADDED_UP = ("Sum", "SampleCount")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A value that tells how a variant is doing, in `unit`: a metric times `factor`, or, with `total`, the
    percentage of `total` that the metric is.
    """

    metric: Metric
    unit: Unit
    factor: Fraction = Fraction(1)
    total: Metric | None = None

    @property
    def metrics(self) -> Iterator[Metric]:
        """The metrics that it is computed from."""
        yield self.metric
        if self.total is not None:
            yield self.total

    def with_period(self, period: timedelta) -> "Indicator":
        """The same value over another period."""
        return replace(
            self,
            metric=self.metric.with_(period=period),
            total=self.total and self.total.with_(period=period),
        )

    def is_comparable_to(self, other: "Indicator") -> bool:
        """Whether both measure the same thing. Averages and percentiles of one metric do, and percentages
        over any period; its sums over different periods don't.
        """
        if self.total is None or other.total is None:
            same_total = self.total is other.total
            return same_total and _measured(self.metric) == _measured(other.metric)
        return _part(self.metric) == _part(other.metric) and _part(self.total) == _part(other.total)


def published(metric: Metric) -> tuple[Any, ...]:
    """The metric that AWS publishes, whatever the statistic and the period."""
    return metric.namespace, metric.metric_name, sorted(metric.dimensions_map.items()), metric.account


def _measured(metric: Metric) -> tuple[Any, ...]:
    is_added_up = metric.normal_statistic in _ADDED_UP
    return published(metric), *((metric.normal_statistic, metric.period) if is_added_up else ())


def _part(metric: Metric) -> tuple[Any, ...]:
    return published(metric), metric.normal_statistic


def times(factor: Fraction, id: str) -> str:
    """A metric times a factor, in CloudWatch's language."""
    product = id if factor.numerator == 1 else f"{factor.numerator} * {id}"
    return product if factor.denominator == 1 else f"{product} / {factor.denominator}"


def error_rates(metrics: VariantMetrics, requests: Metric | None) -> tuple[Indicator, Indicator]:
    """The percentages of requests that get a 4xx and a 5xx status. Without `requests` they are counted by the
    errors' data points: asynchronous endpoints publish no Invocations, but a 0 or 1 for each request.
    """
    of_client, of_server = (
        Indicator(metric=errors, unit=Unit.PERCENT, total=requests or errors.with_(statistic="SampleCount"))
        for errors in map(metrics.metric_invocation_response_code, InvocationHttpResponseCode)
    )
    return of_client, of_server


def model_latency(metrics: VariantMetrics, statistic: str = "p99") -> Indicator:
    """How long the model's containers take for a request."""
    return Indicator(metric=metrics.metric_model_latency(statistic=statistic), unit=Unit.MICROSECONDS)


def overhead_latency(metrics: InvokedVariantMetrics) -> Indicator:
    """How long SageMaker takes besides; AWS publishes no percentiles."""
    return Indicator(metric=metrics.metric_overhead_latency(), unit=Unit.MICROSECONDS)


def memory(metrics: InstanceVariantMetrics | ServerlessVariantMetrics) -> Indicator:
    """The memory in use."""
    return Indicator(metric=metrics.metric_memory_utilization(), unit=Unit.PERCENT)


def disk(metrics: InstanceVariantMetrics) -> Indicator:
    """The disk space in use."""
    return Indicator(metric=metrics.metric_disk_utilization(), unit=Unit.PERCENT)


def cpu(metrics: InstanceVariantMetrics, vcpus: int | None) -> Indicator:
    """The CPU in use: of all vCPUs, or, where their number isn't known, their sum."""
    return _of_all(metrics.metric_cpu_utilization(), vcpus)


def gpu(metrics: InstanceVariantMetrics, gpus: int | None) -> Indicator:
    """The GPUs in use: of all, or, where their number isn't known, their sum."""
    return _of_all(metrics.metric_gpu_utilization(), gpus)


def gpu_memory(metrics: InstanceVariantMetrics, gpus: int | None) -> Indicator:
    """The memory of GPUs in use: of all, or, where their number isn't known, their sum."""
    return _of_all(metrics.metric_gpu_memory_utilization(), gpus)


def _of_all(metric: Metric, parts: int | None) -> Indicator:
    """AWS adds up the percentages of an instance's vCPUs and GPUs."""
    return Indicator(metric=metric, unit=Unit.PERCENT, factor=Fraction(1, parts or 1))


def running_instances(metrics: InstanceVariantMetrics, period: timedelta = _MINUTE) -> Indicator:
    """The instances that run, or, over longer periods, the minutes that they have run.

    Each instance publishes its utilization once a minute, so these are counted.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-troubleshooting.html
    """
    metric = metrics.metric_cpu_utilization(statistic="SampleCount", period=period)
    return Indicator(metric=metric, unit=Unit.COUNT)


def cache_hit_rate(metrics: MultiModelVariantMetrics) -> Indicator:
    """The percentage of requests that find their model loaded."""
    hits = metrics.metric_model_cache_hit()
    return Indicator(
        metric=hits.with_(statistic="Sum"), unit=Unit.PERCENT, total=hits.with_(statistic="SampleCount")
    )


def age_of_oldest_request(metrics: AsyncVariantMetrics) -> Indicator:
    """How long the oldest request in the queue has been waiting."""
    metric = metrics.metric_approximate_age_of_oldest_request(statistic="Maximum", period=_MINUTE)
    return Indicator(metric=metric, unit=Unit.SECONDS)


def failed_requests(metrics: AsyncVariantMetrics) -> Indicator:
    """Requests that failed."""
    return Indicator(metric=metrics.metric_invocation_failures(), unit=Unit.COUNT)


def expired_requests(metrics: AsyncVariantMetrics) -> Indicator:
    """Requests that waited longer than they were allowed to."""
    return Indicator(metric=metrics.metric_expired_requests(), unit=Unit.COUNT)


def backlog_without_capacity(metrics: AsyncVariantMetrics) -> Indicator:
    """1 while requests wait and no instance runs, else 0."""
    metric = metrics.metric_has_backlog_without_capacity(statistic="Maximum", period=_MINUTE)
    return Indicator(metric=metric, unit=Unit.NONE)


def concurrency(metrics: ServerlessVariantMetrics) -> Indicator:
    """The part of a serverless variant's maximum concurrency that is in use."""
    metric = metrics.metric_serverless_concurrent_executions_utilization(statistic="Maximum")
    return Indicator(metric=metric, unit=Unit.PERCENT, factor=Fraction(100))


def spillover(metrics: ServerlessVariantMetrics) -> Indicator:
    """Requests that provisioned concurrency had no room for."""
    metric = metrics.metric_serverless_provisioned_concurrency_spillover_invocations(statistic="Sum")
    return Indicator(metric=metric, unit=Unit.COUNT)
