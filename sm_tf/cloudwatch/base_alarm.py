"""The common part of metric alarms and composite alarms: name, actions, imports."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sm_tf.aws.api_rules import cloudwatch
from sm_tf.bindings.core import Construct, Fn, TerraformProvider
from sm_tf.bindings.resources import Join, Map, Resource, Stack, place_of
from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.cloudwatch.alarm_actions import AlarmAction, AlarmActions
from sm_tf.cloudwatch.alarm_rule import AlarmRule, AlarmState, InState
from sm_tf.foundation.arn import arn_fields, arn_form
from sm_tf.foundation.claimed_names import claim_name
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import DRAWN_LENGTH, new_name, readable_name
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.texts import check_text

_STATES = ("alarm_actions", "ok_actions", "insufficient_data_actions")
_MAX_NAME = 255
_ARN = arn_form("cloudwatch", f"alarm:.{{1,{_MAX_NAME}}}")
_NAMED = re.compile("[^:]+(?::[^:]+)*?:alarm:(.+)")


class IAlarm(SmTfConstruct):
    """An alarm, made here or imported. In a rule it means that the alarm is in ALARM."""

    alarm_arn: str
    """The alarm's ARN."""
    alarm_name: str
    """The alarm's name."""
    literal_name: str
    """The name where it is known at synth, else an expression."""
    known_region: str | None = None
    """The alarm's region if it is known at synth, otherwise None."""
    known_account: str | None = None
    """The alarm's account if it is known at synth, otherwise None."""

    @property
    def known_name(self) -> str:
        """The former name of `literal_name`."""
        return self.literal_name

    def in_state(self, state: AlarmState) -> AlarmRule:
        """A rule for a composite alarm: this alarm is in this state."""
        return InState(self, state)


class BaseAlarm(IAlarm):
    """An alarm that is made here: its name and its actions."""

    _resource: Resource

    def __init__(
        self,
        scope: Construct,
        id: str,
        options: Mapping[str, Any],
        provider: TerraformProvider | None = None,
    ) -> None:
        """Make the construct, of options that `check_options` has found no fault with."""
        super().__init__(scope, id, provider)
        environment = Environment(self)
        self.known_region, self.known_account = environment.known_region, environment.known_account
        given: str | None = options.get("alarm_name")
        self.literal_name = given or readable_name(self, limit=_MAX_NAME)
        self._drawn_name = given or new_name(readable_name(self, limit=_MAX_NAME - DRAWN_LENGTH - 1))
        self._is_in_rule = False
        alarms_in(self.place.stack).append(self)
        claim_name(self.place, "alarm", self._name, argument="alarm_name")
        self._actions = {
            name: AlarmActions(self, name).with_(Checks(), options.get(name) or ()) for name in _STATES
        }

    @staticmethod
    def from_alarm_arn(
        scope: Construct, id: str, alarm_arn: str, *, provider: TerraformProvider | None = None
    ) -> IAlarm:
        """An alarm that is owned elsewhere, by its ARN.

        Raises:
            InvalidPropsError: not the ARN of an alarm.
        """
        with checking(place_of(scope).below(id).path) as check:
            form = "arn:<partition>:cloudwatch:<region>:<account>:alarm:<name>"
            check_text(check, "", alarm_arn, _ARN, f"is not the ARN of an alarm; it has the form {form}")
        (name,) = groups(_NAMED, alarm_arn) or (Fn.element(Fn.split(":alarm:", as_token(alarm_arn)), 1),)
        return _ImportedAlarm(scope, id, alarm_arn, name, provider)

    @staticmethod
    def from_alarm_name(
        scope: Construct, id: str, alarm_name: str, *, provider: TerraformProvider | None = None
    ) -> IAlarm:
        """An alarm that is owned elsewhere, by its name in the provider's region and account.

        Raises:
            InvalidPropsError: a name that CloudWatch doesn't allow.
        """
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check_alarm_name(check, alarm_name)
        arn = Environment(place).arn("cloudwatch", f"alarm:{alarm_name}")
        return _ImportedAlarm(scope, id, arn, alarm_name, provider)

    def add_alarm_action(self, *actions: AlarmAction) -> None:
        """Add actions for going into ALARM: an SNS topic, another resource with an `arn`, or an ARN.

        CloudWatch takes at most 5 actions a state. A Lambda function also needs a permission for the
        principal `lambda.alarms.cloudwatch.amazonaws.com`.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html

        Raises:
            InvalidPropsError: something else, or too many.
        """
        self._add("alarm_actions", actions)

    def add_ok_action(self, *actions: AlarmAction) -> None:
        """Add actions for going into OK; see `add_alarm_action`."""
        self._add("ok_actions", actions)

    def add_insufficient_data_action(self, *actions: AlarmAction) -> None:
        """Add actions for going into INSUFFICIENT_DATA; see `add_alarm_action`."""
        self._add("insufficient_data_actions", actions)

    @property
    def starts_scaling(self) -> bool:
        """Whether the alarm starts a scaling policy that Terraform creates."""
        return self._actions["alarm_actions"].start_scaling

    def create_before_destroy(self) -> None:
        """Let Terraform update a rule before it destroys the alarm, since CloudWatch refuses to delete an
        alarm that a rule names.
        """
        self._is_in_rule = True

    def _add(self, name: str, actions: Iterable[AlarmAction]) -> None:
        with checking(self.path) as check:
            added = self._actions[name].with_(check, actions, self.known_region)
        self._actions[name] = added

    def _make(self, type: str, values: Mapping[str, Any]) -> None:
        self._fixed_values = {name: value for name, value in values.items() if name not in _STATES}
        self._resource = Resource(self, "Resource", type, self._values, attributes=("arn", "alarm_name"))
        self.alarm_arn = self._resource["arn"]
        self.alarm_name = self._resource["alarm_name"]

    def _values(self) -> dict[str, Any]:
        tags = self._fixed_values.get("tags")
        return {
            **self._fixed_values,
            **{name: actions.arns for name, actions in self._actions.items()},
            "alarm_name": self._name(),
            "tags": Map(tags) if tags else None,
            "lifecycle": self._lifecycle(),
        }

    def _name(self) -> str | Join:
        return self._drawn_name if self._is_in_rule else self.literal_name

    def _lifecycle(self) -> dict[str, Any] | None:
        if not self._is_in_rule:
            return None
        is_drawn = not isinstance(self._drawn_name, str)
        return {"create_before_destroy": True, "ignore_changes": ["alarm_name"] if is_drawn else None}


def alarms_in(stack: Stack) -> "list[BaseAlarm]":
    """The alarms that were made in a stack, in the order in which they were made."""
    alarms: list[BaseAlarm] = stack.once().setdefault(BaseAlarm, [])
    return alarms


def check_options(
    check: Checks,
    scope: Construct,
    options: Mapping[str, Any],
    region: str | None,
) -> None:
    """Note what is wrong with an alarm's name, description and actions. `region` is the alarm's, if known."""
    check_alarm_name(check, options.get("alarm_name"))
    description = options.get("alarm_description")
    check_text_rule(check, "alarm_description", description, cloudwatch("AlarmDescription"))
    for name in _STATES:
        AlarmActions(scope, name).with_(check, options.get(name) or (), region)


class _ImportedAlarm(IAlarm):
    def __init__(
        self,
        scope: Construct,
        id: str,
        alarm_arn: str,
        alarm_name: str,
        provider: TerraformProvider | None,
    ) -> None:
        super().__init__(scope, id, provider)
        self.alarm_arn = alarm_arn
        self.alarm_name = self.literal_name = alarm_name
        region, account, _ = arn_fields(alarm_arn) or (None, None, None)
        self.known_region = region if region and is_known(region) else None
        self.known_account = account if account and is_known(account) else None


def check_alarm_name(check: Checks, name: str | None) -> None:
    """Note if CloudWatch doesn't allow a name; None passes."""
    check_text_rule(check, "alarm_name", name, cloudwatch("AlarmName"))
