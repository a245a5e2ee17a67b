"""Checks that metrics and expressions share."""

import re
from datetime import timedelta

from sm_tf.aws.api_rules import autoscaling
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.texts import check_text

_COLOR = re.compile("#[0-9a-fA-F]{6}")


def check_period(check: Checks, period: timedelta) -> None:
    """Note if CloudWatch doesn't know a period."""
    seconds = period.total_seconds() if isinstance(period, timedelta) else 0
    check.require(
        seconds in (1, 5, 10, 20, 30) or (seconds > 0 and seconds % 60 == 0),
        f"period {period} must be a timedelta: 1, 5, 10, 20 or 30 seconds, or whole minutes",
    )


def check_color(check: Checks, color: str | None) -> None:
    """Note if a graph can't take a colour; None passes."""
    check_text(check, "color", color, _COLOR, "must be # and six hexadecimal digits, such as #1f77b4")


def check_label(check: Checks, label: str | None) -> None:
    """Note if scaling can't take a label; None passes."""
    check_text_rule(
        check, "label", label, autoscaling("XmlString"), "must be text without control characters"
    )


def check_evaluated_time(check: Checks, period: timedelta, evaluation_periods: int) -> None:
    """Note if an alarm would look further back than CloudWatch does."""
    days = 7 if period >= timedelta(hours=1) else 1
    check.require(
        period.total_seconds() * evaluation_periods <= days * 86_400,
        f"evaluation_periods {evaluation_periods} of {period} are longer than {days} day(s), which is all "
        "that CloudWatch looks at for this period",
    )
