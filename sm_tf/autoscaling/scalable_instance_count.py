"""Scaling of a real-time variant's instances."""

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

from sm_tf.autoscaling.scalable_target import ScalableTarget
from sm_tf.autoscaling.target_tracking import PredefinedMetric
from sm_tf.bindings.core import Op
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.configuration.instance_type import InstanceType
from sm_tf.configuration.production_variant import InstanceProductionVariantProps
from sm_tf.foundation.checks import CountLike, DurationLike, is_number, is_whole
from sm_tf.foundation.errors import Checks, checking

if TYPE_CHECKING:
    from sm_tf.bindings.aws import AppautoscalingPolicy

INSTANCE_COUNT = "sagemaker:variant:DesiredInstanceCount"


class ScalableInstanceCount(ScalableTarget):
    """The instance count of a variant, within bounds, ready for scaling policies.

    From then on Application Auto Scaling owns the count. Terraform doesn't change it, but every update of the
    endpoint resets it to the variant's `initial_instance_count`.

    Source:
    https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-sagemaker.html
    """

    scalable_dimension = INSTANCE_COUNT
    _why_min = "; only asynchronous endpoints can have no instances"
    predefined_metrics = (
        PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE,
        PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION,
    )

    def _initial_capacity(self, variant: InstanceProductionVariantProps) -> CountLike:
        return variant.initial_instance_count

    def _check_variant(
        self, check: Checks, named: str, variant: InstanceProductionVariantProps, low: Any, high: Any
    ) -> None:
        check_instances(check, named, variant, low, high)

    def scale_on_invocations(
        self,
        id: str,
        *,
        max_requests_per_second: float,
        safety_factor: float = 0.5,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: DurationLike | None = None,
        scale_out_cooldown: DurationLike | None = None,
    ) -> "AppautoscalingPolicy":
        """Keep the requests for each instance near a target: `max_requests_per_second` x `safety_factor` x 60
        a minute.

        Args:
            id: the policy's id.
            max_requests_per_second: the most that one instance can handle, above 0; run a load test to find
                it.
            safety_factor: above 0, at most 1; leaves room for the time that new instances take to start.
            policy_name: 1 to 256 characters. Defaults to the construct's path.
            disable_scale_in: whether to only add instances. Defaults to false.
            scale_in_cooldown: pause after a scale-in, in whole seconds. Defaults to 5 minutes.
            scale_out_cooldown: pause after a scale-out, in whole seconds. Defaults to 5 minutes.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        rate, factor = max_requests_per_second, safety_factor
        with checking(f"{self.path}/{id}") as check:
            if is_known(rate):
                valid = is_number(rate) and 0 < rate * 60 < math.inf
                check.require(valid, f"max_requests_per_second {rate!r} must be a number above 0")
            if is_known(factor):
                valid = is_number(factor) and 0 < factor <= 1
                check.require(valid, f"safety_factor {factor!r} must be a number above 0, at most 1")
        return self.scale_to_track_metric(
            id,
            target_value=_product(rate, factor, 60),
            predefined_metric=PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE,
            policy_name=policy_name,
            disable_scale_in=disable_scale_in,
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
        )


def check_instances(
    check: Checks, named: str, variant: InstanceProductionVariantProps, low: Any, high: Any
) -> None:
    """Note why a variant's instances can't be scaled, or not between these bounds."""
    check.require(
        not InstanceType.of(str(variant.instance_type)).is_burstable,
        f"{named} runs on {variant.instance_type}; Application Auto Scaling can't scale burstable instances, "
        "so choose another family such as ml.m5",
    )
    check.require(
        variant.enabled_managed_scaling is None,
        f"{named} has managed_instance_scaling; SageMaker and Application Auto Scaling would both set its "
        "instance count, so keep one of them",
    )
    initial = variant.initial_instance_count
    if is_whole(low) and is_whole(initial):
        check.require(
            low <= initial,
            f"{named}: min_capacity {low} is above initial_instance_count {initial}; raise that too",
        )
    if is_whole(high) and is_whole(initial):
        check.require(
            high >= initial, f"{named}: max_capacity {high} is below initial_instance_count {initial}"
        )


def _product(*factors: Any) -> Any:
    if all(is_known(factor) for factor in factors):
        return math.prod(factors)
    return reduce(Op.mul, (as_number(factor) for factor in factors))
