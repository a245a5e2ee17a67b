"""Checks of values by the rules of AWS's APIs. What only Terraform knows passes."""

import re
from datetime import timedelta
from typing import Any

from sm_tf.aws.api_rules import Rule
from sm_tf.bindings.template import literal_length, readable
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.checks import check_duration, check_whole
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.texts import fits


def check_text_rule(
    check: Checks, what: str, text: Any, rule: Rule, must: str = "", *, form: re.Pattern[str] | None = None
) -> None:
    """Check that AWS takes a text, or can take it for some values of its references. None passes.

    `must` says in words what it must be, and defaults to the bounds of its length. `form` is a narrower form
    than AWS's.
    """
    if text is None or (isinstance(text, str) and _fits_rule(text, rule) and (not form or fits(form, text))):
        return
    if not isinstance(text, str):
        check.require(not is_known(text), f"{what} {text!r} {must}".lstrip())
        return
    length = literal_length(text)
    if rule.highest is not None and length > rule.highest:
        check.problem(
            f"{what} {_short(text)} has {length} characters; AWS takes at most {rule.highest}".lstrip()
        )
    else:
        check.problem(f"{what} {readable(text)} {must or f'must have {rule.bounds} characters'}".lstrip())


def _fits_rule(text: str, rule: Rule) -> bool:
    if "{" not in text:
        return rule.allows(text)
    length = literal_length(text)
    return (
        (rule.highest is None or length <= rule.highest)
        and (rule.lowest is None or length >= rule.lowest or not is_known(text))
        and (rule.pattern is None or fits(rule.pattern, text))
    )


def check_count_rule(check: Checks, what: str, count: int, rule: Rule, things: str) -> None:
    """Check that AWS takes so many things in a list or map."""
    inside = (rule.lowest or 0) <= count and (rule.highest is None or count <= rule.highest)
    check.require(inside, f"{what} has {count} {things}; AWS takes {rule.bounds}")


def check_whole_rule(check: Checks, what: str, value: Any, rule: Rule) -> None:
    """Check that AWS takes a whole number, or None."""
    assert rule.lowest is not None
    highest = None if rule.highest is None else int(rule.highest)
    check_whole(check, what, value, int(rule.lowest), highest)


def check_seconds_rule(check: Checks, what: str, value: Any, rule: Rule) -> None:
    """Check that AWS takes a duration, which its API has in seconds, or None."""
    assert rule.lowest is not None
    assert rule.highest is not None
    lowest, highest = timedelta(seconds=rule.lowest), timedelta(seconds=rule.highest)
    words = f"{_told(lowest)} to {_told(highest)}"
    check_duration(check, what, value, lowest, highest, rule=words)


def _told(duration: timedelta) -> str:
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    if seconds or minutes == 1:
        return f"{minutes * 60 + seconds} seconds"
    if minutes % 60 or minutes == 0:
        return f"{minutes} minutes" if minutes else "0"
    hours = minutes // 60
    return "1 hour" if hours == 1 else f"{hours} hours"


def _short(text: str) -> str:
    shown = readable(text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
