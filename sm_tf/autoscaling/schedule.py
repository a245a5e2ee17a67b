"""When a scheduled action takes place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text, is_one_of

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEK_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@public
@dataclass(frozen=True)
class Schedule:
    """When a scheduled action takes place: once, at a fixed rate, or by a cron expression.

    Source:
    https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
    """

    expression_string: str
    every_minute: bool = False
    """Whether a cron schedule leaves the minute open, so that it takes place every minute."""
    in_utc: bool = False
    """Whether the time is in UTC, whatever the time zone of the action."""

    @staticmethod
    def expression(expression: str) -> "Schedule":
        """A schedule in AWS's own language: `at(…)`, `rate(…)` or `cron(…)`.

        Raises:
            InvalidPropsError: another form, or a value out of its range.
        """
        with checking("Schedule.expression") as check:
            _check_expression(check, expression)
        return Schedule(expression)

    @staticmethod
    def rate(duration: timedelta) -> "Schedule":
        """At a fixed rate, such as every 90 minutes: a timedelta of whole minutes, 1 or more.

        Raises:
            InvalidPropsError: another duration.
        """
        minutes, rest = divmod(duration, timedelta(minutes=1))
        with checking("Schedule.rate") as check:
            check.require(
                minutes > 0 and not rest, f"duration {duration} must be a whole number of minutes, 1 or more"
            )
        for unit, length in (("day", 1440), ("hour", 60)):
            if minutes % length == 0:
                return Schedule(f"rate({_plural(minutes // length, unit)})")
        return Schedule(f"rate({_plural(minutes, 'minute')})")

    @staticmethod
    def at(moment: datetime) -> "Schedule":
        """Once. A datetime with a time zone is converted to UTC; one without is in the time zone of the
        action, which defaults to UTC.
        """
        aware = moment.tzinfo is not None
        written = (moment.astimezone(UTC) if aware else moment).strftime("%Y-%m-%dT%H:%M:%S")
        return Schedule(f"at({written})", in_utc=aware)

    @staticmethod
    def cron(
        *,
        minute: str | int | None = None,
        hour: str | int | None = None,
        day: str | int | None = None,
        month: str | int | None = None,
        week_day: str | int | None = None,
        year: str | int | None = None,
    ) -> "Schedule":
        """Whenever all fields match, in the time zone of the action.

        Args:
            minute: 0 to 59. Defaults to every minute, which is rarely wanted.
            hour: 0 to 23. Defaults to every hour.
            day: day of the month, 1 to 31, or `L` for the last. Defaults to every day.
            month: 1 to 12, or `JAN` to `DEC`. Defaults to every month.
            week_day: 1 (Sunday) to 7, or `SUN` to `SAT`. Defaults to every day; can't be given with `day`.
            year: 1970 to 2199. Defaults to every year.

        A field is a whole number or text, which may be a list (`MON,WED`), a range (`MON-FRI`) or steps
        (`0/15`).

        Raises:
            InvalidPropsError: a value out of its range, or both `day` and `week_day`.
        """
        with checking("Schedule.cron") as check:
            check.require(
                day is None or week_day is None,
                f"day {day!r} and week_day {week_day!r} are both given; AWS takes one of them",
            )
            any_day = "*" if week_day is None else "?"
            given = (minute, hour, day, month, week_day, year)
            open_fields = ("*", "*", any_day, "*", "?", "*")
            fields = [
                default if field is None else str(field)
                for field, default in zip(given, open_fields, strict=True)
            ]
            if not check.problems:
                _check_cron(check, fields)
        return Schedule(f"cron({' '.join(fields)})", every_minute=minute is None)


def check_times(
    check: Checks, schedule: Schedule, start: datetime | None, end: datetime | None, time_zone: str | None
) -> None:
    """Note what is wrong with a schedule, its start and end, and its time zone."""
    times = {"start_time": start, "end_time": end}
    naive = {name for name, moment in times.items() if moment is not None and moment.tzinfo is None}
    for name in sorted(naive):
        check.problem(f"{name} {times[name]!r} must be a datetime with a time zone, such as tzinfo=UTC")
    if start and end and not naive:
        check.require(start < end, f"start_time {start} must be before end_time {end}")
    if time_zone is None:
        return
    zones = available_timezones()
    # Without a database of time zones on this machine, any name passes.
    check.require(
        not zones or is_one_of(zones, time_zone),
        f"time_zone {time_zone!r} must be a name of the time zone database, such as Europe/Berlin",
    )
    check.require(
        not schedule.in_utc or is_one_of(("UTC", "Etc/UTC"), time_zone),
        f"schedule {schedule.expression_string} has a time zone of its own; leave time_zone out, or give "
        "Schedule.at a datetime without one",
    )


def rfc_3339(moment: datetime | None) -> str | None:
    """A moment in UTC, as the provider takes it."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


_RATE = r"1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days)"
_CRON = re.compile(r"cron\((\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\)")
_HALF_KNOWN = re.compile(rf"at\(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\((?:{_RATE})\)|{_CRON.pattern}")


def _check_expression(check: Checks, expression: str) -> None:
    form = "at(yyyy-mm-ddThh:mm:ss), rate(<number> minutes|hours|days) or cron(<six fields>)"
    if not is_known(expression):
        check_text(check, "schedule", expression, _HALF_KNOWN, f"must have the form {form}")
        if separate := groups(_CRON, expression):
            _check_cron(check, separate)
        return
    match = re.fullmatch(r"(at|rate|cron)\((.*)\)", expression)
    if match is None:
        check.problem(f"schedule {expression!r} must have the form {form}")
        return
    kind, inside = match[1], match[2]
    if kind == "cron":
        fields = inside.split()
        check.require(len(fields) == 6, f"schedule {expression!r} has {len(fields)} fields; cron needs six")
        if len(fields) == 6:
            _check_cron(check, fields)
        return
    if kind == "rate":
        valid = re.fullmatch(_RATE, inside) is not None
    else:
        try:
            valid = datetime.strptime(inside, "%Y-%m-%dT%H:%M:%S") is not None
        except ValueError:
            valid = False
    check.require(valid, f"schedule {expression!r} must have the form {form}")


def _check_cron(check: Checks, fields: Sequence[str]) -> None:
    rules = (
        ("minute", 0, 59, (), ""),
        ("hour", 0, 23, (), ""),
        ("day", 1, 31, (), "?LW"),
        ("month", 1, 12, _MONTHS, ""),
        ("week_day", 1, 7, _WEEK_DAYS, "?L#"),
        ("year", 1970, 2199, (), ""),
    )
    check.require(
        (fields[2] == "?") != (fields[4] == "?"),
        f"day {fields[2]!r} and week_day {fields[4]!r}: exactly one of them must be '?'",
    )
    for written, (name, low, high, words, signs) in zip(fields, rules, strict=True):
        names = f" or {words[0]} to {words[-1]}" if words else ""
        check.require(
            not is_known(written)
            or all(_is_cron_part(part, low, high, words, signs) for part in written.split(",")),
            f"{name} {written!r} must be {low} to {high}{names}, a list, a range or steps of them, or *",
        )


def _is_cron_part(part: str, low: int, high: int, words: tuple[str, ...], signs: str) -> bool:
    if part == "*" or (part in ("?", "L") and part in signs) or (part == "LW" and "W" in signs):
        return True
    # The nearest weekday, the last or the nth such day: of one day, not of several.
    if ("W" in signs and part.endswith("W")) or ("#" in signs and re.search(r"(L|#[1-5])$", part)):
        return _cron_number(re.sub(r"(W|L|#[1-5])$", "", part), low, high, words) is not None
    part, slash, step = part.partition("/")
    if slash and _cron_number(step, 1, high, ()) is None:
        return False
    if part == "*":
        return True
    numbers = [_cron_number(end, low, high, words) for end in part.split("-", 1)]
    return None not in numbers


def _cron_number(text: str, low: int, high: int, words: tuple[str, ...]) -> int | None:
    if text.upper() in words:
        return words.index(text.upper()) + 1
    return int(text) if text.isascii() and text.isdigit() and low <= int(text) <= high else None
