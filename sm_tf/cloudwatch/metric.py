"""A CloudWatch metric: what to look at, over which period, by which statistic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypedDict

from sm_tf.aws.api_rules import autoscaling, cloudwatch
from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.alarm import CreatesAlarms
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric_checks import check_color, check_label, check_period
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.checks import check_choice, is_number
from sm_tf.foundation.errors import checking
from sm_tf.foundation.forms import shown
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_count_rule, check_text_rule
from sm_tf.foundation.texts import check_text, fits

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
_SHARE = r"(100|\d{1,2}(\.\d{1,10})?)"
_NUMBER = r"\d+(\.\d{1,10})?"
_EXTENDED_STATISTIC = re.compile(
    rf"(p|tm|wm|tc|ts){_SHARE}|iqm"
    rf"|(tm|wm|tc|ts)\((?!:\))({_SHARE}%)?:({_SHARE}%)?\)"
    rf"|(tm|wm|tc|ts|pr)\((?!:\))({_NUMBER})?:({_NUMBER})?\)",
    re.IGNORECASE,
)
_STATISTIC = re.compile(f"{_EXTENDED_STATISTIC.pattern}|{'|'.join(_SIMPLE_STATISTICS)}", re.IGNORECASE)
_DIMENSION = re.compile(r"(?!:) *[!-~][ -~]*")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


class Unit(StrEnum):
    """The unit that data points are published with.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """

    SECONDS = "Seconds"
    MICROSECONDS = "Microseconds"
    MILLISECONDS = "Milliseconds"
    BYTES = "Bytes"
    KILOBYTES = "Kilobytes"
    MEGABYTES = "Megabytes"
    GIGABYTES = "Gigabytes"
    TERABYTES = "Terabytes"
    BITS = "Bits"
    KILOBITS = "Kilobits"
    MEGABITS = "Megabits"
    GIGABITS = "Gigabits"
    TERABITS = "Terabits"
    PERCENT = "Percent"
    COUNT = "Count"
    BYTES_PER_SECOND = "Bytes/Second"
    KILOBYTES_PER_SECOND = "Kilobytes/Second"
    MEGABYTES_PER_SECOND = "Megabytes/Second"
    GIGABYTES_PER_SECOND = "Gigabytes/Second"
    TERABYTES_PER_SECOND = "Terabytes/Second"
    BITS_PER_SECOND = "Bits/Second"
    KILOBITS_PER_SECOND = "Kilobits/Second"
    MEGABITS_PER_SECOND = "Megabits/Second"
    GIGABITS_PER_SECOND = "Gigabits/Second"
    TERABITS_PER_SECOND = "Terabits/Second"
    COUNT_PER_SECOND = "Count/Second"
    NONE = "None"


class MetricOptions(TypedDict, total=False):
    """The options of every `metric_*` method, also for functions that pass them on as
    `**options: Unpack[MetricOptions]`.

    `statistic` is `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or an extended one such as `p99`,
    `tm95`, `TM(10%:90%)`, `PR(:300)` or `IQM`; each method has its own default. `period` is 1, 5, 10, 20 or
    30 seconds or whole minutes, and defaults to 5 minutes. `dimensions_map` is added to the metric's own
    dimensions. `unit` counts only data points that were published with it, and defaults to any. `label` and
    `color`, such as `#1f77b4`, are for graphs, and default to CloudWatch's choice. `account` is the id of
    another account, for cross-account observability, and defaults to the stack's own.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """

    statistic: str | None
    period: timedelta | None
    dimensions_map: Mapping[str, str] | None
    unit: Unit | str | None
    label: str | None
    color: str | None
    account: str | None


@public
@dataclass(frozen=True, kw_only=True)
class Metric(CreatesAlarms):
    """A metric of CloudWatch. It is immutable; `with_` makes another one.

    Args:
        namespace: such as `AWS/SageMaker`.
        metric_name: such as `Invocations`.
        dimensions_map: at most 30 dimensions, by name. Defaults to none.
        statistic: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or an extended one such as `p99`,
            `tm95`, `TM(10%:90%)`, `PR(:300)` or `IQM`. Defaults to `Average`.
        period: 1, 5, 10, 20 or 30 seconds, or whole minutes. Defaults to 5 minutes.
        unit: counts only data points that were published with it. Defaults to any.
        label: the name in a graph. Defaults to one that CloudWatch chooses.
        color: the color of the line in a graph, such as `#1f77b4`. Defaults to one that CloudWatch chooses.
        account: the id of another account, for cross-account observability. Defaults to the stack's own.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html and
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html

    Raises:
        InvalidPropsError: a period, statistic or unit that CloudWatch doesn't know, or bad dimensions.
    """

    namespace: str
    metric_name: str
    dimensions_map: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Average"
    period: timedelta = timedelta(minutes=5)
    unit: Unit | str | None = None
    label: str | None = None
    color: str | None = None
    account: str | None = None

    def __post_init__(self) -> None:
        with checking(f"metric {self.metric_name}") as check:
            check_period(check, self.period)
            check.require(
                not self.is_extended or fits(_STATISTIC, self.statistic),
                f"statistic {self.statistic!r} must be Average, Sum, Minimum, Maximum, SampleCount, or an "
                "extended one such as p99, tm95, TM(10%:90%), PR(:300) or IQM",
            )
            check_choice(check, "unit", self.unit, Unit)
            check_color(check, self.color)
            check_label(check, self.label)
            must = "must have 1 to 255 characters and not begin with ':'"
            form = autoscaling("XmlString").pattern
            check_text_rule(check, "namespace", self.namespace, cloudwatch("Namespace"), must, form=form)
            must = "must have 1 to 255 characters, none of them a control character"
            check_text_rule(check, "metric_name", self.metric_name, cloudwatch("MetricName"), must, form=form)
            if self.account is not None:
                check_text(check, "account", self.account, _ACCOUNT, "must have 12 digits")
            rule = cloudwatch("Dimensions")
            check_count_rule(check, "dimensions_map", len(self.dimensions_map), rule, "dimensions")
            must = "must be ASCII text, not only spaces, that doesn't begin with ':'"
            for name, value in self.dimensions_map.items():
                what, rule = "dimensions_map: the name", cloudwatch("DimensionName")
                check_text_rule(check, what, name, rule, must, form=_DIMENSION)
                what, rule = f"dimensions_map[{shown(name)}]", cloudwatch("DimensionValue")
                check_text_rule(check, what, value, rule, must, form=_DIMENSION)

    @staticmethod
    def anomaly_detection_for(
        metric: IMetric, *, std_devs: float = 2, label: str | None = None
    ) -> MathExpression:
        """The band of the metric's expected values, as the metric of an alarm.

        Args:
            metric: the metric whose values are expected.
            std_devs: half the width of the band in standard deviations, above 0.
            label: the name in a graph. Defaults to one that CloudWatch chooses.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html

        Raises:
            InvalidPropsError: `std_devs` isn't above zero.
        """
        with checking("anomaly detection") as check:
            valid = not is_known(std_devs) or (is_number(std_devs) and std_devs > 0)
            check.require(valid, f"std_devs {std_devs!r} must be a number above 0")
        return MathExpression(
            expression=f"ANOMALY_DETECTION_BAND(m0, {std_devs})",
            using_metrics={"m0": metric},
            period=metric.period,
            label=label,
        )

    def with_(
        self,
        *,
        statistic: str | None = None,
        period: timedelta | None = None,
        dimensions_map: Mapping[str, str] | None = None,
        unit: Unit | str | None = None,
        label: str | None = None,
        color: str | None = None,
        account: str | None = None,
    ) -> "Metric":
        """Return the same metric with some options changed; None leaves an option as it is.

        `dimensions_map` is added to the dimensions that are there.
        """
        options = {
            "statistic": statistic,
            "period": period,
            "dimensions_map": {**self.dimensions_map, **(dimensions_map or {})},
            "unit": unit,
            "label": label,
            "color": color,
            "account": account,
        }
        changed: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        return replace(self, **changed)

    @property
    def is_extended(self) -> bool:
        """Whether the statistic is a percentile, a trimmed mean or the like, or known to Terraform alone."""
        return str(self.statistic).lower() not in _SIMPLE_STATISTICS

    @property
    def is_anomaly_detection_band(self) -> bool:
        """Whether it is a band of expected values, which only an expression can be."""
        return False

    def find_alarm_problems(self) -> list[str]:
        """The reasons why the provider would refuse any alarm on the metric."""
        if re.fullmatch(r"[a-z]+\d+\.\d{3,}", self.statistic, re.IGNORECASE) is None:
            return []
        return [f"the metric's statistic is {self.statistic}; an alarm takes two decimals"]

    def to_alarm_arguments(self) -> dict[str, Any]:
        """The metric as arguments of the provider's alarm."""
        if self.label is not None or self.account is not None or not is_known(self.statistic):
            # CloudWatch takes a label, another account, or statistics of either kind only in this form.
            return {"metric_query": [self.to_query("m1", self.period) | {"return_data": True}]}
        metric = self._to_metric(self.period)
        return metric | {"extended_statistic" if self.is_extended else "statistic": self.normal_statistic}

    def to_query(self, id: str, period: timedelta) -> dict[str, Any]:
        """The metric as a query of the provider's alarm, under an id."""
        metric = self._to_metric(period) | {"stat": self.normal_statistic}
        return {"id": id, "label": self.label, "account_id": self.account, "metric": metric}

    @property
    def normal_statistic(self) -> str:
        """The statistic as CloudWatch writes it, such as `Average`, `p99` or `TM(10%:90%)`."""
        if not is_known(self.statistic):
            return self.statistic
        lower = self.statistic.lower()
        if not self.is_extended:
            return _SIMPLE_STATISTICS[lower]
        return lower if lower[-1].isdigit() else lower.upper()

    def _to_metric(self, period: timedelta) -> dict[str, Any]:
        return {
            "metric_name": self.metric_name,
            "namespace": self.namespace,
            "period": int(period.total_seconds()),
            "dimensions": dict(sorted(self.dimensions_map.items())) or None,
            "unit": self.unit,
        }
