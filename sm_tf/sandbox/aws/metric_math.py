"""Metric math: the arithmetic, comparisons and functions that alarms on endpoints need.

A time series is a list of values, one a period, the oldest first; None is a period without data. Unknown
forms raise UnsupportedExpressionError: no value is better than a wrong one.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

Series = list[float | None]
Value = float | None | Series
Operation = Callable[[float, float], float]

_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|&&|\|\||[<>=!]=|[-+*/^()<>,\[\]])")
_WORDS = {"&&": "AND", "||": "OR"}
# From the loosest to the tightest.
_OPERATORS: tuple[dict[str, Operation], ...] = (
    {"OR": lambda left, right: float(bool(left) or bool(right))},
    {"AND": lambda left, right: float(bool(left) and bool(right))},
    {
        "<": operator.lt,
        ">": operator.gt,
        "<=": operator.le,
        ">=": operator.ge,
        "==": operator.eq,
        "!=": operator.ne,
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": operator.pow},
)


class UnsupportedExpressionError(ValueError):
    """An expression that is malformed, or that is not implemented here."""


def evaluate(expression: str, series: Mapping[str, Series], periods: int) -> Series:
    """The time series of an expression over others, which it names by their ids.

    Raises:
        UnsupportedExpressionError: an unknown id, function or form.
    """
    parser = _Parser(_tokens(expression), series)
    value = parser.binary(0)
    if parser.next is not None:
        raise UnsupportedExpressionError(f"{parser.next!r} is not understood in {expression!r}")
    return value if isinstance(value, list) else [value] * periods


def _tokens(expression: str) -> list[str]:
    tokens, position = [], 0
    text = expression.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnsupportedExpressionError(f"{text[position:]!r} is not understood")
        tokens.append(_WORDS.get(found[1], found[1]))
        position = found.end()
    return tokens


class _Parser:
    """Parses an expression from left to right, and computes it at the same time."""

    def __init__(self, tokens: list[str], series: Mapping[str, Series]) -> None:
        self._tokens = tokens
        self._series = series

    @property
    def next(self) -> str | None:
        return self._tokens[0] if self._tokens else None

    def binary(self, level: int) -> Value:
        if level == len(_OPERATORS):
            return self._unary()
        value = self.binary(level + 1)
        while self.next in _OPERATORS[level]:
            operation = _OPERATORS[level][self._take()]
            value = _each(operation, value, self.binary(level + 1))
        return value

    def _unary(self) -> Value:
        if self.next == "-":
            self._take()
            return _each(operator.sub, 0.0, self._unary())
        return self._operand()

    def _operand(self) -> Value:
        token = self._take()
        if token == "(":
            value = self.binary(0)
            self._expect(")")
            return value
        if token[0].isdigit() or token[0] == ".":
            return float(token)
        if self.next == "(":
            return self._call(token)
        if token not in self._series:
            raise UnsupportedExpressionError(f"nothing has the id {token!r}")
        return self._series[token]

    def _call(self, name: str) -> Value:
        self._expect("(")
        if name in ("MAX", "MIN"):
            pick = max if name == "MAX" else min
            if self.next == "[":
                self._expect("[")
                listed = self._list("]")
                self._expect(")")
                return _across(pick, listed)
            (value,) = self._arguments(name, 1)
            return _pick(pick, value if isinstance(value, list) else [value])
        if name == "IF":
            condition, then, otherwise = self._arguments(name, 3)
            return _choose(condition, then, otherwise)
        if name == "FILL":
            return self._fill()
        raise UnsupportedExpressionError(f"the function {name} is not implemented")

    def _fill(self) -> Value:
        value = self.binary(0)
        self._expect(",")
        if self.next in ("REPEAT", "LINEAR"):
            how = self._take()
            self._expect(")")
            if how == "REPEAT" and isinstance(value, list):
                return _repeated(value)
            raise UnsupportedExpressionError(f"FILL(…, {how}) is not implemented for this")
        filling = self.binary(0)
        self._expect(")")
        return _zip(lambda old, new: new if old is None else old, value, filling)

    def _arguments(self, name: str, count: int) -> list[Value]:
        found = self._list(")")
        if len(found) != count:
            raise UnsupportedExpressionError(f"{name} with {len(found)} arguments is not implemented")
        return found

    def _list(self, end: str) -> list[Value]:
        values = [self.binary(0)]
        while self.next == ",":
            self._take()
            values.append(self.binary(0))
        self._expect(end)
        return values

    def _take(self) -> str:
        if not self._tokens:
            raise UnsupportedExpressionError("the expression ends too early")
        return self._tokens.pop(0)

    def _expect(self, token: str) -> None:
        if (found := self._take()) != token:
            raise UnsupportedExpressionError(f"{found!r} stands where {token!r} is expected")


def _zip(function: Callable[..., float | None], *values: Value) -> Value:
    """Apply the function to the values of each period, or to numbers."""
    lists = [value for value in values if isinstance(value, list)]
    if not lists:
        return function(*values)
    periods = range(len(lists[0]))
    return [function(*(v[i] if isinstance(v, list) else v for v in values)) for i in periods]


def _each(operation: Operation, left: Value, right: Value) -> Value:
    """Arithmetic without a value where an operand has none or the divisor is zero."""

    def compute(one: float | None, other: float | None) -> float | None:
        if one is None or other is None:
            return None
        try:
            return float(operation(one, other))
        except ArithmeticError:
            return None

    return _zip(compute, left, right)


def _choose(condition: Value, then: Value, otherwise: Value) -> Value:
    return _zip(
        lambda holds, one, other: None if holds is None else one if holds else other,
        condition,
        then,
        otherwise,
    )


def _repeated(values: Series) -> Series:
    filled: Series = []
    for value in values:
        filled.append(filled[-1] if value is None and filled else value)
    return filled


def _across(pick: Callable[[Iterable[float]], float], values: Sequence[Value]) -> Value:
    return _zip(lambda *here: _pick(pick, here), *values)


def _pick(pick: Callable[[Iterable[float]], float], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return pick(known) if known else None
