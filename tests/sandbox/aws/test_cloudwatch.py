from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ALARM = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ModelLatency",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def cloudwatch(client: Callable[[str], Any]) -> Any:
    return client("cloudwatch")


def test_a_new_alarm_has_no_data(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"


def test_more_datapoints_than_periods_are_refused(cloudwatch: Any, name: str) -> None:
    with pytest.raises(ClientError, match="DatapointsToAlarm"):
        cloudwatch.put_metric_alarm(AlarmName=name, **ALARM, DatapointsToAlarm=4)


def test_an_alarm_without_threshold_is_refused(cloudwatch: Any, name: str) -> None:
    without = {key: value for key, value in ALARM.items() if key != "Threshold"}
    with pytest.raises(ClientError, match="Threshold"):
        cloudwatch.put_metric_alarm(AlarmName=name, **without)


def test_a_composite_alarm_combines_alarms_that_exist(cloudwatch: Any, name: str) -> None:
    rule = f'ALARM("{name}") AND NOT OK({name})'
    with pytest.raises(ClientError, match="do not exist"):
        cloudwatch.put_composite_alarm(AlarmName=f"{name}-any", AlarmRule=rule)
    cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    cloudwatch.put_composite_alarm(AlarmName=f"{name}-any", AlarmRule=rule)
    found = cloudwatch.describe_alarms(AlarmNames=[f"{name}-any"], AlarmTypes=["CompositeAlarm"])
    assert found["CompositeAlarms"][0]["AlarmRule"] == rule


def test_a_rule_without_alarms_is_refused(cloudwatch: Any, name: str) -> None:
    with pytest.raises(ClientError, match="syntax error"):
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule="nonsense")
