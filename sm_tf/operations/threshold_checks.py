"""Checks of thresholds, by the unit of the indicator. Values that only Terraform knows pass."""

from datetime import timedelta
from typing import Any

from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.metric import Unit
from sm_tf.foundation.checks import check_whole, is_number, is_whole
from sm_tf.foundation.errors import Checks

_DAY = timedelta(days=1)


def check_percentage(check: Checks, what: str, value: Any, *, hint: str = "") -> None:
    """Note if a value isn't a percentage above 0; None passes."""
    valid = value is None or not is_known(value) or (is_number(value) and 0 < value <= 100)
    check.require(valid, f"{what} {value!r} must be a percentage above 0, at most 100{hint}")


def check_positive(check: Checks, what: str, value: Any, *, hint: str = "") -> None:
    """Note if a value isn't a `timedelta` above 0; None passes."""
    valid = value is None or (isinstance(value, timedelta) and value > timedelta(0))
    check.require(valid, f"{what} {value!r} must be a timedelta, above 0{hint}")


def is_whole_minutes(value: object) -> bool:
    """Whether a value is a `timedelta` of whole minutes up to a day."""
    return isinstance(value, timedelta) and timedelta(0) < value <= _DAY and not value % timedelta(minutes=1)


def check_threshold(check: Checks, what: str, value: Any, unit: Unit, highest: object) -> None:
    """Note if a value can't be the threshold of an indicator in this unit; None passes."""
    if unit == Unit.PERCENT:
        check_percentage(check, what, value)
    elif unit == Unit.COUNT:
        check_whole(check, what, value, 1, highest if is_whole(highest) else None)
    elif unit == Unit.NONE:
        check.require(
            value is None,
            f"{what} {value!r} can't be set: the metric is 1 or 0; set evaluation_periods instead",
        )
    else:
        check_positive(check, what, value)
