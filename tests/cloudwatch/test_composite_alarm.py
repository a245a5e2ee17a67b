from datetime import timedelta

import pytest
from cdktf_cdktf_provider_aws.appautoscaling_policy import AppautoscalingPolicy
from cdktf_cdktf_provider_aws.autoscaling_policy import AutoscalingPolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    Alarm,
    AlarmState,
    CompositeAlarm,
    InvalidPropsError,
    Metric,
    ScalingInterval,
    all_of,
    any_of,
    not_,
)

METRIC_ALARM, COMPOSITE = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"
ARN = "arn:aws:sns:eu-west-1:123456789012:topic"


@pytest.fixture
def alarm(stack):
    def make(id, **options):
        metric = Metric(namespace="Custom", metric_name=id)
        return metric.create_alarm(stack, id, threshold=1, evaluation_periods=1, **options)

    return make


def test_everything_can_be_set(stack, synth, alarm) -> None:
    CompositeAlarm(
        stack,
        "Any",
        rule=any_of(alarm("A"), alarm("B").in_state(AlarmState.INSUFFICIENT_DATA)),
        alarm_name="mine",
        alarm_description="why",
        alarm_actions=[SnsTopic(stack, "Topic")],
        ok_actions=[ARN],
        insufficient_data_actions=["${var.topic}"],
        actions_enabled=False,
        actions_suppressor=Alarm.from_alarm_name(stack, "Deploying", "deploying"),
        actions_suppressor_wait_period=timedelta(0),
        actions_suppressor_extension_period=timedelta(minutes=2),
        tags={"team": "ml"},
    )
    assert synth(stack).only(COMPOSITE) == {
        "alarm_name": "mine",
        "alarm_description": "why",
        "alarm_rule": (
            '(ALARM("${aws_cloudwatch_metric_alarm.A_CCC8ACD5.alarm_name}") OR '
            'INSUFFICIENT_DATA("${aws_cloudwatch_metric_alarm.B_08E7C7AF.alarm_name}"))'
        ),
        "alarm_actions": ["${aws_sns_topic.Topic.arn}"],
        "ok_actions": [ARN],
        "insufficient_data_actions": ["${var.topic}"],
        "actions_enabled": False,
        "actions_suppressor": {"alarm": "deploying", "wait_period": 0, "extension_period": 120},
        "tags": {"team": "ml"},
    }


def test_an_alarm_alone_is_a_rule(stack, synth) -> None:
    CompositeAlarm(stack, "Any", rule=Alarm.from_alarm_name(stack, "Ops", "ops (eu)"))
    assert synth(stack).only(COMPOSITE) == {"alarm_name": "demo-any", "alarm_rule": 'ALARM("ops (eu)")'}


def test_a_composite_alarm_is_in_a_rule(stack, synth, alarm) -> None:
    inner = CompositeAlarm(stack, "Inner", rule=alarm("A"))
    CompositeAlarm(stack, "Outer", rule=not_(inner))
    outer = synth(stack).named(COMPOSITE, "Outer")
    assert outer["alarm_rule"].startswith('NOT ALARM("${aws_cloudwatch_composite_alarm.Inner')


def test_a_suppressor_waits_a_minute(stack, synth, alarm) -> None:
    CompositeAlarm(stack, "Any", rule=alarm("A"), actions_suppressor=alarm("B"))
    suppressor = synth(stack).only(COMPOSITE)["actions_suppressor"]
    assert suppressor["alarm"].startswith("${aws_cloudwatch_metric_alarm.B")
    assert (suppressor["wait_period"], suppressor["extension_period"]) == (60, 60)


def test_actions_are_added_later(stack, synth, alarm) -> None:
    composite = CompositeAlarm(stack, "Any", rule=alarm("A"))
    composite.add_alarm_action(ARN)
    composite.add_ok_action(ARN, ARN)
    content = synth(stack).only(COMPOSITE)
    assert (content["alarm_actions"], content["ok_actions"]) == ([ARN], [ARN])


def test_an_alarm_is_destroyed_after_the_rule_has_forgotten_it(stack, synth, alarm) -> None:
    inner = CompositeAlarm(stack, "Inner", rule=alarm("A"), actions_suppressor=alarm("B"))
    CompositeAlarm(stack, "Outer", rule=inner)
    alarm("Alone")
    content = synth(stack)
    kept = [content.named(METRIC_ALARM, "A_"), content.named(METRIC_ALARM, "B_")]
    kept.append(content.named(COMPOSITE, "Inner"))
    expected = {"create_before_destroy": True, "ignore_changes": ["alarm_name"]}
    assert [found["lifecycle"] for found in kept] == [expected] * 3
    assert all(found["alarm_name"].endswith("-${substr(uuid(), 0, 8)}") for found in kept)
    assert "lifecycle" not in content.named(METRIC_ALARM, "Alone")
    assert "lifecycle" not in content.named(COMPOSITE, "Outer")


def imported(stack, count, length=9):
    names = [f"{number:0{length}}" for number in range(count)]
    return [Alarm.from_alarm_name(stack, name[-9:], name) for name in names]


def test_a_rule_is_about_a_hundred_alarms(stack) -> None:
    alarms = imported(stack, 101)
    rule = all_of(*alarms[:100], *(alarm.in_state(AlarmState.OK) for alarm in alarms[:100]))
    CompositeAlarm(stack, "Hundred", rule=rule)
    with pytest.raises(InvalidPropsError, match="rule has 101 alarms; at most 100 are allowed"):
        CompositeAlarm(stack, "More", rule=all_of(*alarms))


def test_a_rule_has_a_limited_length(stack) -> None:
    # Each alarm adds its 200 characters, and 13 more: `ALARM("")` and ` OR `.
    alarms = imported(stack, 49, 200)
    CompositeAlarm(stack, "Short", rule=any_of(*alarms[:48]))
    with pytest.raises(InvalidPropsError, match="has 10435 characters; AWS takes at most 10240"):
        CompositeAlarm(stack, "Long", rule=any_of(*alarms))


def test_a_rule_has_a_limited_number_of_elements(stack) -> None:
    (one,) = imported(stack, 1, 1)
    CompositeAlarm(stack, "Few", rule=any_of(*[one] * 499))
    with pytest.raises(InvalidPropsError, match="rule has 501 alarms and parentheses; at most 500"):
        CompositeAlarm(stack, "Many", rule=any_of(*[one] * 500))


def test_a_name_that_terraform_knows_is_not_counted(stack) -> None:
    name = "${var." + "x" * 11_000 + "}"
    CompositeAlarm(stack, "Any", rule=Alarm.from_alarm_name(stack, "Ops", name))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rule": "ALARM(a)"}, "rule is 'ALARM(a)'; pass an AlarmRule or an Alarm"),
        ({"alarm_name": ""}, "alarm_name '' must have 1 to 255 characters"),
        ({"alarm_description": "x" * 1025}, "has 1025 characters"),
        ({"alarm_actions": ["ops"]}, "alarm_actions: 'ops' must be an ARN, or a resource that has one"),
        ({"ok_actions": [f"{ARN}{number}" for number in range(6)]}, "ok_actions has 6 actions"),
        (
            {"actions_suppressor_wait_period": timedelta(minutes=1)},
            "actions_suppressor_wait_period needs actions_suppressor",
        ),
        (
            {"actions_suppressor_extension_period": timedelta(minutes=1)},
            "actions_suppressor_extension_period needs actions_suppressor",
        ),
    ],
)
def test_is_refused(stack, alarm, options, told) -> None:
    with pytest.raises(InvalidPropsError, match="demo/Any: ") as caught:
        CompositeAlarm(stack, "Any", **{"rule": alarm("A"), **options})
    (problem,) = caught.value.problems
    assert told in problem


@pytest.mark.parametrize("period", [timedelta(seconds=-1), timedelta(seconds=1.5)])
def test_a_suppressor_waits_whole_seconds(stack, alarm, period) -> None:
    with pytest.raises(InvalidPropsError, match=r"actions_suppressor_wait_period .* 0 seconds or more"):
        CompositeAlarm(
            stack,
            "Any",
            rule=alarm("A"),
            actions_suppressor=alarm("B"),
            actions_suppressor_wait_period=period,
        )


def test_a_name_with_a_quotation_mark_fits_in_no_rule(stack) -> None:
    with pytest.raises(InvalidPropsError, match="alarm_name 'a\"b' has a quotation mark, which a rule can't"):
        CompositeAlarm(stack, "Any", rule=Alarm.from_alarm_name(stack, "Ops", 'a"b'))


def test_an_alarm_that_starts_a_scaling_policy_is_refused(stack, new_endpoint) -> None:
    variant = new_endpoint().find_instance_production_variant("main")
    steps = variant.auto_scale_instance_count(max_capacity=3).scale_on_metric(
        "Steps",
        metric=variant.metric_model_latency(),
        scaling_steps=[ScalingInterval(upper=100, change=-1), ScalingInterval(lower=500, change=1)],
    )
    quiet = Alarm.from_alarm_name(stack, "Quiet", "quiet")
    for given in ({"rule": steps.lower_alarm}, {"rule": quiet, "actions_suppressor": steps.lower_alarm}):
        with pytest.raises(InvalidPropsError, match="LowerAlarm starts a scaling policy") as refused:
            CompositeAlarm(stack, "Any", **given)
        assert refused.value.where == "demo/Any"
    assert CompositeAlarm(stack, "Any", rule=quiet).path == "demo/Any"


@pytest.mark.parametrize("kind", ["Target", "Group"])
def test_a_scaling_policy_that_is_added_later_is_refused_at_synth(stack, synth, alarm, kind) -> None:
    policies = {
        "Target": lambda: AppautoscalingPolicy(
            stack, "Policy", name="p", resource_id="r", scalable_dimension="d", service_namespace="sagemaker"
        ),
        "Group": lambda: AutoscalingPolicy(stack, "Policy", name="p", autoscaling_group_name="g"),
    }
    in_rule = alarm("A")
    CompositeAlarm(stack, "Any", rule=in_rule)
    in_rule.add_alarm_action(policies[kind]())
    with pytest.raises(Exception, match=r"\[demo/Any\] demo/A starts a scaling policy"):
        synth(stack)


def test_a_scaling_policy_of_others_may_be_an_action_in_a_rule(stack, synth, alarm) -> None:
    arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/sagemaker/r:policyName/p"
    CompositeAlarm(stack, "Any", rule=alarm("A", alarm_actions=[arn]))
    assert synth(stack).only(METRIC_ALARM)["alarm_actions"] == [arn]
