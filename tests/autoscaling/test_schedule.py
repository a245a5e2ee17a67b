from datetime import UTC, datetime, timedelta, timezone

import pytest

from sm_tf import InvalidPropsError, Schedule


@pytest.mark.parametrize(
    ("duration", "expression"),
    [
        (timedelta(minutes=1), "rate(1 minute)"),
        (timedelta(minutes=90), "rate(90 minutes)"),
        (timedelta(minutes=60), "rate(1 hour)"),
        (timedelta(hours=5), "rate(5 hours)"),
        (timedelta(minutes=1440), "rate(1 day)"),
        (timedelta(days=7), "rate(7 days)"),
    ],
)
def test_a_rate_has_the_largest_whole_unit(duration, expression) -> None:
    assert Schedule.rate(duration).expression_string == expression


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(minutes=-1), timedelta(seconds=90)])
def test_a_rate_of_no_or_half_minutes_is_refused(duration) -> None:
    with pytest.raises(InvalidPropsError, match="must be a whole number of minutes, 1 or more"):
        Schedule.rate(duration)


def test_a_moment_with_a_time_zone_is_written_in_utc() -> None:
    moment = datetime(2027, 1, 1, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    schedule = Schedule.at(moment)
    assert (schedule.expression_string, schedule.in_utc) == ("at(2027-01-01T00:30:00)", True)


def test_a_moment_without_one_is_in_that_of_the_action() -> None:
    schedule = Schedule.at(datetime(2027, 1, 1, 2, 30))
    assert (schedule.expression_string, schedule.in_utc) == ("at(2027-01-01T02:30:00)", False)
    assert Schedule.at(datetime(2027, 1, 1, tzinfo=UTC)).in_utc


@pytest.mark.parametrize(
    ("fields", "expression"),
    [
        ({"minute": "0", "hour": "8"}, "cron(0 8 * * ? *)"),
        ({"minute": "0/15"}, "cron(0/15 * * * ? *)"),
        ({"minute": "*/5", "hour": "8-17"}, "cron(*/5 8-17 * * ? *)"),
        ({"minute": "0", "day": "L"}, "cron(0 * L * ? *)"),
        ({"minute": "0", "day": "15W"}, "cron(0 * 15W * ? *)"),
        ({"minute": "0", "week_day": "MON,wed,FRI"}, "cron(0 * ? * MON,wed,FRI *)"),
        ({"minute": "0", "week_day": "6L"}, "cron(0 * ? * 6L *)"),
        ({"minute": "0", "week_day": "MON#1"}, "cron(0 * ? * MON#1 *)"),
        ({"minute": "0", "month": "JAN-MAR", "year": "2027"}, "cron(0 * * JAN-MAR ? 2027)"),
    ],
)
def test_absent_fields_of_cron_match_everything(fields, expression) -> None:
    schedule = Schedule.cron(**fields)
    assert schedule.expression_string == expression
    assert not schedule.every_minute
    assert Schedule.expression(expression).expression_string == expression


def test_cron_without_a_minute_is_every_minute() -> None:
    schedule = Schedule.cron(hour="8")
    assert (schedule.expression_string, schedule.every_minute) == ("cron(* 8 * * ? *)", True)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"minute": "60"}, "minute '60' must be 0 to 59"),
        ({"minute": "0", "hour": "24"}, "hour '24' must be 0 to 23"),
        ({"minute": "0", "day": "0"}, "day '0' must be 1 to 31"),
        ({"minute": "0", "month": "13"}, "month '13' must be 1 to 12 or JAN to DEC"),
        ({"minute": "0", "week_day": "MONDAY"}, "week_day 'MONDAY' must be 1 to 7 or SUN to SAT"),
        ({"minute": "0", "year": "27"}, "year '27' must be 1970 to 2199"),
        ({"minute": "0/0"}, "minute '0/0' must be"),
        ({"minute": ""}, "minute '' must be"),
        ({"minute": "1,,2"}, "minute '1,,2' must be"),
        ({"minute": "0", "day": "1", "week_day": "MON"}, "AWS takes one of them"),
    ],
)
def test_bad_fields_are_refused(fields, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        Schedule.cron(**fields)


@pytest.mark.parametrize(
    "expression", ["rate(1 hour)", "rate(20 minutes)", "at(2027-01-01T00:00:00)", "${var.when}"]
)
def test_an_expression_is_taken_as_it_is(expression) -> None:
    assert Schedule.expression(expression).expression_string == expression


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("every day", "must have the form at"),
        ("rate(1 hours)", "must have the form at"),
        ("rate(0 hours)", "must have the form at"),
        ("at(2027-13-01T00:00:00)", "must have the form at"),
        ("cron(0 8 * * *)", "has 5 fields; cron needs six"),
        ("cron(0 25 * * ? *)", "hour '25' must be 0 to 23"),
    ],
)
def test_a_bad_expression_is_refused(expression, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        Schedule.expression(expression)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("minute", [0, "0", 59, "*/5", "0/15", "1-5", "1,2,3", "0,30/10", "*"]),
        ("hour", [0, 23, "8-18", "22-2", "*/6"]),
        ("day", [1, 31, "L", "15W", "LW", "1,15", "1-7"]),
        ("month", [1, 12, "JAN", "jan-mar", "1/3", "JAN,JUL"]),
        ("week_day", [1, 7, "SUN", "MON-FRI", "fri-mon", "MON,WED", "6L", "FRIL", "MON#2", "2#5"]),
        ("year", [1970, 2199, "2027-2030", "*/2"]),
    ],
)
def test_what_each_field_of_cron_takes(field, values) -> None:
    for value in values:
        assert str(value) in Schedule.cron(**{"minute": 0, field: value}).expression_string


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("minute", [60, -1, "1/0", "1/", "/5", "?", "L", "a", "", "1-", "1,,2", "٣", "1 2"]),
        ("hour", [24, "25", "8-24", "L"]),
        ("day", [0, 32, "L5", "1-5W", "W", "32W", "MON", "1#2"]),
        ("month", [0, 13, "JANUARY", "FOO", "?", "L"]),
        ("week_day", [0, 8, "MON-FRI#2", "MON#6", "MON#0", "1-5L", "MO", "W"]),
        ("year", [1969, 2200, 27, "?"]),
    ],
)
def test_what_no_field_of_cron_takes(field, values) -> None:
    for value in values:
        with pytest.raises(InvalidPropsError, match=field):
            Schedule.cron(**{"minute": 0, field: value})


def test_exactly_one_of_the_days_is_open() -> None:
    for days in ("* * * *", "? * ? *", "1 * MON *"):
        with pytest.raises(InvalidPropsError, match="exactly one of them must be"):
            Schedule.expression(f"cron(0 0 {days})")
