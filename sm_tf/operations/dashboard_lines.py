"""What the graphs of a dashboard show, and where the thresholds of alarms belong in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sm_tf.bindings.core import Op
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.cloudwatch.widget import RED
from sm_tf.cloudwatch.widget_metrics import Shown, renamed

_ADDED_UP = ("Sum", "SampleCount")
_GUARDED = re.compile(r"IF\([^,()]*,([^,()]*),[\d.]+\)")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a graph: `shown` is `watched` times `factor`; alarms may be made on either."""

    shown: Shown
    watched: Shown
    factor: Fraction = Fraction(1)

    def threshold_of(self, alarm: Alarm) -> HorizontalAnnotation | None:
        """Where this line makes the alarm fire; None if the alarm watches something else."""
        if alarm.threshold is None:
            return None
        identity = _identity(alarm.metric)
        for metric, factor in ((self.watched, self.factor), (self.shown, Fraction(1))):
            if identity == _identity(metric):
                value = _times(alarm.threshold, factor)
                return HorizontalAnnotation(value=value, label=alarm.node.id, color=RED)
        return None


def line(metric: Shown, label: str, color: str) -> Line:
    """A metric as it is."""
    return Line(shown=metric.with_(label=label, color=color), watched=metric)


def scaled(metric: Metric, factor: Fraction | int, label: str, color: str) -> Line:
    """A metric in another unit."""
    factor, id = Fraction(factor), id_of(metric)
    scale = f"{id} / {factor.denominator}" if factor.numerator == 1 else f"{factor.numerator} * {id}"
    expression = MathExpression(
        expression=scale, using_metrics={id: metric}, period=metric.period, label=label, color=color
    )
    return Line(shown=expression, watched=metric, factor=factor)


def share(part: Metric, whole: Metric, label: str, color: str) -> Line:
    """A part of a whole in percent."""
    ids = {id_of(part): part, id_of(whole): whole}
    shown = MathExpression(expression=f"100 * {' / '.join(ids)}", using_metrics=ids, period=part.period)
    return line(shown, label, color)


def id_of(metric: Metric) -> str:
    """An id for the metric that tells what it is, such as `modelLatencyP99`."""
    name = re.sub("^[A-Z]+(?=[A-Z][a-z])|^[A-Z]", lambda first: first[0].lower(), metric.metric_name)
    return name + metric.normal_statistic[0].upper() + metric.normal_statistic[1:]


def thresholds(lines: Sequence[Line], alarms: Sequence[Alarm]) -> list[HorizontalAnnotation]:
    """A line across for each alarm that watches one of these metrics."""
    found = []
    for alarm in alarms:
        annotations = [line.threshold_of(alarm) for line in lines]
        found += [annotation for annotation in annotations if annotation][:1]
    return found


def metrics_of(shown: IMetric) -> list[Metric]:
    """The metrics that a value is computed of; of a metric, itself."""
    if isinstance(shown, MathExpression):
        return [metric for used in shown.using_metrics.values() for metric in metrics_of(used)]
    assert isinstance(shown, Metric)
    return [shown]


def _identity(metric: IMetric) -> Any:
    """What two metrics have in common whose values can be compared: percentiles and averages of one thing
    can, its sums over different periods can't.
    """
    if isinstance(metric, MathExpression):
        ids = {id: f"<{_identity(used)}>" for id, used in metric.using_metrics.items()}
        expression = "".join(metric.expression.split())
        # With too few requests a rate says nothing: an alarm's expression gives a number then.
        guarded = _GUARDED.fullmatch(expression)
        return renamed(guarded[1] if guarded else expression, ids)
    assert isinstance(metric, Metric)
    statistic = metric.normal_statistic
    compared = (statistic, metric.period) if statistic in _ADDED_UP else None
    return (
        metric.namespace,
        metric.metric_name,
        sorted(metric.dimensions_map.items()),
        metric.account,
        compared,
    )


def _times(threshold: Any, factor: Fraction) -> Any:
    if not is_known(threshold):
        return Op.div(Op.mul(as_number(threshold), factor.numerator), factor.denominator)
    value = Fraction(str(threshold)) * factor
    return int(value) if value.denominator == 1 else float(value)
