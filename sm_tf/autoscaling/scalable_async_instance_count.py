"""Scaling of an asynchronous endpoint's instances, down to none."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sm_tf.autoscaling.scalable_instance_count import INSTANCE_COUNT, check_instances
from sm_tf.autoscaling.scalable_target import ScalableTarget, SuspendedState
from sm_tf.bindings.core import Construct
from sm_tf.cloudwatch.alarm import Alarm, TreatMissingData
from sm_tf.configuration.production_variant import InstanceProductionVariantProps
from sm_tf.foundation.checks import CountLike, DurationLike, is_whole
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.tags import Tags
from sm_tf.metrics.variant_metrics import AsyncVariantMetrics

if TYPE_CHECKING:
    from sm_tf.bindings.aws import AppautoscalingPolicy


class ScalableAsyncInstanceCount(ScalableTarget):
    """The instance count of an asynchronous endpoint's variant, within bounds.

    If the lower bound is 0, or only Terraform knows it, there is also a policy that starts the first instance
    when requests are queued and no instance is running; `wake_up_alarm` is its alarm.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    """

    scalable_dimension = INSTANCE_COUNT
    min_allowed_capacity = 0
    # Asynchronous endpoints don't publish the metrics that the predefined ones are made of.
    predefined_metrics = ()

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metrics: AsyncVariantMetrics,
        endpoint: EndpointReference,
        variant_name: str,
        variant: InstanceProductionVariantProps | None = None,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: SuspendedState | None = None,
        tags: Tags | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            endpoint=endpoint,
            variant_name=variant_name,
            variant=variant,
            max_capacity=max_capacity,
            min_capacity=min_capacity,
            suspended_state=suspended_state,
            tags=tags,
        )
        self._metrics = metrics
        self.wake_up_alarm: Alarm | None = None
        self._allow_lower_bound(self.min_capacity)

    @property
    def wakes_on(self) -> Alarm | None:
        """The former name of `wake_up_alarm`."""
        return self.wake_up_alarm

    def _initial_capacity(self, variant: InstanceProductionVariantProps) -> CountLike:
        return variant.initial_instance_count

    def _check_variant(
        self, check: Checks, named: str, variant: InstanceProductionVariantProps, low: Any, high: Any
    ) -> None:
        check_instances(check, named, variant, low, high)

    def scale_on_backlog(
        self,
        id: str,
        *,
        backlog_per_instance: float,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: DurationLike | None = None,
        scale_out_cooldown: DurationLike | None = None,
    ) -> "AppautoscalingPolicy":
        """Keep the queued requests for each instance near a target (`ApproximateBacklogSizePerInstance`).

        Args:
            id: the policy's id.
            backlog_per_instance: queued requests for each instance, above 0: the wait that callers accept,
                divided by the time that one request takes.
            policy_name: 1 to 256 characters. Defaults to the construct's path.
            disable_scale_in: whether to only add instances. Defaults to false.
            scale_in_cooldown: pause after a scale-in, in whole seconds. Defaults to 5 minutes.
            scale_out_cooldown: pause after a scale-out, in whole seconds. Defaults to 5 minutes.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return self.scale_to_track_metric(
            id,
            target_value=backlog_per_instance,
            custom_metric=self._metrics.metric_approximate_backlog_size_per_instance(),
            policy_name=policy_name,
            disable_scale_in=disable_scale_in,
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
        )

    def _allow_lower_bound(self, lower_bound: CountLike) -> None:
        always_some = is_whole(lower_bound) and lower_bound > 0
        if always_some or self.wake_up_alarm:
            return
        first = {"scaling_adjustment": 1, "metric_interval_lower_bound": "0"}
        policy = self._policy(
            self,
            "WakePolicy",
            name=self._policy_name("wake"),
            policy_type="StepScaling",
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                "metric_aggregation_type": "Average",
                "cooldown": 300,
                "step_adjustment": [first],
            },
        )
        queued = self._metrics.metric_has_backlog_without_capacity(
            statistic="Average", period=timedelta(minutes=1)
        )
        self.wake_up_alarm = queued.create_alarm(
            self,
            "WakeAlarm",
            alarm_description="Requests are queued but no instance is running",
            threshold=1,
            evaluation_periods=2,
            datapoints_to_alarm=2,
            # AWS publishes nothing while the queue is empty.
            treat_missing_data=TreatMissingData.NOT_BREACHING,
            alarm_actions=[policy["arn"]],
        )
