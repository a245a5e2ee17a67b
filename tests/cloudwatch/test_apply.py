"""Alarms of every form, applied, read back, and taken out of rules again."""

from datetime import timedelta

from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    AlarmState,
    AnomalyDetectionAlarm,
    ComparisonOperator,
    CompositeAlarm,
    MathExpression,
    TreatMissingData,
    Unit,
    all_of,
    any_of,
    not_,
)
from sm_tf.bindings.core import App, LocalBackend, TerraformStack
from sm_tf.metrics.variant_metrics import RealTimeVariantMetrics

VARIANT = RealTimeVariantMetrics(endpoint_name="chat", variant_name="main")
DIMENSIONS = [{"Name": "EndpointName", "Value": "chat"}, {"Name": "VariantName", "Value": "main"}]
MINUTE = timedelta(minutes=1)


def every_form(stack) -> None:
    topic = SnsTopic(stack, "Topic", name="ops")
    simple = VARIANT.metric_invocation_model_errors(period=MINUTE, unit=Unit.NONE).create_alarm(
        stack,
        "Simple",
        alarm_name="simple",
        alarm_description="errors",
        threshold=5,
        evaluation_periods=3,
        datapoints_to_alarm=2,
        comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=TreatMissingData.NOT_BREACHING,
        actions_enabled=False,
        alarm_actions=[topic],
        tags={"team": "ml"},
    )
    simple.add_ok_action(topic, topic)
    simple.add_insufficient_data_action("arn:aws:sns:eu-west-1:123456789012:other")
    slow = VARIANT.metric_model_latency(statistic="p99.9").create_alarm(
        stack,
        "Percentile",
        alarm_name="percentile",
        threshold=500_000,
        evaluation_periods=1,
        evaluate_low_sample_count_percentile="ignore",
    )
    for statistic in ("tm95", "IQM", "WM(10%:90%)", "TC(:90%)", "TS(10%:)", "PR(:300)"):
        VARIANT.metric_model_latency(statistic=statistic).create_alarm(
            stack, statistic, alarm_name=statistic, threshold=1, evaluation_periods=1
        )
    VARIANT.metric_cpu_utilization(label="CPU", account="210987654321").create_alarm(
        stack, "Labelled", alarm_name="labelled", threshold=350, evaluation_periods=1
    )
    error_rate = MathExpression(
        expression="100 * errors / calls",
        using_metrics={
            "errors": VARIANT.metric_invocation_model_errors(),
            "calls": VARIANT.metric_invocations(),
        },
        label="Error rate",
        period=MINUTE,
    )
    doubled = MathExpression(expression="2 * rate", using_metrics={"rate": error_rate}, period=MINUTE)
    doubled.create_alarm(stack, "Math", alarm_name="math", threshold=0.5, evaluation_periods=1)
    AnomalyDetectionAlarm(
        stack,
        "Anomaly",
        alarm_name="anomaly",
        metric=VARIANT.metric_invocations(),
        evaluation_periods=2,
        std_devs=3,
        comparison_operator=ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
    )
    inner = CompositeAlarm(stack, "Inner", alarm_name="inner (any)", rule=any_of(simple, slow))
    CompositeAlarm(
        stack,
        "Outer",
        alarm_name="outer",
        alarm_description="both",
        rule=all_of(inner, not_(slow.in_state(AlarmState.INSUFFICIENT_DATA))),
        alarm_actions=[topic],
        ok_actions=[topic],
        actions_suppressor=slow,
        actions_suppressor_extension_period=timedelta(0),
        tags={"team": "ml"},
    )


def after_a_change(stack) -> None:
    """`simple` has another name, and `percentile` has left the rules and the program."""
    simple = VARIANT.metric_invocation_model_errors().create_alarm(
        stack, "Simple", alarm_name="renamed", threshold=5, evaluation_periods=3
    )
    inner = CompositeAlarm(stack, "Inner", alarm_name="inner (any)", rule=simple)
    CompositeAlarm(stack, "Outer", alarm_name="outer", rule=inner)


def synthesized(directory, fill):
    app = App(outdir=str(directory))
    stack = TerraformStack(app, "alarms")
    AwsProvider(stack, "aws", region="eu-west-1")
    LocalBackend(stack, path="terraform.tfstate")
    fill(stack)
    app.synth()
    return directory / "stacks" / "alarms"


def chosen(alarm, *names):
    return {name: alarm.get(name) for name in names}


def by_name(dimensions):
    return sorted(dimensions, key=lambda dimension: dimension["Name"])


def test_every_form_is_what_the_program_says(tmp_path, sagemaker_sandbox) -> None:
    stack = sagemaker_sandbox.stack(synthesized(tmp_path / "first", every_form))
    cloudwatch = sagemaker_sandbox.client("cloudwatch")
    stack.validate()
    stack.apply()
    assert stack.plan().empty

    both = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    found = cloudwatch.describe_alarms(**both)
    alarms = {alarm["AlarmName"]: alarm for alarm in found["MetricAlarms"]}
    topic = "arn:aws:sns:eu-west-1:123456789012:ops"
    simple = alarms["simple"]
    assert by_name(simple["Dimensions"]) == DIMENSIONS
    expected = {
        "AlarmDescription": "errors",
        "Namespace": "AWS/SageMaker",
        "MetricName": "InvocationModelErrors",
        "Statistic": "Sum",
        "ExtendedStatistic": None,
        "Period": 60,
        "Unit": "None",
        "Threshold": 5.0,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "ActionsEnabled": False,
        "AlarmActions": [topic],
        "OKActions": [topic],
        "InsufficientDataActions": ["arn:aws:sns:eu-west-1:123456789012:other"],
    }
    assert chosen(simple, *expected) == expected
    tags = cloudwatch.list_tags_for_resource(ResourceARN=simple["AlarmArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "ml"}]

    expected = {
        "ExtendedStatistic": "p99.9",
        "Statistic": None,
        "Period": 300,
        "Threshold": 500_000.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluateLowSampleCountPercentile": "ignore",
        "ActionsEnabled": True,
        "AlarmActions": [],
    }
    assert chosen(alarms["percentile"], *expected) == expected
    for statistic in ("tm95", "IQM", "WM(10%:90%)", "TC(:90%)", "TS(10%:)", "PR(:300)"):
        assert alarms[statistic]["ExtendedStatistic"] == statistic

    (query,) = alarms["labelled"]["Metrics"]
    assert chosen(query, "Label", "AccountId", "ReturnData") == {
        "Label": "CPU",
        "AccountId": "210987654321",
        "ReturnData": True,
    }
    assert by_name(query["MetricStat"]["Metric"].pop("Dimensions")) == DIMENSIONS
    assert query["MetricStat"] == {
        "Metric": {"Namespace": "/aws/sagemaker/Endpoints", "MetricName": "CPUUtilization"},
        "Period": 300,
        "Stat": "Average",
    }

    queries = {query["Id"]: query for query in alarms["math"]["Metrics"]}
    assert {id: query["ReturnData"] for id, query in queries.items()} == {
        "expr_1": True,
        "rate": False,
        "errors": False,
        "calls": False,
    }
    assert queries["expr_1"]["Expression"] == "2 * rate"
    assert chosen(queries["rate"], "Expression", "Label") == {
        "Expression": "100 * errors / calls",
        "Label": "Error rate",
    }
    assert queries["calls"]["MetricStat"]["Metric"]["MetricName"] == "Invocations"
    assert {queries[id]["MetricStat"]["Period"] for id in ("calls", "errors")} == {60}

    anomaly = alarms["anomaly"]
    assert chosen(anomaly, "ThresholdMetricId", "ComparisonOperator", "Threshold") == {
        "ThresholdMetricId": "expr_1",
        "ComparisonOperator": "LessThanLowerThreshold",
        "Threshold": None,
    }
    bands = {query["Id"]: query for query in anomaly["Metrics"]}
    assert bands["expr_1"]["Expression"] == "ANOMALY_DETECTION_BAND(m0, 3)"
    assert [bands[id]["ReturnData"] for id in ("expr_1", "m0")] == [True, True]

    composites = {alarm["AlarmName"]: alarm for alarm in found["CompositeAlarms"]}
    assert composites["inner (any)"]["AlarmRule"] == '(ALARM("simple") OR ALARM("percentile"))'
    expected = {
        "AlarmDescription": "both",
        "AlarmRule": '(ALARM("inner (any)") AND NOT INSUFFICIENT_DATA("percentile"))',
        "AlarmActions": [topic],
        "OKActions": [topic],
        "InsufficientDataActions": [],
        "ActionsEnabled": True,
        "ActionsSuppressor": "percentile",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 0,
    }
    assert chosen(composites["outer"], *expected) == expected

    # AWS refuses to delete an alarm while a rule names it.
    stack.update_from(synthesized(tmp_path / "second", after_a_change))
    stack.apply()
    assert stack.plan().empty
    found = cloudwatch.describe_alarms(**both)
    assert [alarm["AlarmName"] for alarm in found["MetricAlarms"]] == ["renamed"]
    rules = {alarm["AlarmName"]: alarm["AlarmRule"] for alarm in found["CompositeAlarms"]}
    assert rules == {"inner (any)": 'ALARM("renamed")', "outer": 'ALARM("inner (any)")'}
