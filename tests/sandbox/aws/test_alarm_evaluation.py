"""The tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html,
and alarms that data points move.
"""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.aws.alarm_evaluation import (
    Sample,
    Threshold,
    UnsupportedAlarmError,
    holds,
    state,
    statistic,
)

CURRENT = "the state it was in"
POINTS = {"0": 0.0, "X": 1.0, "-": None}


def rule(**fields):
    return Threshold(
        **{
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            "threshold": 1,
            "evaluation_periods": 3,
            "datapoints_to_alarm": 3,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("points", "datapoints_to_alarm", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0-X-X", 3, "OK", "OK", "OK", "OK"),
        ("0----", 3, "OK", "OK", "OK", "OK"),
        ("-----", 3, "INSUFFICIENT_DATA", CURRENT, "ALARM", "OK"),
        ("0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("--X--", 3, "ALARM", CURRENT, "ALARM", "OK"),
        ("0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0-X--", 2, "OK", "OK", "ALARM", "OK"),
        ("----0", 2, "OK", "OK", "ALARM", "OK"),
        ("---X-", 2, "ALARM", CURRENT, "ALARM", "OK"),
        # "The alarm does not go immediately into ALARM state".
        ("----X", 3, CURRENT, CURRENT, "ALARM", "OK"),
        ("---X-", 3, CURRENT, CURRENT, "ALARM", "OK"),
    ],
)
def test_missing_data_as_in_the_tables_of_aws(
    points, datapoints_to_alarm, missing, ignore, breaching, not_breaching
):
    values = [POINTS[point] for point in points]
    expected = {
        "missing": missing,
        "ignore": ignore,
        "breaching": breaching,
        "notBreaching": not_breaching,
    }
    found = {
        treatment: state(
            values, rule(datapoints_to_alarm=datapoints_to_alarm, treat_missing_data=treatment), CURRENT
        )
        for treatment in expected
    }
    assert found == expected


@pytest.mark.parametrize(
    ("operator", "breaching"),
    [
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("GreaterThanThreshold", [False, False, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_comparisons(operator, breaching):
    threshold = rule(comparison_operator=operator, threshold=5)
    assert [threshold.breaches(value) for value in (4, 5, 6)] == breaching


def test_a_band_is_not_evaluated():
    with pytest.raises(UnsupportedAlarmError, match="LessThanLowerOrGreaterThanUpperThreshold"):
        rule(comparison_operator="LessThanLowerOrGreaterThanUpperThreshold").breaches(1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sum", 55),
        ("Average", 5.5),
        ("Minimum", 1),
        ("Maximum", 10),
        ("SampleCount", 10),
        ("p50", 5),
        ("p99", 10),
        ("p0", 1),
        ("p90", 9),
        ("tm90", 5),
    ],
)
def test_statistics_of_values(name, expected):
    assert statistic(name, [Sample.of(float(value)) for value in range(1, 11)]) == expected


def test_statistic_sets_have_no_percentiles():
    several = Sample(total=30, count=3, lowest=5, highest=15)
    assert statistic("Average", [several, Sample.of(2)]) == 8
    assert statistic("Maximum", [several]) == 15
    assert statistic("p99", [several]) is None
    assert statistic("p99", [Sample(total=15, count=3, lowest=5, highest=5)]) == 5


def test_other_statistics_are_not_evaluated():
    assert statistic("IQM", []) is None
    with pytest.raises(UnsupportedAlarmError, match="IQM"):
        statistic("IQM", [Sample.of(1)])


@pytest.mark.parametrize(
    ("composite", "expected"),
    [
        ('ALARM("a")', True),
        ("ALARM(b)", False),
        ("OK('b') AND ALARM(a)", True),
        ("NOT ALARM(a) OR INSUFFICIENT_DATA(c)", True),
        ("NOT (ALARM(a) OR ALARM(b))", False),
        ("ALARM(a) AND\n  FALSE", False),
        ("TRUE", True),
        ('ALARM("of another AND (region)")', False),
    ],
)
def test_rules_of_composite_alarms(composite, expected):
    states = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA"}
    assert holds(composite, states) is expected


@pytest.mark.parametrize("composite", ["ALARM(a) AND", "1", "open('x')", "ALARM(a) ALARM(b)"])
def test_malformed_rules(composite):
    with pytest.raises(UnsupportedAlarmError, match="malformed"):
        holds(composite, {"a": "OK", "b": "OK"})


PERIOD = 300
DIMENSIONS = [{"Name": "EndpointName", "Value": "one"}, {"Name": "VariantName", "Value": "main"}]
ALARM = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ModelLatency",
    "Dimensions": DIMENSIONS,
    "Statistic": "Average",
    "Period": PERIOD,
    "EvaluationPeriods": 2,
    "Threshold": 10.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


class CloudWatch:
    """Metrics and alarms whose names no other test uses."""

    def __init__(self, client, name):
        self.client = client
        self.name = name

    def metric(self, suffix=""):
        return self.name + suffix

    def put(self, *values, suffix="", **fields):
        """One value a period, the newest last; None for a period without data."""
        now = datetime.now(UTC)
        for age, value in enumerate(reversed(values)):
            if value is not None:
                moment = now - timedelta(seconds=PERIOD * age + 30)
                datum = {"MetricName": self.metric(suffix), "Dimensions": DIMENSIONS, "Value": value}
                self.client.put_metric_data(
                    Namespace="AWS/SageMaker", MetricData=[{**datum, "Timestamp": moment, **fields}]
                )

    def alarm(self, **fields):
        self.client.put_metric_alarm(AlarmName=self.name, **{**ALARM, "MetricName": self.metric(), **fields})

    def state(self, suffix=""):
        found = self.client.describe_alarms(
            AlarmNames=[self.name + suffix], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        (alarm,) = found["MetricAlarms"] + found["CompositeAlarms"]
        return alarm["StateValue"]


@pytest.fixture
def cloudwatch(client, name):
    return CloudWatch(client("cloudwatch"), name)


def test_data_points_move_an_alarm(cloudwatch):
    cloudwatch.alarm()
    cloudwatch.put(9, 11)
    assert cloudwatch.state() == "OK"
    cloudwatch.put(31, 31)
    assert cloudwatch.state() == "ALARM"


def test_data_of_other_dimensions_units_and_times_does_not_count(cloudwatch):
    cloudwatch.alarm(Unit="Microseconds")
    other = [{"Name": "EndpointName", "Value": "one"}]
    cloudwatch.put(99, 99, Unit="Microseconds", Dimensions=other)
    cloudwatch.put(99, 99, Unit="Seconds")
    assert cloudwatch.state() == "INSUFFICIENT_DATA"
    cloudwatch.put(1, 1, Unit="Microseconds")
    cloudwatch.put(99, 99, None, None, None, None, Unit="Microseconds")
    assert cloudwatch.state() == "OK"


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA"), ("ignore", "OK")],
)
def test_data_that_no_longer_comes(cloudwatch, treatment, expected):
    cloudwatch.alarm(TreatMissingData=treatment)
    cloudwatch.client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="OK", StateReason="then")
    cloudwatch.put(5, 5, None, None, None, None)
    assert cloudwatch.state() == expected


def test_a_state_that_was_set_lasts_until_data_comes(cloudwatch):
    cloudwatch.alarm()
    cloudwatch.put(1, 1)
    assert cloudwatch.state() == "OK"
    cloudwatch.client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="ALARM", StateReason="a test")
    assert cloudwatch.state() == "ALARM"
    cloudwatch.put(1)
    assert cloudwatch.state() == "OK"


def test_a_changed_alarm_keeps_its_state(cloudwatch):
    cloudwatch.alarm()
    cloudwatch.client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="ALARM", StateReason="a test")
    cloudwatch.alarm(Threshold=20.0)
    assert cloudwatch.state() == "ALARM"


def queries(cloudwatch, expression):
    def stat(suffix):
        return {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": cloudwatch.metric(suffix),
                "Dimensions": DIMENSIONS,
            },
            "Period": PERIOD,
            "Stat": "Sum",
        }

    return [
        {"Id": "rate", "Expression": expression, "ReturnData": True},
        {"Id": "percent", "Expression": "100 * errors", "ReturnData": False},
        {"Id": "errors", "MetricStat": stat("-errors"), "ReturnData": False},
        {"Id": "requests", "MetricStat": stat("-requests"), "ReturnData": False},
    ]


def on_expression(cloudwatch, expression):
    cloudwatch.client.put_metric_alarm(
        AlarmName=cloudwatch.name,
        Metrics=queries(cloudwatch, expression),
        EvaluationPeriods=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


def test_an_alarm_on_metric_math(cloudwatch):
    on_expression(cloudwatch, "IF(requests >= 10, percent / requests, 0)")
    cloudwatch.put(100, 100, suffix="-requests")
    cloudwatch.put(1, 1, suffix="-errors")
    assert cloudwatch.state() == "OK"
    cloudwatch.put(4, 4, suffix="-errors")
    assert cloudwatch.state() == "ALARM"


def test_metric_math_that_is_not_implemented_is_said(cloudwatch):
    on_expression(cloudwatch, "RATE(errors)")
    cloudwatch.put(1, 1, suffix="-errors")
    assert cloudwatch.state() == "INSUFFICIENT_DATA"
    cloudwatch.client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="OK", StateReason="a test")
    cloudwatch.put(1, suffix="-errors")
    (alarm,) = cloudwatch.client.describe_alarms(AlarmNames=[cloudwatch.name])["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert "RATE is not implemented" in alarm["StateReason"]


def test_a_composite_alarm_follows_its_alarms(cloudwatch):
    client = cloudwatch.client
    cloudwatch.alarm()
    one, both = cloudwatch.name + "-one", cloudwatch.name + "-both"
    client.put_composite_alarm(AlarmName=one, AlarmRule=f'ALARM("{cloudwatch.name}")')
    client.put_composite_alarm(AlarmName=both, AlarmRule=f"ALARM({one}) AND NOT OK({cloudwatch.name})")
    cloudwatch.put(1, 1)
    assert (cloudwatch.state("-one"), cloudwatch.state("-both")) == ("OK", "OK")
    cloudwatch.put(99, 99)
    assert (cloudwatch.state("-one"), cloudwatch.state("-both")) == ("ALARM", "ALARM")
    client.set_alarm_state(AlarmName=both, StateValue="OK", StateReason="a test")
    assert cloudwatch.state("-both") == "OK"
    client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="OK", StateReason="a test")
    client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="ALARM", StateReason="a test")
    assert cloudwatch.state("-both") == "OK"
    client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="OK", StateReason="a test")
    assert (cloudwatch.state("-one"), cloudwatch.state("-both")) == ("OK", "OK")
    client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="ALARM", StateReason="a test")
    assert cloudwatch.state("-both") == "ALARM"


def test_alarms_are_found_by_the_state_that_they_are_in(cloudwatch):
    cloudwatch.alarm()
    cloudwatch.put(99, 99)
    found = cloudwatch.client.describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert cloudwatch.name in {alarm["AlarmName"] for alarm in found}


def test_the_state_of_no_alarm_cannot_be_set(cloudwatch):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.client.set_alarm_state(AlarmName=cloudwatch.name, StateValue="OK", StateReason="a test")
