from datetime import timedelta

import pytest
from cdktf import TerraformVariable

from sm_tf import ComparisonOperator, InvalidPropsError, Metric, TreatMissingData

ALARM = "aws_cloudwatch_metric_alarm"


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


def test_tells_its_arn_and_name(create) -> None:
    alarm = create()
    assert "${TfToken" in alarm.alarm_arn
    assert "${TfToken" in alarm.alarm_name


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
        ({"evaluation_periods": None}, "evaluation_periods is missing"),
        ({"evaluation_periods": 0}, "evaluation_periods 0 must be a whole number, 1 or more"),
        ({"evaluation_periods": 1.5}, "evaluation_periods 1.5 must be a whole number"),
        ({"evaluation_periods": 289}, "evaluation_periods 289 of 0:05:00 are longer than 1 day(s)"),
        ({"evaluation_periods": 10**15}, "are longer than 1 day(s)"),
        ({"datapoints_to_alarm": 4}, "datapoints_to_alarm 4 is above evaluation_periods 3"),
        ({"datapoints_to_alarm": 0}, "datapoints_to_alarm 0 must be a whole number, 1 or more"),
        ({"alarm_name": ""}, "alarm_name '' must have 1 to 255 characters"),
        ({"alarm_name": "x" * 256}, "must have 1 to 255 characters"),
        (
            {"comparison_operator": ">="},
            "comparison_operator '>=' must be one of GreaterThanOrEqualToThreshold",
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


def test_a_week_for_periods_of_an_hour(stack, synth, create) -> None:
    create(metric=Metric(namespace="C", metric_name="T", period=timedelta(hours=1)), evaluation_periods=168)
    assert synth(stack).only(ALARM)["evaluation_periods"] == 168


def test_percentile_evaluation_needs_a_percentile(create) -> None:
    with pytest.raises(InvalidPropsError, match="needs a percentile as the metric's statistic"):
        create(metric=Metric(namespace="C", metric_name="T"), evaluate_low_sample_count_percentile="ignore")
