"""Graphs of an endpoint's dashboard, before they have a place and the thresholds of alarms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sm_tf.bindings.core import Op
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.widget import RED, GraphWidget, YAxisProps
from sm_tf.operations.indicators import Indicator, published, times
from sm_tf.operations.watched_alarm import WatchedAlarm


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a graph: an indicator times `factor`, which turns its unit into the graph's."""

    indicator: Indicator
    label: str
    color: str
    factor: Fraction = Fraction(1)

    @property
    def metric(self) -> Metric | MathExpression:
        """The value that CloudWatch draws."""
        shown, total = self.indicator.metric, self.indicator.total
        factor = self.indicator.factor * self.factor
        if total is not None:
            used = {_id_of(shown): shown, _id_of(total): total}
            expression = f"100 * {' / '.join(used)}"
        elif factor != 1:
            used = {_id_of(shown): shown}
            expression = times(factor, _id_of(shown))
        else:
            return shown.with_(label=self.label, color=self.color)
        return MathExpression(
            expression=expression,
            using_metrics=used,
            period=shown.period,
            label=self.label,
            color=self.color,
        )

    def threshold_of(self, alarm: WatchedAlarm) -> HorizontalAnnotation | None:
        """Where this line makes the alarm fire; None if the alarm watches something else."""
        watched, threshold = alarm.indicator, alarm.threshold
        if watched is None or threshold is None or not self.indicator.is_comparable_to(watched):
            return None
        factor = self.indicator.factor * self.factor / watched.factor
        return HorizontalAnnotation(value=_product(threshold, factor), label=alarm.label, color=RED)


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """A graph; `right_extra` are values that no alarm watches."""

    title: str
    left: Sequence[Line]
    left_label: str
    right: Sequence[Line] = ()
    right_label: str = ""
    right_extra: Sequence[MathExpression] = ()
    limits: Sequence[HorizontalAnnotation] = ()

    def to_widget(self, width: int, alarms: Sequence[WatchedAlarm]) -> GraphWidget:
        """The widget, with a line across for each alarm on one of its lines."""
        right = [*(line.metric for line in self.right), *self.right_extra]
        return GraphWidget(
            title=self.title,
            width=width,
            left=[line.metric for line in self.left],
            right=right,
            left_annotations=[*self.limits, *_thresholds(self.left, alarms)],
            right_annotations=_thresholds(self.right, alarms),
            left_y_axis=_axis(self.left_label),
            right_y_axis=_axis(self.right_label) if right else None,
        )

    def draws(self, alarm: WatchedAlarm) -> bool:
        """Whether the alarm's threshold is a line across the graph."""
        return bool(_thresholds([*self.left, *self.right], [alarm]))

    def count_metrics_of(self, alarm: WatchedAlarm) -> int:
        """How many of the metrics that the alarm watches the graph shows, whatever the statistic."""
        lines = [*self.left, *self.right]
        shown = [published(metric) for line in lines for metric in line.indicator.metrics]
        return sum(published(metric) in shown for metric in alarm.metrics)


def _thresholds(lines: Sequence[Line], alarms: Sequence[WatchedAlarm]) -> list[HorizontalAnnotation]:
    found = []
    for alarm in alarms:
        annotations = [line.threshold_of(alarm) for line in lines]
        found += [annotation for annotation in annotations if annotation][:1]
    return found


def _id_of(metric: Metric) -> str:
    """A telling id for the metric, such as `modelLatencyP99`."""
    name = re.sub("^[A-Z]+(?=[A-Z][a-z])|^[A-Z]", lambda first: first[0].lower(), metric.metric_name)
    return name + metric.normal_statistic[0].upper() + metric.normal_statistic[1:]


def _product(threshold: Any, factor: Fraction) -> Any:
    if not is_known(threshold):
        return Op.div(Op.mul(as_number(threshold), factor.numerator), factor.denominator)
    value = Fraction(str(threshold)) * factor
    return int(value) if value.denominator == 1 else float(value)


def _axis(label: str) -> YAxisProps:
    return YAxisProps(label=label, min=0, show_units=False)
