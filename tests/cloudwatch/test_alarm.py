from datetime import timedelta

import pytest
from cdktf import Fn, TerraformVariable
from cdktf_cdktf_provider_aws.appautoscaling_policy import AppautoscalingPolicy
from cdktf_cdktf_provider_aws.data_aws_sns_topic import DataAwsSnsTopic
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    Alarm,
    AnomalyDetectionAlarm,
    ComparisonOperator,
    Dashboard,
    GraphWidget,
    InvalidPropsError,
    Metric,
    TreatMissingData,
)

ALARM = "aws_cloudwatch_metric_alarm"
ARN = "arn:aws:sns:eu-west-1:123456789012:topic"


@pytest.fixture
def create(stack):
    def make(id="Alarm", metric=None, **options):
        metric = metric or Metric(namespace="Custom", metric_name="Tokens", statistic="p99")
        return metric.create_alarm(stack, id, **{"threshold": 1, "evaluation_periods": 3, **options})

    return make


def test_everything_can_be_set(stack, synth, create) -> None:
    create(
        comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
        datapoints_to_alarm=2,
        treat_missing_data=TreatMissingData.BREACHING,
        alarm_name="mine",
        alarm_description="why",
        actions_enabled=False,
        evaluate_low_sample_count_percentile="ignore",
        alarm_actions=["arn:aws:sns:eu-west-1:123456789012:a"],
        ok_actions=["${var.topic}"],
        insufficient_data_actions=["arn:aws:sns:eu-west-1:123456789012:c"],
        tags={"team": "ml"},
    )
    assert synth(stack).only(ALARM) == {
        "alarm_name": "mine",
        "alarm_description": "why",
        "namespace": "Custom",
        "metric_name": "Tokens",
        "extended_statistic": "p99",
        "period": 300,
        "threshold": 1,
        "evaluation_periods": 3,
        "datapoints_to_alarm": 2,
        "comparison_operator": "LessThanThreshold",
        "treat_missing_data": "breaching",
        "actions_enabled": False,
        "evaluate_low_sample_count_percentiles": "ignore",
        "alarm_actions": ["arn:aws:sns:eu-west-1:123456789012:a"],
        "ok_actions": ["${var.topic}"],
        "insufficient_data_actions": ["arn:aws:sns:eu-west-1:123456789012:c"],
        "tags": {"team": "ml"},
    }


def test_takes_expressions(stack, synth, create) -> None:
    number = TerraformVariable(stack, "number", type="number").number_value
    create(
        threshold=number,
        evaluation_periods="${var.periods}",
        datapoints_to_alarm=number,
        alarm_name="${var.name}",
    )
    alarm = synth(stack).only(ALARM)
    assert (alarm["threshold"], alarm["datapoints_to_alarm"]) == ("${var.number}", "${var.number}")
    assert (alarm["evaluation_periods"], alarm["alarm_name"]) == ("${var.periods}", "${var.name}")


def test_a_negative_threshold_is_one(stack, synth, create) -> None:
    create(threshold=-1.5)
    assert synth(stack).only(ALARM)["threshold"] == -1.5


def test_tells_its_arn_and_name_and_what_it_watches(create) -> None:
    metric = Metric(namespace="Custom", metric_name="Tokens")
    alarm = create(metric=metric, threshold=7)
    assert "${TfToken" in alarm.alarm_arn
    assert "${TfToken" in alarm.alarm_name
    assert (alarm.metric, alarm.threshold) == (metric, 7)
    assert alarm.comparison_operator is ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


def test_actions_are_what_has_an_arn(stack, synth, create) -> None:
    topic = SnsTopic(stack, "Topic")
    found = DataAwsSnsTopic(stack, "Found", name="ops")
    policy = AppautoscalingPolicy(
        stack, "Policy", name="p", resource_id="r", scalable_dimension="d", service_namespace="sagemaker"
    )
    create(alarm_actions=[topic, found, policy, ARN, "${var.topic}"])
    assert synth(stack).only(ALARM)["alarm_actions"] == [
        "${aws_sns_topic.Topic.arn}",
        "${data.aws_sns_topic.Found.arn}",
        "${aws_appautoscaling_policy.Policy.arn}",
        ARN,
        "${var.topic}",
    ]


def test_actions_are_added_later_and_counted_once(stack, synth, create) -> None:
    topic = SnsTopic(stack, "Topic")
    alarm = create(alarm_actions=[topic], ok_actions=[ARN])
    alarm.add_alarm_action(topic, topic.arn, ARN)
    alarm.add_alarm_action(ARN)
    alarm.add_ok_action(topic)
    alarm.add_insufficient_data_action(ARN)
    content = synth(stack).only(ALARM)
    assert content["alarm_actions"] == ["${aws_sns_topic.Topic.arn}", ARN]
    assert content["ok_actions"] == [ARN, "${aws_sns_topic.Topic.arn}"]
    assert content["insufficient_data_actions"] == [ARN]


def test_a_list_of_actions_that_terraform_knows(stack, synth, create) -> None:
    topics = TerraformVariable(stack, "topics", type="list(string)").list_value
    alarm = create(alarm_actions=topics)
    assert synth(stack).only(ALARM)["alarm_actions"] == "${var.topics}"
    with pytest.raises(InvalidPropsError, match="a list that only Terraform knows can't be joined"):
        alarm.add_alarm_action(ARN)


def test_five_actions_a_state(create) -> None:
    alarm = create(alarm_actions=[f"{ARN}{number}" for number in range(5)])
    alarm.add_ok_action(*(f"{ARN}{number}" for number in range(5)))
    with pytest.raises(
        InvalidPropsError, match="demo/Alarm: alarm_actions has 6 actions; AWS takes at most 5"
    ):
        alarm.add_alarm_action(f"{ARN}5")


@pytest.mark.parametrize("action", ["ops", ""])
def test_what_has_no_arn_is_no_action(create, action) -> None:
    with pytest.raises(InvalidPropsError, match=r"ok_actions: .* must be an ARN, or a resource that has one"):
        create(ok_actions=[action])


@pytest.mark.parametrize("action", [5, None, Metric(namespace="C", metric_name="T")])
def test_other_values_are_no_actions(create, action) -> None:
    with pytest.raises(InvalidPropsError, match=r"ok_actions\[0\] is .*; pass a string or a resource or"):
        create(ok_actions=[action])


@pytest.mark.parametrize("name", ["ops", "two words: (with) signs/…", "${var.name}"])
def test_is_imported_by_its_name(stack, name) -> None:
    alarm = Alarm.from_alarm_name(stack, "Imported", name)
    assert alarm.alarm_name == name
    assert alarm.alarm_arn.startswith("arn:aws:cloudwatch:eu-west-1:${TfToken")
    assert alarm.alarm_arn.endswith(f":alarm:{name}")


def test_is_imported_by_its_arn(stack) -> None:
    arn = "arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a:b c"
    alarm = Alarm.from_alarm_arn(stack, "Imported", arn)
    assert (alarm.alarm_arn, alarm.alarm_name) == (arn, "a:b c")


def test_an_arn_that_terraform_knows_is_split_by_it(stack, synth) -> None:
    alarm = Alarm.from_alarm_arn(stack, "Imported", "${var.arn}")
    Metric(namespace="C", metric_name="T").create_alarm(
        stack, "Alarm", threshold=1, evaluation_periods=1, alarm_description=Fn.upper(alarm.alarm_name)
    )
    description = synth(stack).only(ALARM)["alarm_description"]
    assert 'split(":alarm:", var.arn)' in description.replace("\\", "")


@pytest.mark.parametrize(
    "arn",
    ["ops", "arn:aws:sns:eu-west-1:123456789012:ops", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"],
)
def test_another_arn_is_no_alarm(stack, arn) -> None:
    with pytest.raises(InvalidPropsError, match=f"demo/Imported: '{arn}' is not the ARN of an alarm"):
        Alarm.from_alarm_arn(stack, "Imported", arn)


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_that_no_alarm_has_is_not_imported(stack, name) -> None:
    with pytest.raises(
        InvalidPropsError, match=r"demo/Imported: alarm_name .* (must have 1 to 255|AWS takes at most 255)"
    ):
        Alarm.from_alarm_name(stack, "Imported", name)


def test_a_label_gives_the_long_form(stack, synth, create) -> None:
    create(metric=Metric(namespace="Custom", metric_name="Tokens", label="Tokens"))
    alarm = synth(stack).only(ALARM)
    assert alarm["metric_query"][0]["metric"]["metric_name"] == "Tokens"
    assert "metric_name" not in alarm


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"threshold": None}, "threshold None must be a number in the metric's unit"),
        ({"threshold": "1"}, "threshold '1' must be a number"),
        ({"threshold": True}, "threshold True must be a number"),
        ({"threshold": float("nan")}, "threshold nan must be a number"),
        ({"threshold": float("inf")}, "threshold inf must be a number"),
        ({"evaluation_periods": None}, "evaluation_periods None must be a whole number"),
        ({"evaluation_periods": 0}, "evaluation_periods 0 must be a whole number, 1 or more"),
        ({"evaluation_periods": 1.5}, "evaluation_periods 1.5 must be a whole number"),
        ({"evaluation_periods": 289}, "evaluation_periods 289 of 0:05:00 are longer than 1 day(s)"),
        ({"evaluation_periods": 10**15}, "are longer than 1 day(s)"),
        ({"datapoints_to_alarm": 4}, "datapoints_to_alarm 4 is above evaluation_periods 3"),
        ({"datapoints_to_alarm": 0}, "datapoints_to_alarm 0 must be a whole number, 1 or more"),
        ({"alarm_description": "x" * 1025}, "has 1025 characters; AWS takes at most 1024"),
        ({"alarm_name": ""}, "alarm_name '' must have 1 to 255 characters"),
        ({"alarm_name": "x" * 256}, "AWS takes at most 255"),
        (
            {"comparison_operator": ">="},
            "comparison_operator '>=' must be one of GreaterThanOrEqualToThreshold",
        ),
        (
            {"comparison_operator": ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD},
            "comparison_operator 'GreaterThanUpperThreshold' needs a band; pass Metric.anomaly_detection_for",
        ),
        (
            {"treat_missing_data": "x"},
            "treat_missing_data 'x' must be one of breaching, notBreaching, ignore",
        ),
        ({"evaluate_low_sample_count_percentile": "x"}, "percentile 'x' must be 'evaluate' or 'ignore'"),
    ],
)
def test_is_refused(create, options, told) -> None:
    with pytest.raises(InvalidPropsError, match="demo/Alarm: ") as caught:
        create(**options)
    (problem,) = caught.value.problems
    assert told in problem


def test_a_period_that_no_alarm_takes_is_refused(create) -> None:
    metric = Metric(namespace="Custom", metric_name="Tokens", period=timedelta(seconds=5))
    with pytest.raises(
        InvalidPropsError, match="the metric's period is 0:00:05; an alarm needs 10, 20 or 30 seconds"
    ):
        create(metric=metric)


@pytest.mark.parametrize("statistic", ["p99.999", "tm99.1234567"])
def test_a_statistic_with_too_many_decimals_is_refused(create, statistic) -> None:
    metric = Metric(namespace="Custom", metric_name="Tokens", statistic=statistic)
    with pytest.raises(
        InvalidPropsError, match=rf"the metric's statistic is {statistic}; an alarm takes two decimals"
    ):
        create(metric=metric)
    create("Other", metric=metric.with_(statistic="p99.99"))


def test_a_week_for_periods_of_an_hour(stack, synth, create) -> None:
    create(metric=Metric(namespace="C", metric_name="T", period=timedelta(hours=1)), evaluation_periods=168)
    assert synth(stack).only(ALARM)["evaluation_periods"] == 168


def test_percentile_evaluation_needs_a_percentile(create) -> None:
    with pytest.raises(InvalidPropsError, match="needs a percentile as the metric's statistic"):
        create(metric=Metric(namespace="C", metric_name="T"), evaluate_low_sample_count_percentile="ignore")


class TestAnnotation:
    def test_is_a_line_at_the_threshold(self, create) -> None:
        operator = ComparisonOperator.LESS_THAN_THRESHOLD
        line = create(threshold=100, comparison_operator=operator).to_annotation()
        assert (line.value, line.label) == (100, "Tokens < 100")

    def test_has_the_label_of_the_metric(self, create) -> None:
        metric = Metric(namespace="Custom", metric_name="Tokens", label="Tokens a minute")
        assert create(metric=metric, threshold=1.5).to_annotation().label == "Tokens a minute >= 1.5"

    def test_may_be_an_expression(self, stack, synth, create) -> None:
        limit = TerraformVariable(stack, "limit", type="number").number_value
        alarm = create(threshold=limit)
        graph = GraphWidget(left=[alarm.metric], left_annotations=[alarm.to_annotation()])
        Dashboard(stack, "Dashboard", widgets=[[graph]])
        body = synth(stack).only("aws_cloudwatch_dashboard")["dashboard_body"]
        assert "Tokens >= ${var.limit}" in body

    def test_a_band_has_none(self, stack) -> None:
        metric = Metric(namespace="Custom", metric_name="Tokens")
        alarm = AnomalyDetectionAlarm(stack, "Odd", metric=metric, evaluation_periods=1)
        with pytest.raises(
            InvalidPropsError, match="it has a band of expected values instead of a threshold"
        ):
            alarm.to_annotation()
