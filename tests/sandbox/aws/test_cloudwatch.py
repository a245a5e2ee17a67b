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


def test_an_alarm_in_a_rule_is_not_deleted_before_it(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    cloudwatch.put_composite_alarm(AlarmName=f"{name}-any", AlarmRule=f'NOT ALARM("{name}")')
    with pytest.raises(ClientError, match=f"Cannot delete {name} as there are composite alarm.s. depending"):
        cloudwatch.delete_alarms(AlarmNames=[name])
    cloudwatch.delete_alarms(AlarmNames=[name, f"{name}-any"])
    found = cloudwatch.describe_alarms(AlarmNames=[name, f"{name}-any"])
    assert (found["MetricAlarms"], found["CompositeAlarms"]) == ([], [])


def test_what_was_put_is_described(cloudwatch: Any, name: str) -> None:
    stat = {"Metric": {"Namespace": "Custom", "MetricName": "Calls"}, "Period": 60, "Stat": "Sum"}
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanUpperThreshold",
        ThresholdMetricId="band",
        Metrics=[
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m)", "ReturnData": True},
            {"Id": "m", "MetricStat": stat, "AccountId": "123456789012", "ReturnData": True},
        ],
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["ThresholdMetricId"] == "band"
    assert alarm["Metrics"][1]["AccountId"] == "123456789012"
    suppression = {
        "ActionsSuppressor": name,
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 0,
    }
    cloudwatch.put_composite_alarm(AlarmName=f"{name}-any", AlarmRule=f'OK("{name}")', **suppression)
    (composite,) = cloudwatch.describe_alarms(AlarmNames=[f"{name}-any"])["CompositeAlarms"]
    assert suppression.items() <= composite.items()


@pytest.mark.parametrize("statistic", ["p99.9", "tm95", "IQM", "TM(10%:90%)", "PR(:300)"])
def test_extended_statistics_of_all_forms(cloudwatch: Any, name: str, statistic: str) -> None:
    percentile = {key: value for key, value in ALARM.items() if key != "Statistic"}
    cloudwatch.put_metric_alarm(AlarmName=name, **percentile, ExtendedStatistic=statistic)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["ExtendedStatistic"] == statistic


def test_an_unknown_extended_statistic_is_refused(cloudwatch: Any, name: str) -> None:
    percentile = {key: value for key, value in ALARM.items() if key != "Statistic"}
    with pytest.raises(ClientError, match="The value median for parameter ExtendedStatistic is not"):
        cloudwatch.put_metric_alarm(AlarmName=name, **percentile, ExtendedStatistic="median")


def test_a_rule_without_alarms_is_refused(cloudwatch: Any, name: str) -> None:
    with pytest.raises(ClientError, match="syntax error"):
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule="nonsense")
