"""One recommended alarm of a variant, before it is made."""

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.alarm import ComparisonOperator, TreatMissingData
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric, Unit
from sm_tf.foundation.checks import CountLike
from sm_tf.operations.alarm_override import AlarmOverride
from sm_tf.operations.indicators import Indicator, times

_MINUTE = timedelta(minutes=1)
_UNITS_OF_TIME = {Unit.MICROSECONDS: timedelta(microseconds=1), Unit.SECONDS: timedelta(seconds=1)}


class RecommendedAlarm(StrEnum):
    """The alarms that `add_recommended_alarms` makes, by their names; which of them depends on the kind of
    variant.
    """

    ERROR_RATE_5XX = "5xx-error-rate"
    ERROR_RATE_4XX = "4xx-error-rate"
    MODEL_LATENCY = "model-latency"
    OVERHEAD_LATENCY = "overhead-latency"
    MEMORY = "memory"
    DISK = "disk"
    CPU = "cpu"
    GPU = "gpu"
    GPU_MEMORY = "gpu-memory"
    CAPACITY_AT_MAXIMUM = "capacity-at-maximum"
    MODEL_CACHE_HIT_RATE = "model-cache-hit-rate"
    AGE_OF_OLDEST_REQUEST = "age-of-oldest-request"
    FAILED_REQUESTS = "failed-requests"
    EXPIRED_REQUESTS = "expired-requests"
    BACKLOG_WITHOUT_CAPACITY = "backlog-without-capacity"
    CONCURRENCY = "concurrency"
    PROVISIONED_CONCURRENCY_SPILLOVER = "provisioned-concurrency-spillover"


class Severity(StrEnum):
    """How urgent an alarm is."""

    CRITICAL = "critical"
    """Requests fail, are too slow, or nobody processes them."""
    WARNING = "warning"
    """Requests will fail or wait if it goes on, or callers do something wrong."""


@dataclass(frozen=True, kw_only=True)
class AlarmSpec:
    """One alarm of a variant.

    Without a `threshold`, which is a duration where the indicator is one, there is no alarm;
    `highest_threshold` is the highest that makes sense. `description` may name `{threshold}`, `{maximum}` for
    the highest one, the indicator's `{period}`, and the `{duration}` of all periods that are evaluated. A
    percentage of fewer than `minimum_requests` says nothing; `part` is its numerator's id in the expression.
    """

    name: RecommendedAlarm
    severity: Severity
    indicator: Indicator
    threshold: float | timedelta | None
    description: str
    highest_threshold: CountLike | None = None
    minimum_requests: int = 1
    part: str = "errors"
    evaluation_periods: int = 3
    datapoints_to_alarm: int = 2
    treat_missing_data: TreatMissingData = TreatMissingData.NOT_BREACHING
    comparison_operator: ComparisonOperator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD

    def with_override(self, override: AlarmOverride) -> "AlarmSpec":
        """The same alarm as the user wants it; the share of the periods that must breach stays."""
        periods = override.evaluation_periods or self.evaluation_periods
        return replace(
            self,
            threshold=self.threshold if override.threshold is None else override.threshold,
            indicator=self.indicator.with_period(override.period) if override.period else self.indicator,
            evaluation_periods=periods,
            datapoints_to_alarm=math.ceil(periods * self.datapoints_to_alarm / self.evaluation_periods),
        )

    @property
    def metric(self) -> Metric | MathExpression:
        """The value that is compared with the threshold."""
        watched = self.indicator
        if watched.total is not None:
            # With too few requests there is nothing to say, so the value is the best there is.
            best = 100 if self.comparison_operator == ComparisonOperator.LESS_THAN_THRESHOLD else 0
            share = f"100 * {self.part} / requests"
            expression = f"IF(requests >= {self.minimum_requests}, {share}, {best})"
            used = {self.part: watched.metric, "requests": watched.total}
        elif watched.factor != 1:
            expression, used = times(watched.factor, "utilization"), {"utilization": watched.metric}
        else:
            return watched.metric
        label = f"{watched.metric.metric_name} (%)"
        return MathExpression(
            expression=expression, using_metrics=used, label=label, period=watched.metric.period
        )

    @property
    def threshold_in_unit(self) -> Any:
        """The threshold in the unit of the metric."""
        if isinstance(self.threshold, timedelta):
            return self.threshold / _UNITS_OF_TIME[self.indicator.unit]
        return self.threshold

    @property
    def text(self) -> str:
        """The meaning of the alarm in words."""
        period = self.indicator.metric.period
        given = self.threshold
        return self.description.format(
            threshold=_words(given) if isinstance(given, timedelta) else as_token(given),
            maximum=as_token(self.highest_threshold),
            period=_words(period),
            duration=_words(period * self.evaluation_periods),
        )


def _words(duration: timedelta) -> str:
    unit, number = (
        ("second", duration.total_seconds()) if duration % _MINUTE else ("minute", duration / _MINUTE)
    )
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
