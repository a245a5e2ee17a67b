"""An alarm that watches one metric."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Required, TypedDict

from sm_tf.aws.api_rules import cloudwatch
from sm_tf.bindings.core import Construct, TerraformProvider
from sm_tf.bindings.resources import Map, place_of
from sm_tf.bindings.tokens import as_number, as_token, is_known
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.base_alarm import BaseAlarm, check_options
from sm_tf.cloudwatch.metric_checks import check_evaluated_time
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.checks import CountLike, is_number, is_whole
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_whole_rule
from sm_tf.foundation.tags import Tags

if TYPE_CHECKING:
    from sm_tf.bindings.aws import CloudwatchMetricAlarm

_ALARM_PERIODS_IN_SECONDS = (10, 20, 30)


class ComparisonOperator(StrEnum):
    """How an alarm compares its metric with the threshold. The last three compare it with a band of expected
    values; see `Metric.anomaly_detection_for`.
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
    """How an alarm counts a period without data points."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


class AlarmOptions(TypedDict, total=False):
    """The options of an Alarm, for functions that pass them on as `**options: Unpack[AlarmOptions]`.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    threshold: float | None
    evaluation_periods: Required[CountLike]
    comparison_operator: ComparisonOperator | None
    datapoints_to_alarm: CountLike | None
    treat_missing_data: TreatMissingData | None
    alarm_name: str | None
    alarm_description: str | None
    actions_enabled: bool | None
    evaluate_low_sample_count_percentile: str | None
    alarm_actions: Sequence[AlarmAction]
    ok_actions: Sequence[AlarmAction]
    insufficient_data_actions: Sequence[AlarmAction]
    tags: Tags | None
    provider: TerraformProvider | None


class Alarm(BaseAlarm):
    """A CloudWatch alarm on a metric or an expression.

    Missing data: an endpoint publishes most metrics only while it is called. With the default of
    `treat_missing_data`, an alarm goes to INSUFFICIENT_DATA when data points stop, even if it was in ALARM,
    and then takes none of its `alarm_actions`. For errors and latencies use `NOT_BREACHING`; where silence is
    the failure, `BREACHING`.

    Args:
        metric: the metric or expression to watch.
        threshold: in the metric's unit. Required, except for a band of expected values, which is its own.
        evaluation_periods: how many of the latest periods are looked at, 1 or more.
        comparison_operator: how the metric is compared with the threshold. Defaults to `>=`; for a band, to
            outside of it on either side.
        datapoints_to_alarm: how many of the periods must breach, 1 or more. Defaults to all of them.
        treat_missing_data: how a period without data points counts. Defaults to `MISSING`.
        alarm_name: 1 to 255 characters. Defaults to the construct's path.
        alarm_description: at most 1,024 characters. Notifications show it.
        actions_enabled: whether actions are taken. Defaults to true.
        evaluate_low_sample_count_percentile: for percentiles, `evaluate` or `ignore` periods with too few
            data points. Defaults to `evaluate`.
        alarm_actions: actions on going into ALARM: SNS topics, other resources with an `arn`, or ARNs, at
            most 5.
        ok_actions: actions on going into OK.
        insufficient_data_actions: actions on going into INSUFFICIENT_DATA.
        tags: for the alarm.
        provider: the AWS provider. Defaults to the scope's provider: the stack's default one, unless a
            construct around it was given another.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html and
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metric: IMetric,
        threshold: float | None = None,
        evaluation_periods: CountLike,
        comparison_operator: ComparisonOperator | None = None,
        datapoints_to_alarm: CountLike | None = None,
        treat_missing_data: TreatMissingData | None = None,
        alarm_name: str | None = None,
        alarm_description: str | None = None,
        actions_enabled: bool | None = None,
        evaluate_low_sample_count_percentile: str | None = None,
        alarm_actions: Sequence[AlarmAction] = (),
        ok_actions: Sequence[AlarmAction] = (),
        insufficient_data_actions: Sequence[AlarmAction] = (),
        tags: Tags | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        options: dict[str, Any] = {
            "alarm_name": alarm_name,
            "alarm_description": alarm_description,
            "alarm_actions": alarm_actions,
            "ok_actions": ok_actions,
            "insufficient_data_actions": insufficient_data_actions,
            "actions_enabled": actions_enabled,
            "tags": tags,
        }
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check_options(check, scope, options, Environment(place).known_region)
            check_evaluation(check, metric, evaluation_periods, datapoints_to_alarm)
            _check_comparison(check, metric.is_anomaly_detection_band, threshold, comparison_operator)
            _check_percentile(check, metric, evaluate_low_sample_count_percentile)
        super().__init__(scope, id, options, provider)
        self.metric = metric
        self.threshold = threshold
        self.comparison_operator = comparison_operator or (
            ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD
            if metric.is_anomaly_detection_band
            else ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        )
        values = {
            **options,
            **_metric_values(metric),
            "threshold": as_number(threshold),
            "comparison_operator": self.comparison_operator,
            "evaluation_periods": as_number(evaluation_periods),
            "datapoints_to_alarm": as_number(datapoints_to_alarm),
            "treat_missing_data": treat_missing_data,
            "evaluate_low_sample_count_percentiles": evaluate_low_sample_count_percentile,
        }
        self._make("aws_cloudwatch_metric_alarm", values)

    @property
    def resource(self) -> "CloudwatchMetricAlarm":
        """The provider's resource."""
        resource: CloudwatchMetricAlarm = self._resource.object
        return resource

    def to_annotation(self) -> HorizontalAnnotation:
        """The threshold as a line across a graph, for the `left_annotations` of a GraphWidget.

        Raises:
            InvalidPropsError: the alarm watches a band of expected values, which isn't a single line.
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


def check_evaluation(check: Checks, metric: IMetric, periods: Any, datapoints: Any) -> None:
    """Note why no alarm can watch the metric, or not over these periods."""
    for problem in metric.find_alarm_problems():
        check.problem(problem)
    period = metric.period.total_seconds()
    check.require(
        period in _ALARM_PERIODS_IN_SECONDS or period % 60 == 0,
        f"the metric's period is {metric.period}; an alarm needs 10, 20 or 30 seconds, or whole minutes",
    )
    check.require(periods is not None, "evaluation_periods is missing")
    check_whole_rule(check, "evaluation_periods", periods, cloudwatch("EvaluationPeriods"))
    check_whole_rule(check, "datapoints_to_alarm", datapoints, cloudwatch("DatapointsToAlarm"))
    if is_whole(periods) and is_whole(datapoints):
        check.require(
            datapoints <= periods, f"datapoints_to_alarm {datapoints} is above evaluation_periods {periods}"
        )
    if is_whole(periods):
        check_evaluated_time(check, metric.period, periods)


def _check_comparison(check: Checks, is_band: bool, threshold: Any, operator: Any) -> None:
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


def _check_percentile(check: Checks, metric: IMetric, evaluate: Any) -> None:
    check.require(
        evaluate is None or (metric.is_extended and evaluate in ("evaluate", "ignore")),
        f"evaluate_low_sample_count_percentile {evaluate!r} must be 'evaluate' or 'ignore', and needs a "
        "percentile as the metric's statistic",
    )


@public
class CreatesAlarms:
    """The part that metrics and expressions share."""

    def create_alarm(
        self: IMetric,
        scope: Construct,
        id: str,
        *,
        threshold: float | None = None,
        evaluation_periods: CountLike,
        comparison_operator: ComparisonOperator | None = None,
        datapoints_to_alarm: CountLike | None = None,
        treat_missing_data: TreatMissingData | None = None,
        alarm_name: str | None = None,
        alarm_description: str | None = None,
        actions_enabled: bool | None = None,
        evaluate_low_sample_count_percentile: str | None = None,
        alarm_actions: Sequence[AlarmAction] = (),
        ok_actions: Sequence[AlarmAction] = (),
        insufficient_data_actions: Sequence[AlarmAction] = (),
        tags: Tags | None = None,
        provider: TerraformProvider | None = None,
    ) -> Alarm:
        """Create an alarm on this metric or expression; see Alarm for the arguments.

        Raises:
            InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
        """
        return Alarm(
            scope,
            id,
            metric=self,
            threshold=threshold,
            evaluation_periods=evaluation_periods,
            comparison_operator=comparison_operator,
            datapoints_to_alarm=datapoints_to_alarm,
            treat_missing_data=treat_missing_data,
            alarm_name=alarm_name,
            alarm_description=alarm_description,
            actions_enabled=actions_enabled,
            evaluate_low_sample_count_percentile=evaluate_low_sample_count_percentile,
            alarm_actions=alarm_actions,
            ok_actions=ok_actions,
            insufficient_data_actions=insufficient_data_actions,
            tags=tags,
            provider=provider,
        )
