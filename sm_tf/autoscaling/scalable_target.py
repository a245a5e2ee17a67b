"""A capacity of a variant that Application Auto Scaling sets, and the policies and schedules that move it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from sm_tf.autoscaling.schedule import Schedule, check_times, rfc_3339
from sm_tf.autoscaling.step_scaling import (
    AdjustmentType,
    MetricAggregationType,
    ScalingInterval,
    Steps,
    aggregation_of,
    split_steps,
    step_adjustments,
)
from sm_tf.autoscaling.target_tracking import PredefinedMetric, customized_metric_specification
from sm_tf.aws.api_rules import autoscaling
from sm_tf.bindings.core import Annotations, Construct
from sm_tf.bindings.resources import Address, Map, Resource, Stack, place_of
from sm_tf.bindings.tokens import as_number, as_token, is_known
from sm_tf.cloudwatch.alarm import (
    Alarm,
    ComparisonOperator,
    TreatMissingData,
    check_evaluation,
)
from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.configuration.production_variant import InstanceProductionVariantProps
from sm_tf.foundation.checks import (
    CountLike,
    DurationLike,
    check_duration,
    check_whole,
    is_number,
    is_whole,
    seconds,
)
from sm_tf.foundation.claimed_names import claim_name
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.tags import Tags

if TYPE_CHECKING:
    from sm_tf.bindings.aws import AppautoscalingPolicy, AppautoscalingScheduledAction, AppautoscalingTarget

_REFERENCES = ("service_namespace", "scalable_dimension", "resource_id")

_MAX_POLICY_NAME = 256
"""PutScalingPolicy, Application Auto Scaling API reference."""

_DEFAULT_COOLDOWN = timedelta(minutes=5)
"""AWS's own for SageMaker variants: TargetTrackingScalingPolicyConfiguration, Application Auto Scaling API
reference."""


@public
@dataclass(frozen=True, kw_only=True)
class SuspendedState:
    """Parts of the scaling that are suspended for now; all default to false.

    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
    """

    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class StepScaling(SmTfConstruct):
    """The step scaling policies of a `scale_on_metric`, with the alarms that start them.

    `lower_alarm` and `upper_alarm` watch the metric from below and from above; None where there is no step on
    that side.
    """

    lower_alarm: Alarm | None = None
    upper_alarm: Alarm | None = None


def targets_in(stack: Stack) -> list[str]:
    """The paths of the scalable targets that were made in a stack."""
    paths: list[str] = stack.once().setdefault(targets_in, [])
    return paths


class ScalableTarget(SmTfConstruct, ABC):
    """A capacity of a variant between two bounds; policies and schedules move it.

    `min_capacity` and `max_capacity` are the bounds.
    """

    scalable_dimension: ClassVar[str]
    min_allowed_capacity: ClassVar[int] = 1
    predefined_metrics: ClassVar[tuple[PredefinedMetric, ...]] = ()
    _why_min: ClassVar[str] = ""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint: EndpointReference,
        variant_name: str,
        variant: Any = None,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: SuspendedState | None = None,
        tags: Tags | None = None,
    ) -> None:
        if min_capacity is None:
            min_capacity = self._initial_capacity(variant) if variant else max(self.min_allowed_capacity, 1)
        with checking(place_of(scope).below(id).path) as check:
            named = f"variant {variant_name!r}"
            check.require(max_capacity is not None, f"{named}: max_capacity is missing")
            self.check_bounds(check, f"{named}: ", min_capacity, max_capacity)
            if variant:
                self._check_variant(check, named, variant, min_capacity, max_capacity)
        super().__init__(scope, id)
        targets_in(self.place.stack).append(self.path)
        self.min_capacity = min_capacity
        self.max_capacity = max_capacity
        self._tracked: list[str] = []
        self._scheduled_bounds: set[str] = set()
        # AWS drops the target with its endpoint, also when the endpoint comes back under the same name,
        # and it refuses another instance type for a variant that has a target.
        self._replaced_with: list[Address | Resource] = []
        if endpoint.replacement:
            self._replaced_with.append(endpoint.replacement)
        if isinstance(variant, InstanceProductionVariantProps):
            name = {"input": Map({"name": str(variant.instance_type)})}
            self._replaced_with.append(Resource(self, "InstanceType", "terraform_data", name))
        self._fixed_values: dict[str, Any] = {
            "service_namespace": "sagemaker",
            "scalable_dimension": self.scalable_dimension,
            "resource_id": f"endpoint/{endpoint.endpoint_name}/variant/{variant_name}",
            "min_capacity": as_number(min_capacity),
            "max_capacity": as_number(max_capacity),
            "suspended_state": vars(suspended_state) if suspended_state else None,
            "tags": Map(tags) if tags else None,
        }
        self._target = Resource(
            self, "Target", "aws_appautoscaling_target", self._values, attributes=_REFERENCES
        )

    @property
    def resource(self) -> "AppautoscalingTarget":
        """The provider's target."""
        resource: AppautoscalingTarget = self._target.object
        return resource

    @abstractmethod
    def _initial_capacity(self, variant: Any) -> Any:
        """The variant's initial capacity, which the lower bound defaults to."""

    @abstractmethod
    def _check_variant(self, check: Checks, named: str, variant: Any, low: Any, high: Any) -> None:
        """Note why this variant can't scale, or not between these bounds."""

    def scale_to_track_metric(
        self,
        id: str,
        *,
        target_value: float,
        predefined_metric: PredefinedMetric | None = None,
        custom_metric: IMetric | None = None,
        resource_label: str | None = None,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: DurationLike | None = None,
        scale_out_cooldown: DurationLike | None = None,
    ) -> "AppautoscalingPolicy":
        """Hold a metric near a value by adding and removing capacity.

        Args:
            id: the policy's id.
            target_value: above 0, in the metric's unit.
            predefined_metric: a metric that AWS knows by name. Give either this or `custom_metric`.
            custom_metric: a metric, or an expression of metrics, that falls when capacity is added. Its
                period is ignored: AWS looks at data points of one minute.
            resource_label: the resource of the predefined metric; none of SageMaker's needs it.
            policy_name: 1 to 256 characters. Defaults to the construct's path.
            disable_scale_in: whether to only add capacity. Defaults to false.
            scale_in_cooldown: pause after a scale-in, in whole seconds. Defaults to 5 minutes.
            scale_out_cooldown: pause after a scale-out, in whole seconds. Defaults to 5 minutes.

        Source:
        https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html

        Raises:
            InvalidPropsError: values outside these bounds, both metrics or none, or a metric that AWS doesn't
            publish for this kind of variant; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            if is_known(target_value):
                valid = is_number(target_value) and target_value > 0
                check.require(valid, f"target_value {target_value!r} must be a number above 0")
            self._check_tracked(check, predefined_metric, custom_metric)
            check_text_rule(check, "resource_label", resource_label, autoscaling("ResourceLabel"))
            _check_policy(
                check,
                policy_name,
                scale_in_cooldown=scale_in_cooldown,
                scale_out_cooldown=scale_out_cooldown,
            )
        if predefined_metric is not None:
            self._tracked.append(predefined_metric)
            metric: dict[str, Any] = {
                "predefined_metric_specification": {
                    "predefined_metric_type": str(predefined_metric),
                    **({"resource_label": resource_label} if resource_label else {}),
                }
            }
        else:
            assert custom_metric is not None
            specification = customized_metric_specification(custom_metric.to_alarm_arguments())
            metric = {"customized_metric_specification": specification}
        configuration = {
            "target_value": as_number(target_value),
            "disable_scale_in": disable_scale_in,
            "scale_in_cooldown": _cooldown(scale_in_cooldown),
            "scale_out_cooldown": _cooldown(scale_out_cooldown),
            **metric,
        }
        policy: AppautoscalingPolicy = self._policy(
            self,
            id,
            name=policy_name or self._policy_name(id),
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration,
        ).object
        return policy

    def scale_on_metric(
        self,
        id: str,
        *,
        metric: IMetric,
        scaling_steps: Sequence[ScalingInterval],
        adjustment_type: AdjustmentType = AdjustmentType.CHANGE_IN_CAPACITY,
        cooldown: DurationLike | None = None,
        min_adjustment_magnitude: CountLike | None = None,
        evaluation_periods: CountLike = 1,
        datapoints_to_alarm: CountLike | None = None,
        metric_aggregation_type: MetricAggregationType | None = None,
        treat_missing_data: TreatMissingData | None = None,
        policy_name: str | None = None,
    ) -> StepScaling:
        """Add or remove capacity in steps; the further the metric is from the quiet interval, the more.

        Makes up to two policies, one for the steps below the quiet interval and one for those above, each
        with the alarm that starts it.

        Args:
            id: the id of the construct that is made.
            metric: the metric that the intervals are about.
            scaling_steps: 2 to 40 intervals that don't overlap. One of them, or one gap between them, may be
                quiet, so that nothing changes there. Without it, the alarms meet in the middle.
            adjustment_type: how `change` is read. Defaults to adding it to the capacity.
            cooldown: pause between two scale-outs or scale-ins, in whole seconds. Defaults to 5 minutes.
            min_adjustment_magnitude: the smallest change, for changes in percent, 1 or more. Defaults to 1.
            evaluation_periods: how many of the latest periods are looked at, 1 or more.
            datapoints_to_alarm: how many of these must breach. Defaults to all.
            metric_aggregation_type: how AWS aggregates the metric. Defaults to the metric's own statistic if
                that is average, minimum or maximum, else to the average.
            treat_missing_data: how a period without data points counts. Defaults to leaving the capacity.
            policy_name: 1 to 250 characters, to which `-lower` or `-upper` is added. Defaults to the
                construct's path.

        Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html

        Raises:
            InvalidPropsError: intervals that overlap or leave more than one gap, or values outside these
            bounds; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            _check_policy(check, policy_name, room=len("-lower"), cooldown=cooldown)
            check_evaluation(check, metric, evaluation_periods, datapoints_to_alarm)
            check_whole(check, "min_adjustment_magnitude", min_adjustment_magnitude, 1)
            check.require(
                min_adjustment_magnitude is None
                or adjustment_type == AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
                "min_adjustment_magnitude is given, but only counts for AdjustmentType."
                "PERCENT_CHANGE_IN_CAPACITY",
            )
            lower, upper = split_steps(check, scaling_steps, adjustment_type)
        made = StepScaling(self, id)
        name = policy_name or self._policy_name(id)[:250]
        configuration = {
            "adjustment_type": str(adjustment_type),
            "cooldown": _cooldown(cooldown),
            "min_adjustment_magnitude": as_number(min_adjustment_magnitude),
            "metric_aggregation_type": str(metric_aggregation_type or aggregation_of(metric)),
        }
        alarm: dict[str, Any] = {
            "metric": metric,
            "evaluation_periods": evaluation_periods,
            "datapoints_to_alarm": datapoints_to_alarm,
            "treat_missing_data": treat_missing_data,
        }
        if lower:
            alarm["comparison_operator"] = ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
            made.lower_alarm = self._step_alarm(made, "Lower", lower, name, configuration, alarm)
        if upper:
            alarm["comparison_operator"] = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            made.upper_alarm = self._step_alarm(made, "Upper", upper, name, configuration, alarm)
        return made

    def scale_on_schedule(
        self,
        id: str,
        *,
        schedule: Schedule,
        min_capacity: CountLike | None = None,
        max_capacity: CountLike | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        time_zone: str | None = None,
        scheduled_action_name: str | None = None,
    ) -> "AppautoscalingScheduledAction":
        """Set the bounds at certain times; the capacity follows when it is outside of them.

        From then on the schedule owns the bounds that it sets: AWS writes them into the target. Terraform
        creates the target with its own bounds, and leaves the scheduled ones alone afterwards.

        Args:
            id: the action's id.
            schedule: when it takes place; see Schedule.
            min_capacity: the new lower bound. Defaults to no change.
            max_capacity: the new upper bound. Defaults to no change; give at least one of the two.
            start_time: a datetime with a time zone. By default, a recurring schedule starts at once.
            end_time: a datetime with a time zone. By default, a recurring schedule never ends.
            time_zone: the schedule's time zone, such as `Europe/Berlin`, with its summer time. Defaults to
                UTC.
            scheduled_action_name: 1 to 256 characters without ':', '/', '|' and control characters. Defaults
                to the construct's path.

        Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            check.require(
                min_capacity is not None or max_capacity is not None,
                "neither min_capacity nor max_capacity is given; a scheduled action sets at least one",
            )
            self.check_bounds(check, "", min_capacity, max_capacity)
            check_times(check, schedule, start_time, end_time, time_zone)
            name = self._policy_name(id) if scheduled_action_name is None else scheduled_action_name
            what = "the name that id makes," if scheduled_action_name is None else "scheduled_action_name"
            must = "must have 1 to 256 characters without ':', '/', '|' and spaces at its ends"
            check_text_rule(check, what, name, autoscaling("ScheduledActionName"), must)
        if schedule.every_minute:
            problem = "takes place every minute of the hours that match; pass minute= for once an hour"
            Annotations.of(self).add_warning(f"{id}: {schedule.expression_string} {problem}")
        self._claim("scheduled action", self, id, name, "scheduled_action_name")
        bounds = {"min_capacity": min_capacity, "max_capacity": max_capacity}
        self._scheduled_bounds |= {name for name, bound in bounds.items() if bound is not None}
        action: AppautoscalingScheduledAction = Resource(
            self,
            id,
            "aws_appautoscaling_scheduled_action",
            {
                "name": name,
                "schedule": schedule.expression_string,
                "timezone": time_zone,
                "start_time": rfc_3339(start_time),
                "end_time": rfc_3339(end_time),
                # The provider takes these numbers as text.
                "scalable_target_action": {
                    name: as_token(bound) for name, bound in bounds.items() if bound is not None
                },
                **self._reference(),
            },
        ).object
        if min_capacity is not None:
            self._allow_lower_bound(min_capacity)
        return action

    def _allow_lower_bound(self, lower_bound: CountLike) -> None:
        """Make what the target needs at this lower bound."""

    def _step_alarm(
        self,
        scope: StepScaling,
        side: str,
        steps: Steps,
        name: str,
        configuration: Mapping[str, Any],
        alarm: Mapping[str, Any],
    ) -> Alarm:
        """Make the policy of one side, and the alarm that starts it."""
        policy = self._policy(
            scope,
            f"{side}Policy",
            name=f"{name}-{side.lower()}",
            policy_type="StepScaling",
            step_scaling_policy_configuration={**configuration, "step_adjustment": step_adjustments(steps)},
        )
        return Alarm(
            scope,
            f"{side}Alarm",
            threshold=steps.threshold,
            alarm_description=f"{side} threshold scaling alarm",
            alarm_actions=[policy["arn"]],
            **alarm,
        )

    def _policy(self, scope: Construct, id: str, *, name: str, **values: Any) -> Resource:
        self._claim("scaling policy", scope, id, name, "policy_name")
        values["name"] = name
        return Resource(
            scope, id, "aws_appautoscaling_policy", {**values, **self._reference()}, attributes=("arn",)
        )

    def _claim(self, kind: str, scope: Construct, id: str, name: str, argument: str) -> None:
        # AWS would overwrite one with the other.
        claim_name(place_of(scope).below(id), f"{kind} of {self.path}", lambda: name, argument=argument)

    def _reference(self) -> dict[str, Any]:
        # AWS drops the policies and schedules with their target.
        lifecycle = {"replace_triggered_by": [Address(self._target, "id")]}
        return {**{name: self._target[name] for name in _REFERENCES}, "lifecycle": lifecycle}

    def _values(self) -> dict[str, Any]:
        lifecycle = {
            "replace_triggered_by": self._replaced_with or None,
            "ignore_changes": sorted(self._scheduled_bounds) or None,
        }
        return {**self._fixed_values, "lifecycle": lifecycle}

    def _policy_name(self, id: str) -> str:
        return f"{readable_name(self, limit=200)}-{id}"[:_MAX_POLICY_NAME]

    @classmethod
    def check_bounds(cls, check: Checks, named: str, low: CountLike | None, high: CountLike | None) -> None:
        """Note what is wrong with two bounds; None passes."""
        for name, value in (("min_capacity", low), ("max_capacity", high)):
            hint = cls._why_min if value == 0 else ""
            check_whole(check, f"{named}{name}", value, cls.min_allowed_capacity, hint=hint)
        if is_whole(low) and is_whole(high):
            check.require(low <= high, f"{named}min_capacity {low} is above max_capacity {high}")

    def _check_tracked(
        self, check: Checks, predefined: PredefinedMetric | None, custom: IMetric | None
    ) -> None:
        check.require(
            (predefined is None) != (custom is None), "give either predefined_metric or custom_metric"
        )
        if predefined is not None and is_known(predefined):
            allowed = self.predefined_metrics
            names = ", ".join(allowed) or "none; pass custom_metric"
            check.require(
                predefined in allowed,
                f"predefined_metric {predefined} isn't published for this kind of variant; there is {names}",
            )
            check.require(
                predefined not in self._tracked,
                f"predefined_metric {predefined} is tracked already; AWS takes one policy for each metric",
            )
        if custom is not None:
            check.require(
                getattr(custom, "account", None) is None,
                "custom_metric is of another account; Application Auto Scaling reads the stack's own",
            )


def _check_policy(
    check: Checks, name: str | None, *, room: int = 0, **cooldowns: DurationLike | None
) -> None:
    longest = _MAX_POLICY_NAME - room
    must, form = f"must have 1 to {longest} ASCII characters", re.compile(rf".{{1,{longest}}}")
    check_text_rule(check, "policy_name", name, autoscaling("PolicyName"), must, form=form)
    for what, cooldown in cooldowns.items():
        check_duration(check, what, cooldown, timedelta(0), None, rule="0 or more")


def _cooldown(given: DurationLike | None) -> Any:
    # The provider sends 0 where it is given nothing, so that AWS's own default would never hold.
    return seconds(_DEFAULT_COOLDOWN if given is None else given)
