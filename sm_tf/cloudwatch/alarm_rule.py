"""The rule of a composite alarm: the states of other alarms, joined by and, or, and not."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.public import public


class AlarmState(StrEnum):
    """The state of an alarm."""

    ALARM = "ALARM"
    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@runtime_checkable
class NamedAlarm(Protocol):
    """An alarm as a rule needs it; every alarm of sm_tf is one, made here or imported."""

    @property
    def alarm_name(self) -> str:
        """The alarm's name."""

    @property
    def literal_name(self) -> str:
        """The name where it is known at synth, else an expression."""


@public
class AlarmRule(ABC):
    """A rule about the states of alarms; made by `all_of`, `any_of`, `not_` and `alarm.in_state`.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """

    def __repr__(self) -> str:
        return f"<AlarmRule {self.to_text(lambda alarm: alarm.literal_name)}>"

    @property
    @abstractmethod
    def alarms(self) -> tuple[NamedAlarm, ...]:
        """The alarms in the rule."""

    @abstractmethod
    def to_text(self, name_of: Callable[[NamedAlarm], str]) -> str:
        """The rule in CloudWatch's words, with the names that `name_of` gives the alarms."""


def all_of(*rules: AlarmRule | NamedAlarm) -> AlarmRule:
    """A rule that holds while all of these do; an alarm alone means that it is in ALARM.

    Raises:
        InvalidPropsError: no rule, or something that is neither a rule nor an alarm.
    """
    return _joined("all_of", "AND", rules)


def any_of(*rules: AlarmRule | NamedAlarm) -> AlarmRule:
    """A rule that holds while one of these does; an alarm alone means that it is in ALARM.

    Raises:
        InvalidPropsError: no rule, or something that is neither a rule nor an alarm.
    """
    return _joined("any_of", "OR", rules)


def not_(rule: AlarmRule | NamedAlarm) -> AlarmRule:
    """A rule that holds while this one doesn't; an alarm alone means that it isn't in ALARM.

    Raises:
        InvalidPropsError: something that is neither a rule nor an alarm.
    """
    denied = as_rule("not_", rule)
    return denied.rule if isinstance(denied, _Not) else _Not(denied)


def as_rule(where: str, rule: object) -> AlarmRule:
    """A rule as it is; an alarm as the rule that it is in ALARM.

    Raises:
        InvalidPropsError: something that is neither.
    """
    if isinstance(rule, AlarmRule):
        return rule
    if isinstance(rule, NamedAlarm):
        return InState(rule, AlarmState.ALARM)
    raise InvalidPropsError(where, [f"{rule!r} must be an alarm, or a rule made of alarms"])


def _joined(function: str, operator: str, rules: tuple[AlarmRule | NamedAlarm, ...]) -> AlarmRule:
    if not rules:
        raise InvalidPropsError(function, ["no rule is given; pass alarms, or rules made of alarms"])
    return _Joined(operator, tuple(as_rule(function, rule) for rule in rules))


@dataclass(frozen=True, repr=False)
class InState(AlarmRule):
    """An alarm is in a state."""

    alarm: NamedAlarm
    state: AlarmState

    @property
    def alarms(self) -> tuple[NamedAlarm, ...]:
        """The alarm."""
        return (self.alarm,)

    def to_text(self, name_of: Callable[[NamedAlarm], str]) -> str:
        """Such as `ALARM("name")`."""
        return f'{self.state}("{name_of(self.alarm)}")'


@dataclass(frozen=True, repr=False)
class _Joined(AlarmRule):
    operator: str
    rules: tuple[AlarmRule, ...]

    @property
    def alarms(self) -> tuple[NamedAlarm, ...]:
        return tuple(alarm for rule in self.rules for alarm in rule.alarms)

    def to_text(self, name_of: Callable[[NamedAlarm], str]) -> str:
        texts = [rule.to_text(name_of) for rule in self.rules]
        return texts[0] if len(texts) == 1 else f"({f' {self.operator} '.join(texts)})"


@dataclass(frozen=True, repr=False)
class _Not(AlarmRule):
    rule: AlarmRule

    @property
    def alarms(self) -> tuple[NamedAlarm, ...]:
        return self.rule.alarms

    def to_text(self, name_of: Callable[[NamedAlarm], str]) -> str:
        return f"NOT {self.rule.to_text(name_of)}"
