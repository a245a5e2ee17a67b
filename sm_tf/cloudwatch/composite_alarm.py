"""An alarm on the states of other alarms."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sm_tf.aws.api_rules import cloudwatch
from sm_tf.bindings.core import Construct, TerraformProvider
from sm_tf.bindings.resources import Place, place_of
from sm_tf.bindings.template import split
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.cloudwatch.alarm_rule import AlarmRule, NamedAlarm, as_rule
from sm_tf.cloudwatch.base_alarm import BaseAlarm, IAlarm, check_options
from sm_tf.foundation.checks import DurationLike, check_duration, seconds
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.location import check_account
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.tags import Tags

if TYPE_CHECKING:
    from sm_tf.bindings.aws import CloudwatchCompositeAlarm

_MAX_ALARMS, _MAX_ELEMENTS = 100, 500
_SUPPRESSOR_PERIOD = timedelta(minutes=1)


class CompositeAlarm(BaseAlarm):
    """A CloudWatch alarm that is in ALARM while a rule about other alarms holds.

    Args:
        rule: made by `all_of`, `any_of`, `not_` and `alarm.in_state(…)`; an alarm alone means that it is in
            ALARM. At most 100 alarms, composite ones too; 500 alarms and parentheses; 10,240 characters.
        alarm_name: 1 to 255 characters. Defaults to the construct's path.
        alarm_description: at most 1,024 characters. Notifications show it.
        alarm_actions: actions on going into ALARM: SNS topics, other resources with an `arn`, or ARNs, at
            most 5. Composite alarms can't start scaling policies.
        ok_actions: actions on going into OK.
        insufficient_data_actions: actions on going into INSUFFICIENT_DATA.
        actions_enabled: whether actions are taken. Defaults to true.
        actions_suppressor: an alarm that suppresses the actions while it is in ALARM. Defaults to none.
        actions_suppressor_wait_period: how long to wait for the suppressor to go into ALARM before taking
            actions, in whole seconds. Defaults to 1 minute.
        actions_suppressor_extension_period: how long to suppress actions after the suppressor has left ALARM,
            in whole seconds. Defaults to 1 minute.
        tags: for the alarm.
        provider: the AWS provider. Defaults to the scope's provider: the stack's default one, unless a
            construct around it was given another.

    Terraform updates the rule before it destroys an alarm that has left it. For this, Terraform creates the
    replacement of an alarm in a rule, and of everything that the alarm depends on, before it destroys the old
    one. So an alarm that starts a scaling policy can't be in a rule: Terraform would delete the replacement
    together with the old policy, since both have the same name.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html

    Raises:
        InvalidPropsError: values that CloudWatch would refuse, or an alarm that starts a scaling policy; all
            mistakes are listed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rule: AlarmRule | IAlarm,
        alarm_name: str | None = None,
        alarm_description: str | None = None,
        alarm_actions: Sequence[AlarmAction] = (),
        ok_actions: Sequence[AlarmAction] = (),
        insufficient_data_actions: Sequence[AlarmAction] = (),
        actions_enabled: bool | None = None,
        actions_suppressor: IAlarm | None = None,
        actions_suppressor_wait_period: DurationLike | None = None,
        actions_suppressor_extension_period: DurationLike | None = None,
        tags: Tags | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        place = place_of(scope).below(id, provider)
        where, region = place.path, Environment(place).known_region
        self.rule = as_rule(where, rule)
        options: dict[str, Any] = {
            "alarm_name": alarm_name,
            "alarm_description": alarm_description,
            "alarm_actions": alarm_actions,
            "ok_actions": ok_actions,
            "insufficient_data_actions": insufficient_data_actions,
            "actions_enabled": actions_enabled,
            "tags": tags,
        }
        suppression = {
            "wait_period": actions_suppressor_wait_period,
            "extension_period": actions_suppressor_extension_period,
        }
        in_rule = (*self.rule.alarms, actions_suppressor)
        self._created_before_destroyed = [alarm for alarm in in_rule if isinstance(alarm, BaseAlarm)]
        with checking(where) as check:
            check_options(check, scope, options, region)
            _check_rule(check, self.rule)
            _check_near(check, place, [alarm for alarm in in_rule if alarm is not None])
            self._check_at_synth(check)
            for name, period in suppression.items():
                argument = f"actions_suppressor_{name}"
                check.require(
                    period is None or actions_suppressor is not None, f"{argument} needs actions_suppressor"
                )
                rule_of_period = "0 seconds or more"
                check_duration(check, argument, period, timedelta(0), None, rule=rule_of_period)
        super().__init__(scope, id, options, provider)
        suppressor = None
        if actions_suppressor is not None:
            periods = {
                name: seconds(_SUPPRESSOR_PERIOD if given is None else given)
                for name, given in suppression.items()
            }
            suppressor = {"alarm": actions_suppressor.alarm_name, **periods}
        rule_text = self.rule.to_text(lambda alarm: alarm.alarm_name)
        values = {**options, "alarm_rule": rule_text, "actions_suppressor": suppressor}
        self._make("aws_cloudwatch_composite_alarm", values)
        for alarm in self._created_before_destroyed:
            alarm.create_before_destroy()

    @property
    def resource(self) -> "CloudwatchCompositeAlarm":
        """The provider's resource."""
        resource: CloudwatchCompositeAlarm = self._resource.object
        return resource

    def _check_at_synth(self, check: Checks) -> None:
        """Check that no alarm starts a scaling policy. Actions can be added until synth."""
        for alarm in self._created_before_destroyed:
            check.require(
                not alarm.starts_scaling,
                f"{alarm.path} starts a scaling policy. Terraform would replace the policy together with the "
                "alarm, and delete both policies, since they have the same name. Create a second alarm on "
                "the same metric, without the scaling policy, for this composite alarm",
            )


def _check_near(check: Checks, place: Place, alarms: Sequence[NamedAlarm]) -> None:
    """Check that alarms are in the composite alarm's region and account.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    region = Environment(place).known_region
    for alarm in alarms:
        theirs = getattr(alarm, "known_region", None)
        check.require(
            region is None or theirs is None or region == theirs,
            f"{alarm!r} is in {theirs}, and this alarm in {region}; CloudWatch needs both in one region",
        )
        check_account(check, place, repr(alarm), getattr(alarm, "known_account", None))


def _check_rule(check: Checks, rule: AlarmRule) -> None:
    names = sorted({alarm.literal_name for alarm in rule.alarms})
    check.require(
        len(names) <= _MAX_ALARMS, f"rule has {len(names)} alarms; at most {_MAX_ALARMS} are allowed"
    )
    elements = rule.to_text(lambda _: "").count("(")
    check.require(
        elements <= _MAX_ELEMENTS,
        f"rule has {elements} alarms and parentheses; at most {_MAX_ELEMENTS} are allowed",
    )
    text = rule.to_text(lambda alarm: alarm.literal_name)
    check_text_rule(check, "rule", text, cloudwatch("AlarmRule"))
    for name in names:
        check.require(
            not any('"' in literal for literal in split(name)[::2]),
            f"alarm_name {name!r} has a quotation mark, which a rule can't contain",
        )
