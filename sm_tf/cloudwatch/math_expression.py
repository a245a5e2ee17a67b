"""A value that CloudWatch computes from metrics: a rate, a ratio, a band of expected values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sm_tf.bindings.template import literal_length
from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.alarm import CreatesAlarms
from sm_tf.cloudwatch.metric_checks import check_color, check_label, check_period
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public

_EXPRESSION_ID = "expr_1"
_ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_USED_ID = re.compile(r"(?<![\w.])[a-z]\w*")
_BAND = re.compile(r"\s*ANOMALY_DETECTION_BAND\(\s*([a-z]\w*)\s*(,\s*([\d.e+]+|\$\{.*\})\s*)?\)\s*")
_SEARCH = re.compile(r"\bSEARCH\s*\(")
_OPERATORS = ("and", "or")
_MAX_LENGTH, _MAX_LENGTH_IN_ALARM = 2048, 1024
_MAX_OF_ALARM = 10


@public
@dataclass(frozen=True, kw_only=True)
class MathExpression(CreatesAlarms):
    """Metric math. It is immutable; `with_` makes another one.

    Args:
        expression: such as `errors / invocations`, at most 2,048 characters, 1,024 in an alarm. The ids in it
            are the keys of `using_metrics`.
        using_metrics: the metrics and expressions in it, by id: a lower-case letter, then letters, digits and
            underscores. Expressions may be nested; an id means the same everywhere.
        label: the name in a graph. Defaults to one that CloudWatch chooses.
        color: the color of the line in a graph, such as `#1f77b4`. Defaults to one that CloudWatch chooses.
        period: the period of all metrics in the expression, whatever their own. Defaults to 5 minutes.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

    Raises:
        InvalidPropsError: malformed ids, an id that means two metrics, or an id in the expression that isn't
        given.
    """

    expression: str
    using_metrics: Mapping[str, IMetric] = field(default_factory=dict)
    label: str | None = None
    color: str | None = None
    period: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        with checking(f"expression {self.expression!r}") as check:
            check_period(check, self.period)
            check_color(check, self.color)
            check_label(check, self.label)
            check.require(
                len(self.expression) > 0 and literal_length(self.expression) <= _MAX_LENGTH,
                f"expression {self.expression!r} must have 1 to {_MAX_LENGTH:,} characters",
            )
            for id in self.using_metrics:
                check.require(
                    _ID.fullmatch(id) is not None and id not in _OPERATORS,
                    f"id {id!r} must be a lower-case letter, then letters, digits and underscores, at most "
                    "255 characters in all, and not an operator",
                )
            for id in sorted(_used_ids(self.expression) - self.using_metrics.keys()):
                check.problem(f"id {id!r} isn't given in using_metrics")
            if not check.problems:
                self._check_ids(check)

    def with_(
        self, *, label: str | None = None, color: str | None = None, period: timedelta | None = None
    ) -> "MathExpression":
        """Return the same expression with some options changed; None leaves an option as it is."""
        options = {"label": label, "color": color, "period": period}
        changed: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        return replace(self, **changed)

    @property
    def is_extended(self) -> bool:
        """Whether the statistic is a percentile; an expression has none."""
        return False

    @property
    def is_anomaly_detection_band(self) -> bool:
        """Whether it is a band of a metric's expected values."""
        return _BAND.fullmatch(self.expression) is not None

    def to_alarm_arguments(self) -> dict[str, Any]:
        """The expression as arguments of the provider's alarm."""
        shown = {_EXPRESSION_ID}
        arguments: dict[str, Any] = {}
        if band := _BAND.fullmatch(self.expression):
            # CloudWatch compares the metric, which is returned too, with the band.
            shown.add(band[1])
            arguments["threshold_metric_id"] = _EXPRESSION_ID
        own = self.to_query(_EXPRESSION_ID, self.period)
        queries = [own, *(query for _, query in sorted(self.used_queries(self.period).items()))]
        arguments["metric_query"] = [query | {"return_data": query["id"] in shown} for query in queries]
        return arguments

    def to_query(self, id: str, period: timedelta) -> dict[str, Any]:
        """The expression as a query of the provider's alarm, under an id."""
        own_period = None if self.using_metrics else int(period.total_seconds())
        return {"id": id, "label": self.label, "expression": self.expression, "period": own_period}

    def used_queries(self, period: timedelta) -> dict[str, dict[str, Any]]:
        """The queries of all metrics and expressions that are used, by id, nested ones too."""
        return {id: metric.to_query(id, period) for id, metric in self._used()}

    def find_alarm_problems(self) -> list[str]:
        """Why CloudWatch or the provider would refuse any alarm on the expression."""
        used = dict(self._used())
        expressions = [self, *(metric for metric in used.values() if isinstance(metric, MathExpression))]
        problems = [
            f"expression {expression.expression!r} searches for metrics; no alarm can"
            for expression in expressions
            if _SEARCH.search(expression.expression)
        ]
        problems += [
            f"an expression has {len(expression.expression):,} characters; an alarm takes "
            f"{_MAX_LENGTH_IN_ALARM:,}"
            for expression in expressions
            if literal_length(expression.expression) > _MAX_LENGTH_IN_ALARM
        ]
        for id, metric in sorted(used.items()):
            if not isinstance(metric, MathExpression):
                problems += [f"{id}: {problem}" for problem in metric.find_alarm_problems()]
        counts = {"metrics": len(used) + 1 - len(expressions), "expressions": len(expressions)}
        return problems + [
            f"the expression has {count} {what}; an alarm takes {_MAX_OF_ALARM}"
            for what, count in counts.items()
            if count > _MAX_OF_ALARM
        ]

    def _used(self) -> Iterator[tuple[str, IMetric]]:
        for id, metric in self.using_metrics.items():
            yield id, metric
            if isinstance(metric, MathExpression):
                yield from metric._used()

    def _check_ids(self, check: Checks) -> None:
        found: dict[str, dict[str, Any]] = {}
        for id, metric in self._used():
            query = metric.to_query(id, self.period)
            check.require(
                found.setdefault(id, query) == query,
                f"id {id!r} means two different metrics; nested expressions share their ids",
            )
        check.require(_EXPRESSION_ID not in found, f"id {_EXPRESSION_ID!r} is the expression's own")


def _used_ids(expression: str) -> set[str]:
    if not is_known(expression) or expression.lstrip().upper().startswith("SELECT"):
        return set()
    return set(_USED_ID.findall(_QUOTED.sub("", expression)))
