from datetime import timedelta

import pytest

from sm_tf import (
    Alarm,
    AnomalyDetectionAlarm,
    ComparisonOperator,
    InvalidPropsError,
    MathExpression,
    Metric,
)

ALARM = "aws_cloudwatch_metric_alarm"
CALLS = Metric(namespace="Custom", metric_name="Calls", statistic="Sum", period=timedelta(minutes=1))
ERRORS = CALLS.with_()


def test_compares_the_metric_with_its_band(stack, synth) -> None:
    AnomalyDetectionAlarm(stack, "Alarm", metric=CALLS, evaluation_periods=3, std_devs=2.5)
    alarm = synth(stack).only(ALARM)
    assert alarm == {
        "alarm_name": "demo-alarm",
        "comparison_operator": "LessThanLowerOrGreaterThanUpperThreshold",
        "evaluation_periods": 3,
        "threshold_metric_id": "expr_1",
        "metric_query": [
            {"id": "expr_1", "expression": "ANOMALY_DETECTION_BAND(m0, 2.5)", "return_data": True},
            {
                "id": "m0",
                "metric": {"metric_name": "Calls", "namespace": "Custom", "period": 60, "stat": "Sum"},
                "return_data": True,
            },
        ],
    }


@pytest.mark.parametrize(
    "operator",
    [ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD, ComparisonOperator.LESS_THAN_LOWER_THRESHOLD],
)
def test_one_side_of_the_band(stack, synth, operator) -> None:
    AnomalyDetectionAlarm(stack, "Alarm", metric=CALLS, evaluation_periods=1, comparison_operator=operator)
    assert synth(stack).only(ALARM)["comparison_operator"] == operator


def test_the_band_of_an_expression(stack, synth) -> None:
    rate = MathExpression(expression="calls / PERIOD(calls)", using_metrics={"calls": CALLS})
    AnomalyDetectionAlarm(stack, "Alarm", metric=rate, evaluation_periods=1)
    queries = synth(stack).only(ALARM)["metric_query"]
    assert [(query["id"], query["return_data"]) for query in queries] == [
        ("expr_1", True),
        ("calls", False),
        ("m0", True),
    ]


def test_a_band_may_be_written_by_hand(stack, synth) -> None:
    band = MathExpression(expression="ANOMALY_DETECTION_BAND(calls)", using_metrics={"calls": CALLS})
    alarm = band.create_alarm(stack, "Alarm", evaluation_periods=1)
    assert isinstance(alarm, Alarm)
    assert alarm.comparison_operator == "LessThanLowerOrGreaterThanUpperThreshold"
    assert synth(stack).only(ALARM)["threshold_metric_id"] == "expr_1"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"threshold": 5}, "threshold 5 is given; the band is the threshold"),
        (
            {"comparison_operator": ComparisonOperator.GREATER_THAN_THRESHOLD},
            "comparison_operator 'GreaterThanThreshold' can't be used with a band; choose one of "
            "LessThanLowerOrGreaterThanUpperThreshold, GreaterThanUpperThreshold, LessThanLowerThreshold",
        ),
        ({"std_devs": 0}, "std_devs 0 must be a number above 0"),
    ],
)
def test_is_refused(stack, options, told) -> None:
    with pytest.raises(InvalidPropsError) as caught:
        AnomalyDetectionAlarm(stack, "Alarm", metric=CALLS, **{"evaluation_periods": 1, **options})
    (problem,) = caught.value.problems
    assert told in problem
