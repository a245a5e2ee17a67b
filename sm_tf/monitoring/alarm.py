"""An alarm that watches one metric."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from sm_tf.bindings.aws import CloudwatchMetricAlarm, CloudwatchMetricAlarmMetricQuery
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.checks import check_choice, check_whole, is_number, is_whole
from sm_tf.construct import SmTfConstruct
from sm_tf.errors import Checks, checking
from sm_tf.naming import readable_name

if TYPE_CHECKING:
    from sm_tf.monitoring.metric import Metric

_ALARM_PERIODS_IN_SECONDS = (10, 20, 30)


class ComparisonOperator(StrEnum):
    """How the metric is compared with the threshold."""

    GREATER_THAN_OR_EQUAL_TO_THRESHOLD = "GreaterThanOrEqualToThreshold"
    GREATER_THAN_THRESHOLD = "GreaterThanThreshold"
    LESS_THAN_THRESHOLD = "LessThanThreshold"
    LESS_THAN_OR_EQUAL_TO_THRESHOLD = "LessThanOrEqualToThreshold"


class TreatMissingData(StrEnum):
    """What a period without data points counts as."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


class AlarmOptions(TypedDict, total=False):
    """What `create_alarm` takes.

    `threshold` is in the metric's unit. `evaluation_periods` is how many of the last periods are looked at,
    and `datapoints_to_alarm` how many of these must breach; all of them if absent. `comparison_operator` is
    `>=` if absent. `treat_missing_data` is `missing` if
    absent: the alarm keeps its state, or goes to INSUFFICIENT_DATA. `alarm_name` is the construct's path if
    absent. `evaluate_low_sample_count_percentile` is `evaluate` (as if absent) or `ignore`, for percentiles.
    The `*_actions` are ARNs, such as those of SNS topics.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    threshold: Required[float]
    evaluation_periods: Required[int]
    comparison_operator: ComparisonOperator
    datapoints_to_alarm: int
    treat_missing_data: TreatMissingData
    alarm_name: str
    alarm_description: str
    actions_enabled: bool
    evaluate_low_sample_count_percentile: str
    alarm_actions: Sequence[str]
    ok_actions: Sequence[str]
    insufficient_data_actions: Sequence[str]


class Alarm(SmTfConstruct):
    """A CloudWatch alarm on a metric; see AlarmOptions.

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    def __init__(
        self, scope: Construct, id: str, *, metric: "Metric", **options: Unpack[AlarmOptions]
    ) -> None:
        super().__init__(scope, id)
        with checking(self.path) as check:
            _check(check, metric, options)
        arguments: dict[str, Any] = {**metric.to_alarm_arguments(), **options}
        if queries := arguments.pop("metric_query", None):
            arguments["metric_query"] = [CloudwatchMetricAlarmMetricQuery(**query) for query in queries]
        for name in ("threshold", "evaluation_periods", "datapoints_to_alarm"):
            arguments[name] = as_number(arguments.get(name))
        arguments["alarm_name"] = options.get("alarm_name") or readable_name(self, limit=255)
        arguments["comparison_operator"] = options.get(
            "comparison_operator", ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        )
        arguments["evaluate_low_sample_count_percentiles"] = arguments.pop(
            "evaluate_low_sample_count_percentile", None
        )
        self.metric = metric
        self.resource = CloudwatchMetricAlarm(self, "Resource", **arguments)
        self.alarm_arn: str = self.resource.arn
        self.alarm_name: str = self.resource.alarm_name


def _check(check: Checks, metric: "Metric", options: AlarmOptions) -> None:
    period = metric.period.total_seconds()
    check.require(
        period in _ALARM_PERIODS_IN_SECONDS or period % 60 == 0,
        f"the metric's period is {metric.period}; an alarm needs 10, 20 or 30 seconds, or whole minutes",
    )
    threshold = options.get("threshold")
    valid = is_number(threshold) or (threshold is not None and not is_known(threshold))
    check.require(valid, f"threshold {threshold!r} must be a number in the metric's unit")
    periods, datapoints = options.get("evaluation_periods"), options.get("datapoints_to_alarm")
    check.require(periods is not None, "evaluation_periods is missing")
    check_whole(check, "evaluation_periods", periods, 1)
    check_whole(check, "datapoints_to_alarm", datapoints, 1)
    if is_whole(periods) and is_whole(datapoints):
        check.require(
            datapoints <= periods, f"datapoints_to_alarm {datapoints} is above evaluation_periods {periods}"
        )
    if is_whole(periods):
        days = 7 if period >= 3600 else 1
        check.require(
            period * periods <= days * 86_400,
            f"evaluation_periods {periods} of {metric.period} are longer than {days} day(s), which is all "
            "that CloudWatch looks at for this period",
        )
    check_choice(check, "comparison_operator", options.get("comparison_operator"), ComparisonOperator)
    check_choice(check, "treat_missing_data", options.get("treat_missing_data"), TreatMissingData)
    name = options.get("alarm_name")
    check.require(
        name is None or not is_known(name) or 1 <= len(name) <= 255,
        f"alarm_name {name!r} must have 1 to 255 characters",
    )
    percentile = options.get("evaluate_low_sample_count_percentile")
    check.require(
        percentile is None or (metric.is_extended and percentile in ("evaluate", "ignore")),
        f"evaluate_low_sample_count_percentile {percentile!r} must be 'evaluate' or 'ignore', and needs a "
        "percentile as the metric's statistic",
    )
