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

from sm_tf.bindings.tokens import as_number, is_known, tokens_within
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.base_alarm import IAlarm
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.metric_checks import check_color
from sm_tf.cloudwatch.widget_metrics import rows_of
from sm_tf.foundation.checks import check_choice, check_whole, is_number
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public

GRID_COLUMNS = 24
"""How wide a dashboard is; a widget is 1 to 1000 rows high."""

MAX_METRICS_PER_WIDGET = 500
"""With those that expressions use:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
"""

MAX_ALARMS_PER_WIDGET = 100
"""Alarms of an alarm status widget."""

RED = "#d62728"
"""What the console draws an alarm's threshold in."""


class GraphWidgetView(StrEnum):
    """How a graph shows its metrics."""

    TIME_SERIES = "timeSeries"
    BAR = "bar"
    PIE = "pie"


@public
@dataclass(frozen=True, kw_only=True)
class YAxisProps:
    """One side of a graph: `label`, and the ends `min` and `max`, which follow the data if absent.
    `show_units` is whether the metrics' unit stands at the axis; it does if absent.
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
        """The widget in the dashboard's language, without its place; `region` is where its metrics are if it
        doesn't say so itself.
        """
        properties = {name: value for name, value in self._properties(region).items() if value is not None}
        return {"type": self._type, "width": self.width, "height": self.height, "properties": properties}

    @property
    def metrics_count(self) -> int:
        """How many metrics it retrieves, with those that expressions use."""
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
        return {"markdown": tokens_within(self.markdown)}


@public
@dataclass(frozen=True, kw_only=True)
class GraphWidget(Widget):
    """A graph of metrics and math expressions, against a left and a right axis.

    Args:
        title: above the graph.
        left: metrics of the left axis, drawn in this order.
        right: metrics of the right axis.
        left_annotations: lines across, at values of the left axis.
        right_annotations: the same for the right axis.
        left_y_axis: label and ends.
        right_y_axis: the same for the right axis.
        view: lines over time if absent.
        stacked: whether the lines are stacked; they aren't if absent.
        period: of all metrics, whatever their own is; their own if absent.
        region: where the metrics are; the stack's region if absent.
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
        """How many metrics it retrieves, with those that expressions use."""
        return len(self._rows())

    def _rows(self) -> list[list[Any]]:
        return rows_of(self.left, self.right, self.period)

    def _check(self, check: Checks) -> None:
        check_choice(check, "view", self.view, GraphWidgetView)
        strangers = [
            given for given in (*self.left, *self.right) if not isinstance(given, Metric | MathExpression)
        ]
        for given in strangers:
            check.require(False, f"{given!r} is no metric; pass a Metric or a MathExpression")
        check.require(bool(self.left or self.right), "left and right are empty; a graph needs a metric")
        if not strangers:
            check.require(
                self.metrics_count <= MAX_METRICS_PER_WIDGET,
                f"it retrieves {self.metrics_count} metrics, with those that expressions use; a widget has "
                f"at most {MAX_METRICS_PER_WIDGET}",
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
            "title": self.title and tokens_within(self.title),
            "view": str(self.view),
            "stacked": self.stacked,
            "region": tokens_within(self.region or region),
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
        check.require(isinstance(self.alarm, Alarm), f"alarm is {self.alarm!r}; pass an Alarm on a metric")

    def _properties(self, region: str) -> dict[str, Any]:
        return {
            "title": self.title and tokens_within(self.title),
            "view": str(GraphWidgetView.TIME_SERIES),
            "stacked": False,
            "region": tokens_within(self.region or region),
            "annotations": {"alarms": [tokens_within(self.alarm.alarm_arn)]},
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
        for alarm in self.alarms:
            check.require(
                isinstance(alarm, IAlarm),
                f"{alarm!r} is no alarm; pass an Alarm or a CompositeAlarm, or import one with "
                "Alarm.from_alarm_arn",
            )

    def _properties(self, region: str) -> dict[str, Any]:
        del region
        return {
            "title": self.title and tokens_within(self.title),
            "alarms": [tokens_within(alarm.alarm_arn) for alarm in self.alarms],
        }


def _line(annotation: HorizontalAnnotation, side: str) -> dict[str, Any]:
    line = {
        "label": annotation.label and tokens_within(annotation.label),
        "value": as_number(annotation.value),
        "color": annotation.color,
        "yAxis": side,
    }
    return {name: value for name, value in line.items() if value is not None}


def _axis(axis: YAxisProps) -> dict[str, Any]:
    properties = {
        "label": axis.label and tokens_within(axis.label),
        "min": as_number(axis.min),
        "max": as_number(axis.max),
        "showUnits": axis.show_units,
    }
    return {name: value for name, value in properties.items() if value is not None}


def _check_number(check: Checks, what: str, value: Any) -> None:
    valid = value is None or not is_known(value) or is_number(value)
    check.require(valid, f"{what} {value!r} must be a number")
