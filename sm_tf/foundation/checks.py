"""Checks of single values that many constructs use. Values that only Terraform knows pass all of them."""

import math
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, TypeGuard

from sm_tf.bindings.core import IResolvable
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.forms import WHOLE
from sm_tf.foundation.texts import is_one_of

DurationLike = timedelta | IResolvable
"""A timedelta of whole seconds, or a Terraform token for a number of seconds, such as `variable.value`. A
plain number has no unit, so it isn't one.
"""

CountLike = Annotated[int | float, WHOLE]
"""A whole number, or a Terraform token for one, such as `variable.number_value`, which is a float."""


def is_whole(value: Any) -> TypeGuard[int]:
    """Tell whether `value` is a whole number that is known at synth."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether `value` is a finite number that is known at synth."""
    if isinstance(value, float):
        return math.isfinite(value) and is_known(value)
    return is_whole(value)


def check_whole(
    check: Checks, what: str, value: Any, lowest: int, highest: int | None = None, *, hint: str = ""
) -> None:
    """Check that a value is a whole number between two bounds, or None."""
    if value is None or not is_known(value):
        return
    inside = is_whole(value) and value >= lowest and (highest is None or value <= highest)
    allowed = f"{lowest} or more" if highest is None else f"{lowest} to {highest}"
    check.require(inside, f"{what} {value!r} must be a whole number, {allowed}{hint}")


def check_choice(check: Checks, what: str, value: Any, choices: type[StrEnum]) -> None:
    """Check that a value is one of a closed set, or None."""
    allowed = [choice.value for choice in choices]
    valid = value is None or is_one_of(allowed, value)
    check.require(valid, f"{what} {value!r} must be one of {', '.join(allowed)}")


def check_duration(
    check: Checks, what: str, value: Any, lowest: timedelta, highest: timedelta | None, *, rule: str
) -> None:
    """Check that a value is a `timedelta` of whole seconds between two bounds, which `rule` describes."""
    if value is None or not is_known(value):
        return
    inside = lowest <= value and (highest is None or value <= highest)
    check.require(inside and value.microseconds == 0, f"{what} {value} must be {rule}, in whole seconds")


def seconds(duration: DurationLike | float | None) -> Any:
    """Return a duration in seconds, as the provider's classes expect it."""
    return int(duration.total_seconds()) if isinstance(duration, timedelta) else as_number(duration)
