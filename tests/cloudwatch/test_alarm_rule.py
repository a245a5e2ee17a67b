import pytest

from sm_tf import Alarm, AlarmState, InvalidPropsError, all_of, any_of, not_


@pytest.fixture
def alarms(stack):
    return [Alarm.from_alarm_name(stack, name, name) for name in ("a", "b", "c")]


def text(rule) -> str:
    return rule.to_text(lambda alarm: alarm.alarm_name)


def test_an_alarm_is_in_a_state(alarms) -> None:
    a, _, _ = alarms
    assert text(a.in_state(AlarmState.INSUFFICIENT_DATA)) == 'INSUFFICIENT_DATA("a")'
    assert text(a.in_state("OK")) == 'OK("a")'
    with pytest.raises(ValueError, match="state 'Ok' must be one of ALARM, OK, INSUFF"):
        a.in_state("Ok")


def test_an_alarm_alone_is_in_alarm(alarms) -> None:
    a, b, _ = alarms
    assert text(all_of(a, b)) == '(ALARM("a") AND ALARM("b"))'
    assert text(any_of(a, b)) == '(ALARM("a") OR ALARM("b"))'
    assert text(not_(a)) == 'NOT ALARM("a")'


def test_rules_are_nested(alarms) -> None:
    a, b, c = alarms
    rule = all_of(any_of(a, b), not_(all_of(b, c)), c.in_state(AlarmState.OK))
    assert text(rule) == ('((ALARM("a") OR ALARM("b")) AND NOT (ALARM("b") AND ALARM("c")) AND OK("c"))')
    assert rule.alarms == (a, b, b, c, c)


def test_what_joins_nothing_is_left_out(alarms) -> None:
    a, _, _ = alarms
    assert text(all_of(any_of(a))) == 'ALARM("a")'
    assert text(not_(not_(a))) == 'ALARM("a")'


@pytest.mark.parametrize("function", [all_of, any_of])
def test_a_rule_is_about_something(function) -> None:
    with pytest.raises(InvalidPropsError, match=f"{function.__name__}: no rule is given"):
        function()


@pytest.mark.parametrize("function", [all_of, any_of, not_])
def test_a_rule_is_made_of_alarms(function) -> None:
    with pytest.raises(InvalidPropsError, match=f"{function.__name__}: 'a' must be an alarm, or a rule"):
        function("a")
