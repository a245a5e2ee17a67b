"""A CloudWatch metric: what to look at, over which period, by which statistic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypedDict, Unpack

from sm_tf.bindings.core import Construct
from sm_tf.errors import checking
from sm_tf.monitoring.alarm import Alarm, AlarmOptions

_SIMPLE_STATISTICS = {
    "average": "Average",
    "avg": "Average",
    "maximum": "Maximum",
    "max": "Maximum",
    "minimum": "Minimum",
    "min": "Minimum",
    "n": "SampleCount",
    "samplecount": "SampleCount",
    "sum": "Sum",
}
_EXTENDED_STATISTIC = re.compile(
    r"(p|tm|wm|tc|ts)(100(\.0+)?|\d{1,2}(\.\d{1,10})?)|iqm|(TM|WM|TC|TS|PR)\([\d.]*%?:[\d.]*%?\)",
    re.IGNORECASE,
)
_MAX_DIMENSIONS = 30


class MetricOptions(TypedDict, total=False):
    """What every `metric_*` method takes.

    `statistic` is `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or an extended one such as `p99`,
    `tm95` or `IQM`; `period` is 1, 5, 10, 20 or 30 seconds or whole minutes, 5 minutes if absent;
    `dimensions_map` is added to the metric's own dimensions; `unit` only counts data points that were
    published with it; `label` is what a graph shows; `account` is another account's id, for cross-account
    observability.
    """

    statistic: str
    period: timedelta
    dimensions_map: Mapping[str, str]
    unit: str
    label: str
    account: str


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of CloudWatch; it is immutable, `with_` makes another one. See MetricOptions for the fields.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html

    Raises:
        InvalidPropsError: a period or statistic that CloudWatch doesn't know, or bad dimensions.
    """

    namespace: str
    metric_name: str
    dimensions_map: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Average"
    period: timedelta = timedelta(minutes=5)
    unit: str | None = None
    label: str | None = None
    account: str | None = None

    def __post_init__(self) -> None:
        is_duration = isinstance(self.period, timedelta)
        seconds = self.period.total_seconds() if is_duration else 0
        with checking(f"metric {self.metric_name}") as check:
            check.require(
                seconds in (1, 5, 10, 20, 30) or (seconds > 0 and seconds % 60 == 0),
                f"period {self.period} must be a timedelta: 1, 5, 10, 20 or 30 seconds, or whole minutes",
            )
            check.require(
                not self.is_extended or _EXTENDED_STATISTIC.fullmatch(str(self.statistic)) is not None,
                f"statistic {self.statistic!r} must be Average, Sum, Minimum, Maximum, SampleCount, or an "
                "extended one such as p99, tm95 or IQM",
            )
            check.require(
                len(self.dimensions_map) <= _MAX_DIMENSIONS,
                f"{len(self.dimensions_map)} dimensions are given; a metric has at most {_MAX_DIMENSIONS}",
            )
            for name, value in self.dimensions_map.items():
                check.require(
                    1 <= len(name) <= 255 and isinstance(value, str) and len(value) >= 1,
                    f"dimension {name!r}={value!r} must have a name of 1 to 255 characters and a value",
                )

    def with_(self, **options: Unpack[MetricOptions]) -> "Metric":
        """The same metric with some options changed; `dimensions_map` is added to the dimensions that are
        there.
        """
        added = options.pop("dimensions_map", None)
        changed: dict[str, Any] = {**options}
        if added is not None:
            changed["dimensions_map"] = {**self.dimensions_map, **added}
        return replace(self, **changed)

    @property
    def is_extended(self) -> bool:
        """Whether the statistic is a percentile, a trimmed mean or the like."""
        return str(self.statistic).lower() not in _SIMPLE_STATISTICS

    def create_alarm(self, scope: Construct, id: str, **options: Unpack[AlarmOptions]) -> Alarm:
        """An alarm on this metric; see AlarmOptions.

        Raises:
            InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
        """
        return Alarm(scope, id, metric=self, **options)

    def to_alarm_arguments(self) -> dict[str, Any]:
        """The metric as arguments of the provider's alarm."""
        statistic = self._as_cloudwatch_writes_it()
        dimensions = dict(sorted(self.dimensions_map.items()))
        metric: dict[str, Any] = {
            "metric_name": self.metric_name,
            "namespace": self.namespace,
            "period": int(self.period.total_seconds()),
            "dimensions": dimensions or None,
            "unit": self.unit,
        }
        if self.label is None and self.account is None:
            return metric | {"extended_statistic" if self.is_extended else "statistic": statistic}
        # CloudWatch takes a label or another account only in this form.
        query = {"id": "m1", "label": self.label, "account_id": self.account, "return_data": True}
        return {"metric_query": [query | {"metric": metric | {"stat": statistic}}]}

    def _as_cloudwatch_writes_it(self) -> str:
        lower = self.statistic.lower()
        if not self.is_extended:
            return _SIMPLE_STATISTICS[lower]
        return lower if lower[-1].isdigit() else lower.upper()
