"""Alarms as the dashboard of an endpoint sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric, Unit
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.operations.indicator_alarm import IndicatorAlarm
from sm_tf.operations.indicators import Indicator

_ENDPOINT = "EndpointName"


@dataclass(frozen=True, kw_only=True)
class WatchedAlarm:
    """An alarm, the metrics that it watches, and its indicator; None where it computes a value of its own."""

    alarm: Alarm
    metrics: tuple[Metric, ...]
    indicator: Indicator | None

    @classmethod
    def of(cls, alarm: Alarm, endpoint: EndpointReference) -> "WatchedAlarm":
        """The alarm in the words of the endpoint's graphs, which write the endpoint's name as text."""
        metrics = tuple(_named(metric, endpoint) for metric in _metrics_of(alarm.metric))
        if isinstance(alarm, IndicatorAlarm):
            indicator: Indicator | None = alarm.indicator
        elif isinstance(alarm.metric, Metric):
            indicator = Indicator(metric=metrics[0], unit=Unit.NONE)
        else:
            indicator = None
        return cls(alarm=alarm, metrics=metrics, indicator=indicator)

    @property
    def label(self) -> str:
        """The name of its threshold."""
        return self.alarm.path.rpartition("/")[2]

    @property
    def threshold(self) -> Any:
        """Its threshold in the unit of its metric; None if it watches a band of expected values."""
        return self.alarm.threshold

    def watches(self, endpoint: EndpointReference) -> bool:
        """Whether one of its metrics is one of the endpoint."""
        return any(metric.dimensions_map.get(_ENDPOINT) == endpoint.literal_name for metric in self.metrics)


def _metrics_of(watched: IMetric) -> Iterator[Metric]:
    if isinstance(watched, Metric):
        yield watched
    elif isinstance(watched, MathExpression):
        for used in watched.using_metrics.values():
            yield from _metrics_of(used)


def _named(metric: Metric, endpoint: EndpointReference) -> Metric:
    refers = metric.dimensions_map.get(_ENDPOINT) == endpoint.endpoint_name
    return metric.with_(dimensions_map={_ENDPOINT: endpoint.literal_name}) if refers else metric
