"""An alarm that watches one metric."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Map, place_of
from sm_tf.bindings.tokens import as_number, as_token, is_known
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.base_alarm import BaseAlarm, check_options
from sm_tf.cloudwatch.metric_checks import check_evaluated_time
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.checks import check_choice, check_whole, is_number, is_whole
from sm_tf.foundation.errors import Checks, InvalidPropsError, checking

if TYPE_CHECKING:
    from sm_tf.bindings.aws import CloudwatchMetricAlarm

_ALARM_PERIODS_IN_SECONDS = (10, 20, 30)


class ComparisonOperator(StrEnum):
    """How the metric is compared with the threshold; the last three compare it with a band of expected
    values, see `Metric.anomaly_detection_for`.
    """

    GREATER_THAN_OR_EQUAL_TO_THRESHOLD = "GreaterThanOrEqualToThreshold"
    GREATER_THAN_THRESHOLD = "GreaterThanThreshold"
    LESS_THAN_THRESHOLD = "LessThanThreshold"
    LESS_THAN_OR_EQUAL_TO_THRESHOLD = "LessThanOrEqualToThreshold"
    LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD = "LessThanLowerOrGreaterThanUpperThreshold"
    GREATER_THAN_UPPER_THRESHOLD = "GreaterThanUpperThreshold"
    LESS_THAN_LOWER_THRESHOLD = "LessThanLowerThreshold"


_OPERATORS_OF_BAND = (
    ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD,
    ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
    ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
)

_SIGNS = {
    ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD: ">=",
    ComparisonOperator.GREATER_THAN_THRESHOLD: ">",
    ComparisonOperator.LESS_THAN_THRESHOLD: "<",
    ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD: "<=",
}


class TreatMissingData(StrEnum):
    """What a period without data points counts as."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


class AlarmOptions(TypedDict, total=False):
    """What `create_alarm` takes.

    `threshold` is in the metric's unit; a band of expected values is its own threshold. `evaluation_periods`
    is how many of the last periods are looked at, and `datapoints_to_alarm` how many of these must breach;
    all of them if absent. `comparison_operator` is `>=` if absent, and outside for a band.
    `treat_missing_data` is `missing` if absent. `alarm_name` is the construct's path if absent, and
    `alarm_description` has at most 1,024 characters. `evaluate_low_sample_count_percentile` is `evaluate` (as
    if absent) or `ignore`, for percentiles. `actions_enabled` is true if absent. The `*_actions` are SNS
    topics, other resources with an `arn`, or ARNs, at most 5 a state.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    threshold: float
    evaluation_periods: Required[int]
    comparison_operator: ComparisonOperator
    datapoints_to_alarm: int
    treat_missing_data: TreatMissingData
    alarm_name: str
    alarm_description: str
    actions_enabled: bool
    evaluate_low_sample_count_percentile: str
    alarm_actions: Sequence[AlarmAction]
    ok_actions: Sequence[AlarmAction]
    insufficient_data_actions: Sequence[AlarmAction]
    tags: Mapping[str, str]


class Alarm(BaseAlarm):
    """A CloudWatch alarm on a metric or an expression; see AlarmOptions.

    Missing data: an endpoint publishes most metrics only while it is called. If `treat_missing_data` is
    absent, an alarm goes to INSUFFICIENT_DATA when its data points cease, even if it fired before, and takes
    none of its `alarm_actions` then. For errors and latencies `NOT_BREACHING` is what you want; where silence
    is the failure, `BREACHING`.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    def __init__(
        self, scope: Construct, id: str, *, metric: IMetric, **options: Unpack[AlarmOptions]
    ) -> None:
        with checking(place_of(scope).below(id).path) as check:
            check_options(check, scope, options)
            _check(check, metric, options)
        super().__init__(scope, id, options)
        self.metric = metric
        self.threshold = options.get("threshold")
        self.comparison_operator = options.get("comparison_operator") or (
            ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD
            if metric.is_anomaly_detection_band
            else ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        )
        values: dict[str, Any] = {**options, **_metric_values(metric)}
        for name in ("threshold", "evaluation_periods", "datapoints_to_alarm"):
            values[name] = as_number(values.get(name))
        values["comparison_operator"] = self.comparison_operator
        values["evaluate_low_sample_count_percentiles"] = values.pop(
            "evaluate_low_sample_count_percentile", None
        )
        self._make("aws_cloudwatch_metric_alarm", values)

    @property
    def resource(self) -> "CloudwatchMetricAlarm":
        """The provider's resource."""
        resource: CloudwatchMetricAlarm = self._resource.object
        return resource

    def to_annotation(self) -> HorizontalAnnotation:
        """The threshold as a line across a graph, for the `left_annotations` of a GraphWidget.

        Raises:
            InvalidPropsError: the alarm watches a band of expected values, which is no single line.
        """
        if self.threshold is None:
            problem = "it has a band of expected values instead of a threshold; show its metric in the graph"
            raise InvalidPropsError(self.path, [problem])
        name = self.metric.label or getattr(self.metric, "metric_name", None) or self.node.id
        sign = _SIGNS[self.comparison_operator]
        return HorizontalAnnotation(value=self.threshold, label=f"{name} {sign} {as_token(self.threshold)}")


def _metric_values(metric: IMetric) -> dict[str, Any]:
    """The metric as arguments of the provider's alarm."""

    def with_map(values: dict[str, Any]) -> dict[str, Any]:
        dimensions = values.get("dimensions")
        return {**values, "dimensions": Map(dimensions)} if dimensions else values

    values = metric.to_alarm_arguments()
    if queries := values.get("metric_query"):
        values["metric_query"] = [
            {**query, "metric": with_map(query["metric"])} if query.get("metric") else query
            for query in queries
        ]
    return with_map(values)


def _check(check: Checks, metric: IMetric, options: AlarmOptions) -> None:
    for problem in metric.find_alarm_problems():
        check.require(False, problem)
    period = metric.period.total_seconds()
    check.require(
        period in _ALARM_PERIODS_IN_SECONDS or period % 60 == 0,
        f"the metric's period is {metric.period}; an alarm needs 10, 20 or 30 seconds, or whole minutes",
    )
    _check_comparison(check, metric.is_anomaly_detection_band, options)
    periods, datapoints = options.get("evaluation_periods"), options.get("datapoints_to_alarm")
    check.require(periods is not None, "evaluation_periods is missing")
    check_whole(check, "evaluation_periods", periods, 1)
    check_whole(check, "datapoints_to_alarm", datapoints, 1)
    if is_whole(periods) and is_whole(datapoints):
        check.require(
            datapoints <= periods, f"datapoints_to_alarm {datapoints} is above evaluation_periods {periods}"
        )
    if is_whole(periods):
        check_evaluated_time(check, metric.period, periods)
    check_choice(check, "treat_missing_data", options.get("treat_missing_data"), TreatMissingData)
    percentile = options.get("evaluate_low_sample_count_percentile")
    check.require(
        percentile is None or (metric.is_extended and percentile in ("evaluate", "ignore")),
        f"evaluate_low_sample_count_percentile {percentile!r} must be 'evaluate' or 'ignore', and needs a "
        "percentile as the metric's statistic",
    )


def _check_comparison(check: Checks, is_band: bool, options: AlarmOptions) -> None:
    threshold, operator = options.get("threshold"), options.get("comparison_operator")
    check_choice(check, "comparison_operator", operator, ComparisonOperator)
    compares_band = operator in _OPERATORS_OF_BAND
    if is_band:
        check.require(threshold is None, f"threshold {threshold!r} is given; the band is the threshold")
        check.require(
            operator is None or compares_band or not is_known(operator),
            f"comparison_operator '{operator}' can't be used with a band; choose one of "
            f"{', '.join(_OPERATORS_OF_BAND)}",
        )
        return
    valid = is_number(threshold) or (threshold is not None and not is_known(threshold))
    check.require(valid or compares_band, f"threshold {threshold!r} must be a number in the metric's unit")
    check.require(
        not compares_band,
        f"comparison_operator '{operator}' needs a band; pass "
        "Metric.anomaly_detection_for(metric) as the metric",
    )
