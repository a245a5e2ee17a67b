"""Metrics and math expressions as rows of a graph's `metrics`.

Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.metric_interface import IMetric

# Quoted text and Terraform expressions stay as they are.
_PART = re.compile(r"""\"[^\"]*\"|'[^']*'|\$\{[^}]*\}|(?<![\w.])[a-z]\w*""")


def rows_of(left: Sequence[IMetric], right: Sequence[IMetric], period: timedelta | None) -> list[list[Any]]:
    """A row for each metric, and hidden ones for the metrics that expressions use, each once.

    An expression's ids are its own, but those of a graph hold for the whole graph. So a second metric under
    the same id gets another one.
    """
    rows = _Rows()
    for side, metrics in (("left", left), ("right", right)):
        for metric in metrics:
            rows.show(metric, side, period)
    return rows.rows


def renamed(expression: str, ids: Mapping[str, str]) -> str:
    """The expression with other ids for its metrics."""
    return _PART.sub(lambda found: ids.get(found[0], found[0]), expression)


class _Rows:
    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self._hidden: dict[str, tuple[IMetric, timedelta | None]] = {}

    def show(self, metric: IMetric, side: str, period: timedelta | None) -> None:
        options = {"label": metric.label, "color": metric.color}
        self._add(metric, period, options | {"yAxis": side if side == "right" else None})

    def _add(self, metric: IMetric, period: timedelta | None, options: dict[str, Any]) -> None:
        if isinstance(metric, MathExpression):
            period = period or metric.period
            ids = {id: self._hide(id, used, period) for id, used in metric.using_metrics.items()}
            options = {"expression": renamed(metric.expression, ids), **options}
            row: list[Any] = []
        else:
            assert isinstance(metric, Metric)
            dimensions = sorted(metric.dimensions_map.items())
            row = [metric.namespace, metric.metric_name]
            row += [text for dimension in dimensions for text in dimension]
            options = {"stat": metric.normal_statistic, "accountId": metric.account, **options}
        options["period"] = int((period or metric.period).total_seconds())
        self.rows.append([*row, {name: value for name, value in options.items() if value is not None}])

    def _hide(self, wanted: str, metric: IMetric, period: timedelta | None) -> str:
        known = (metric, period)
        for id, hidden in self._hidden.items():
            if hidden == known:
                return id
        id, number = wanted, 1
        while id in self._hidden:
            number += 1
            id = f"{wanted}{number}"
        self._hidden[id] = known
        self._add(metric, period, {"id": id, "visible": False})
        return id
