"""Widgets of a CloudWatch dashboard.

Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.base_alarm import IAlarm
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.metric_checks import check_color
from sm_tf.cloudwatch.widget_metrics import rows_of
from sm_tf.foundation.checks import check_whole, is_number
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public

GRID_COLUMNS = 24
"""The width of a dashboard; a widget is 1 to 1000 rows high."""

MAX_METRICS_PER_WIDGET = 500
"""Including metrics that expressions use:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
"""

MAX_ALARMS_PER_WIDGET = 100
"""In an alarm status widget."""

RED = "#d62728"
"""The console's color for the threshold of an alarm."""


class GraphWidgetView(StrEnum):
    """The form in which a graph shows its metrics."""

    TIME_SERIES = "timeSeries"
    BAR = "bar"
    PIE = "pie"


@public
@dataclass(frozen=True, kw_only=True)
class YAxisProps:
    """An axis of a graph.

    Args:
        label: The text beside the axis. Defaults to none.
        min: The lower end. Defaults to one that follows the data.
        max: The upper end. Defaults to one that follows the data.
        show_units: Whether the unit of the metrics is shown beside the axis. Defaults to True.
    """

    label: str | None = None
    min: float | None = None
    max: float | None = None
    show_units: bool | None = None


@public
@dataclass(frozen=True, kw_only=True)
class Widget(ABC):
    """One widget: `width` in columns of 24, `height` in rows.

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    width: int = 6
    height: int = 6

    def __post_init__(self) -> None:
        with checking(self.described) as check:
            check_whole(check, "width", self.width, 1, GRID_COLUMNS)
            check_whole(check, "height", self.height, 1, 1000)
            self._check(check)

    @property
    def described(self) -> str:
        """The widget's kind and title, for messages."""
        title = getattr(self, "title", None)
        return f"{type(self).__name__} {title!r}" if title else type(self).__name__

    def to_json(self, region: str) -> dict[str, Any]:
        """The widget as CloudWatch takes it, without its place. Its metrics are in `region`, unless it has a
        region of its own.
        """
        properties = {name: value for name, value in self._properties(region).items() if value is not None}
        return {"type": self._type, "width": self.width, "height": self.height, "properties": properties}

    @property
    def metrics_count(self) -> int:
        """The number of metrics that it retrieves, including those that expressions use."""
        return 0

    @property
    @abstractmethod
    def _type(self) -> str: ...

    @abstractmethod
    def _check(self, check: Checks) -> None: ...

    @abstractmethod
    def _properties(self, region: str) -> dict[str, Any]: ...


@public
@dataclass(frozen=True, kw_only=True)
class TextWidget(Widget):
    """Text in Markdown."""

    markdown: str

    _type = "text"

    def _check(self, check: Checks) -> None:
        check.require(bool(self.markdown), "markdown is empty")

    def _properties(self, region: str) -> dict[str, Any]:
        del region
        return {"markdown": self.markdown}


@public
@dataclass(frozen=True, kw_only=True)
class GraphWidget(Widget):
    """A graph of metrics and math expressions, against a left and a right axis.

    Args:
        title: The text above the graph. Defaults to none.
        left: The metrics of the left axis, drawn in this order.
        right: The metrics of the right axis.
        left_annotations: Lines across the graph at values of the left axis.
        right_annotations: Lines across the graph at values of the right axis.
        left_y_axis: The label and the ends of the left axis.
        right_y_axis: The label and the ends of the right axis.
        view: The form of the graph. Defaults to lines over time.
        stacked: Whether the lines are stacked. Defaults to False.
        period: The period of all metrics. Defaults to each metric's own.
        region: The region of the metrics. Defaults to the stack's.
    """

    title: str | None = None
    left: Sequence[Metric | MathExpression] = ()
    right: Sequence[Metric | MathExpression] = ()
    left_annotations: Sequence[HorizontalAnnotation] = ()
    right_annotations: Sequence[HorizontalAnnotation] = ()
    left_y_axis: YAxisProps | None = None
    right_y_axis: YAxisProps | None = None
    view: GraphWidgetView = GraphWidgetView.TIME_SERIES
    stacked: bool = False
    period: timedelta | None = None
    region: str | None = None

    _type = "metric"

    @property
    def metrics_count(self) -> int:
        """The number of metrics that it retrieves, including those that expressions use."""
        return len(self._rows())

    def _rows(self) -> list[list[Any]]:
        return rows_of(self.left, self.right, self.period)

    def _check(self, check: Checks) -> None:
        check.require(bool(self.left or self.right), "left and right are empty; a graph needs a metric")
        check.require(
            self.metrics_count <= MAX_METRICS_PER_WIDGET,
            f"it retrieves {self.metrics_count} metrics, including those that expressions use; a widget "
            f"has at most {MAX_METRICS_PER_WIDGET}",
        )
        for annotation in (*self.left_annotations, *self.right_annotations):
            _check_number(check, "an annotation's value", annotation.value)
            check_color(check, annotation.color)
        for name, axis in (("left_y_axis", self.left_y_axis), ("right_y_axis", self.right_y_axis)):
            if axis:
                _check_number(check, f"{name}.min", axis.min)
                _check_number(check, f"{name}.max", axis.max)
                if is_number(axis.min) and is_number(axis.max):
                    check.require(axis.min < axis.max, f"{name}.min {axis.min} is not below max {axis.max}")

    def _properties(self, region: str) -> dict[str, Any]:
        lines = [_line(given, "left") for given in self.left_annotations]
        lines += [_line(given, "right") for given in self.right_annotations]
        axes = {
            side: _axis(axis)
            for side, axis in (("left", self.left_y_axis), ("right", self.right_y_axis))
            if axis
        }
        return {
            "title": self.title,
            "view": str(self.view),
            "stacked": self.stacked,
            "region": self.region or region,
            "metrics": self._rows(),
            "annotations": {"horizontal": lines} if lines else None,
            "yAxis": axes or None,
        }


@public
@dataclass(frozen=True, kw_only=True)
class AlarmWidget(Widget):
    """The metric that one alarm watches, with the alarm's threshold, as CloudWatch itself draws them."""

    alarm: Alarm
    title: str | None = None
    region: str | None = None

    _type = "metric"

    @property
    def metrics_count(self) -> int:
        """The alarm's metric."""
        return 1

    def _check(self, check: Checks) -> None:
        del check

    def _properties(self, region: str) -> dict[str, Any]:
        return {
            "title": self.title,
            "view": str(GraphWidgetView.TIME_SERIES),
            "stacked": False,
            "region": self.region or region,
            "annotations": {"alarms": [self.alarm.alarm_arn]},
        }


@public
@dataclass(frozen=True, kw_only=True)
class AlarmStatusWidget(Widget):
    """The states of up to 100 alarms of any kind, imported ones too."""

    alarms: Sequence[IAlarm]
    title: str | None = None
    height: int = 3

    _type = "alarm"

    def _check(self, check: Checks) -> None:
        check.require(
            1 <= len(self.alarms) <= MAX_ALARMS_PER_WIDGET,
            f"{len(self.alarms)} alarms are given; a widget shows 1 to {MAX_ALARMS_PER_WIDGET}",
        )

    def _properties(self, region: str) -> dict[str, Any]:
        del region
        return {
            "title": self.title,
            "alarms": [alarm.alarm_arn for alarm in self.alarms],
        }


def _line(annotation: HorizontalAnnotation, side: str) -> dict[str, Any]:
    line = {
        "label": annotation.label,
        "value": as_number(annotation.value),
        "color": annotation.color,
        "yAxis": side,
    }
    return {name: value for name, value in line.items() if value is not None}


def _axis(axis: YAxisProps) -> dict[str, Any]:
    properties = {
        "label": axis.label,
        "min": as_number(axis.min),
        "max": as_number(axis.max),
        "showUnits": axis.show_units,
    }
    return {name: value for name, value in properties.items() if value is not None}


def _check_number(check: Checks, what: str, value: Any) -> None:
    valid = value is None or not is_known(value) or is_number(value)
    check.require(valid, f"{what} {value!r} must be a number")
