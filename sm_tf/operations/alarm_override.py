"""Changes to single recommended alarms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.foundation.checks import check_whole, is_number
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text
from sm_tf.operations.threshold_checks import is_whole_minutes

_MAX_URL = 600
_URL = re.compile(rf"(?=.{{1,{_MAX_URL}}}$)https?://\S*")


@public
@dataclass(frozen=True, kw_only=True)
class AlarmOverride:
    """How one recommended alarm differs from the others, on every variant that has it.

    Args:
        threshold: When the alarm fires: a percentage above 0 and up to 100, a whole number of requests or
            instances from 1, or a `timedelta` for latencies and ages, as in AlarmThresholds. Percentages and
            numbers may be Terraform tokens. Defaults to the one in `thresholds`.
        evaluation_periods: The number of latest periods that the alarm looks at, 1 or more. The share of them
            that must breach stays, rounded up. Defaults to the alarm's own number.
        period: The length of a period, a `timedelta` of whole minutes up to a day. Defaults to the alarm's
            own period, 1 or 5 minutes. All periods together may last a day, or 7 days if each lasts an hour
            or more.
        actions: The actions on ALARM and OK instead of the topics: SNS topics, other resources with an `arn`,
            or ARNs, at most 5; an empty list for none. Defaults to the topic of the alarm's severity.
        runbook_url: An http or https URL of at most 600 characters that the alarm's description ends with.
            Defaults to none.
        enabled: Whether the alarm is created. Defaults to True.

    Raises:
        InvalidPropsError: values outside these bounds; all mistakes are listed.
    """

    threshold: float | timedelta | None = None
    evaluation_periods: int | None = None
    period: timedelta | None = None
    actions: Sequence[AlarmAction] | None = None
    runbook_url: str | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        with checking("AlarmOverride") as check:
            threshold = self.threshold
            check.require(
                threshold is None
                or isinstance(threshold, timedelta)
                or is_number(threshold)
                or not is_known(threshold),
                f"threshold {threshold!r} must be a number, or a timedelta for latencies and ages",
            )
            _check_periods(check, self.evaluation_periods, self.period)
            _check_url(check, self.runbook_url)
            if self.enabled is False:
                names = ("threshold", "evaluation_periods", "period", "actions", "runbook_url")
                unused = [name for name in names if getattr(self, name) is not None]
                check.require(
                    not unused,
                    f"enabled=False leaves the alarm out, so {', '.join(unused)} would have no effect; "
                    "remove one or the other",
                )


def _check_periods(check: Checks, evaluation_periods: Any, period: Any) -> None:
    if evaluation_periods is not None and not is_known(evaluation_periods):
        check.problem(
            f"evaluation_periods {evaluation_periods!r} must be known at synth, since the number of "
            "breaching periods follows from it",
        )
    check_whole(check, "evaluation_periods", evaluation_periods, 1)
    valid = period is None or is_whole_minutes(period)
    check.require(valid, f"period {period!r} must be a timedelta, whole minutes up to a day")


def _check_url(check: Checks, url: Any) -> None:
    rule = f"must be an http or https URL of at most {_MAX_URL} characters"
    check_text(check, "runbook_url", url, _URL, rule)
