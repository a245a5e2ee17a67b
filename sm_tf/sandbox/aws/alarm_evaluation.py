"""The state of an alarm by its data points, and of a composite alarm by the states of others."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sm_tf.sandbox.aws.metric_math import Series

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"

# AWS does not document how many periods before the evaluation periods it reads; its examples read two.
EXTRA_PERIODS = 2

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_RANKED = re.compile(r"(p|tm)(\d+(?:\.\d+)?)")


class UnsupportedAlarmError(ValueError):
    """An alarm that is not evaluated here."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The data of one PutMetricData: a value, or the statistics of several."""

    total: float
    count: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, value: float) -> "Sample":
        """A single value."""
        return cls(total=value, count=1, lowest=value, highest=value)


def statistic(name: str, samples: Sequence[Sample]) -> float | None:
    """A statistic of one period's samples; None if there are none.

    Percentiles and trimmed means need single values, so there is none for statistic sets. A percentile is the
    nearest rank, since AWS does not document its interpolation.

    Raises:
        UnsupportedAlarmError: another extended statistic.
    """
    count = sum(sample.count for sample in samples)
    if not count:
        return None
    if name == "SampleCount":
        return count
    if name == "Sum":
        return sum(sample.total for sample in samples)
    if name == "Average":
        return sum(sample.total for sample in samples) / count
    if name == "Minimum":
        return min(sample.lowest for sample in samples)
    if name == "Maximum":
        return max(sample.highest for sample in samples)
    ranked = _RANKED.fullmatch(name)
    if ranked is None:
        raise UnsupportedAlarmError(f"the statistic {name} is not implemented")
    values = _single_values(samples)
    if values is None:
        return None
    rank = max(1, math.ceil(float(ranked[2]) / 100 * len(values)))
    return values[rank - 1] if ranked[1] == "p" else sum(values[:rank]) / rank


def _single_values(samples: Sequence[Sample]) -> list[float] | None:
    if any(sample.lowest != sample.highest for sample in samples):
        return None
    return sorted(value for sample in samples for value in [sample.lowest] * int(sample.count))


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The condition of an alarm for its data points, and the number of breaching ones that it needs."""

    comparison_operator: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: str = "missing"

    def breaches(self, value: float) -> bool:
        """Whether a data point breaches the threshold.

        Raises:
            UnsupportedAlarmError: a comparison with an anomaly detection band.
        """
        comparison = _COMPARISONS.get(self.comparison_operator)
        if comparison is None:
            raise UnsupportedAlarmError(f"the comparison {self.comparison_operator} is not implemented")
        return comparison(value, self.threshold)


def state(values: Series, rule: Threshold, current: str) -> str:
    """The state of an alarm.

    `values` has one value for each period of the evaluation range, the oldest first; None is a missing value.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    newest_first = [None if value is None else rule.breaches(value) for value in reversed(values)]
    real = [breaching for breaching in newest_first if breaching is not None]
    needed, wanted = rule.datapoints_to_alarm, rule.evaluation_periods
    if len(real) >= wanted:
        return ALARM if sum(real[:wanted]) >= needed else OK
    missing = rule.treat_missing_data
    if missing == "breaching":
        return ALARM if sum(real) + wanted - len(real) >= needed else OK
    if missing == "notBreaching" or sum(real) >= needed:
        return ALARM if sum(real) >= needed else OK
    if not all(real):
        return OK
    if missing == "ignore":
        return current
    if not real:
        return INSUFFICIENT_DATA
    # All known values breach, but there are too few: AWS alarms once the oldest of them is old enough.
    oldest = max(age for age, breaching in enumerate(newest_first, 1) if breaching)
    return ALARM if oldest >= needed else current


def alarms_in(rule: str) -> set[str]:
    """The names and ARNs of the alarms in the rule of a composite alarm."""
    return {found[2] or found[3] or found[4] for found in _CALL.finditer(rule)}


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """Whether a composite alarm's rule is true, given the states of alarms by name or ARN.

    Raises:
        UnsupportedAlarmError: a malformed rule.
    """

    def replace(found: re.Match[str]) -> str:
        return str(states.get(found[2] or found[3] or found[4]) == found[1])

    words = {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}
    plain = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda word: words[word[1]], _CALL.sub(replace, rule))
    try:
        return _truth(ast.parse(" ".join(plain.split()), mode="eval").body)
    except SyntaxError as error:
        raise UnsupportedAlarmError(f"the rule is malformed: {rule}") from error


_CALL = re.compile(r"""\b(ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|'([^']+)'|([^"'()\s]+))\s*\)""")


def _truth(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool(value)):
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(operand)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_truth(value) for value in values)
        case ast.BoolOp(values=values):
            return any(_truth(value) for value in values)
    raise UnsupportedAlarmError(f"the rule is malformed: {ast.unparse(node)}")
