"""The part of a metric that alarms, graphs and scaling policies need."""

from datetime import timedelta
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class IMetric(Protocol):
    """A Metric or a MathExpression."""

    @property
    def period(self) -> timedelta:
        """The length of one data point."""

    @property
    def label(self) -> str | None:
        """The name in a graph; None leaves it to CloudWatch."""

    @property
    def color(self) -> str | None:
        """The color in a graph; None leaves it to CloudWatch."""

    @property
    def is_extended(self) -> bool:
        """Whether the statistic is a percentile, a trimmed mean or the like."""

    @property
    def is_anomaly_detection_band(self) -> bool:
        """Whether it is a band of a metric's expected values."""

    def find_alarm_problems(self) -> list[str]:
        """The reasons why CloudWatch or the provider would refuse any alarm on it."""

    def to_alarm_arguments(self) -> dict[str, Any]:
        """It as arguments of the provider's alarm."""

    def to_query(self, id: str, period: timedelta) -> dict[str, Any]:
        """It as a query of the provider's alarm, under an id."""
