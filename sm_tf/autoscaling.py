"""Scaling of a variant's instances by Application Auto Scaling."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sm_tf.bindings.aws import AppautoscalingPolicy, AppautoscalingTarget
from sm_tf.bindings.core import Construct, TerraformResourceLifecycle
from sm_tf.bindings.tokens import address, is_known
from sm_tf.construct import SmTfConstruct
from sm_tf.errors import Checks, checking
from sm_tf.naming import readable_name
from sm_tf.production_variant import InstanceProductionVariantProps

if TYPE_CHECKING:
    from sm_tf.endpoint import Endpoint


class ScalableInstanceCount(SmTfConstruct):
    """The instance count of a variant, within bounds, ready for scaling policies.

    Application Auto Scaling owns the count from then on: the plan doesn't change it, but every update of the
    endpoint resets it to the variant's `initial_instance_count`.

    Source:
    https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-sagemaker.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint: "Endpoint",
        variant: InstanceProductionVariantProps,
        max_capacity: int,
        min_capacity: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        low = variant.initial_instance_count if min_capacity is None else min_capacity
        with checking(self.path) as check:
            _check_capacity(check, variant, low, max_capacity)
        self.resource = AppautoscalingTarget(
            self,
            "Target",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=f"endpoint/{endpoint.endpoint_name}/variant/{variant.variant_name}",
            min_capacity=low,
            max_capacity=max_capacity,
            # AWS drops the target with its endpoint, also when the endpoint comes back under the same name.
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[f"{address(endpoint.resource)}.id"]),
        )

    def scale_on_invocations(
        self,
        id: str,
        *,
        max_requests_per_second: float,
        safety_factor: float = 0.5,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: timedelta | None = None,
        scale_out_cooldown: timedelta | None = None,
    ) -> AppautoscalingPolicy:
        """Keep the requests for each instance near a target: `max_requests_per_second` x `safety_factor` x 60
        a minute.

        Args:
            id: the policy's id.
            max_requests_per_second: what one instance can bear, more than 0; a load test tells.
            safety_factor: above 0, at most 1, 0.5 if absent; room for the time that new instances need.
            policy_name: 1 to 256 characters; the construct's path if absent.
            disable_scale_in: whether to only add instances; it removes them too if absent.
            scale_in_cooldown: whole seconds after a scale-in; 5 minutes if absent.
            scale_out_cooldown: whole seconds after a scale-out; 5 minutes if absent.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            if is_known(max_requests_per_second):
                valid = max_requests_per_second > 0
                check.require(
                    valid, f"max_requests_per_second {max_requests_per_second!r} must be more than 0"
                )
            if is_known(safety_factor):
                check.require(
                    0 < safety_factor <= 1, f"safety_factor {safety_factor!r} must be above 0 and at most 1"
                )
            if policy_name is not None and is_known(policy_name):
                check.require(
                    1 <= len(policy_name) <= 256, f"policy_name {policy_name!r} must have 1 to 256 characters"
                )
            _check_cooldown(check, "scale_in_cooldown", scale_in_cooldown)
            _check_cooldown(check, "scale_out_cooldown", scale_out_cooldown)
        configuration: dict[str, Any] = {
            "target_value": max_requests_per_second * safety_factor * 60,
            "predefined_metric_specification": {
                "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
            },
            "disable_scale_in": disable_scale_in,
            "scale_in_cooldown": _seconds(scale_in_cooldown),
            "scale_out_cooldown": _seconds(scale_out_cooldown),
        }
        return AppautoscalingPolicy(
            self,
            id,
            name=policy_name or f"{readable_name(self, limit=200)}-{id.lower()}"[:256],
            policy_type="TargetTrackingScaling",
            service_namespace=self.resource.service_namespace,
            scalable_dimension=self.resource.scalable_dimension,
            resource_id=self.resource.resource_id,
            target_tracking_scaling_policy_configuration=configuration,
        )


def _check_capacity(check: Checks, variant: InstanceProductionVariantProps, low: Any, high: Any) -> None:
    named = f"variant {variant.variant_name!r}"
    check.require(
        not variant.instance_type.is_burstable,
        f"{named} runs on {variant.instance_type}; Application Auto Scaling can't scale burstable instances, "
        "so choose another family such as ml.m5",
    )
    check.require(
        variant.managed_instance_scaling is None,
        f"{named} has managed_instance_scaling; SageMaker and Application Auto Scaling would both set its instance count, "
        "so keep one of them",
    )
    for name, value in (("min_capacity", low), ("max_capacity", high)):
        if is_known(value):
            valid = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            reason = "; only asynchronous endpoints can have no instances" if value == 0 else ""
            check.require(valid, f"{named}: {name} {value!r} must be a whole number, 1 or more{reason}")
    initial = variant.initial_instance_count
    if check.problems or not all(is_known(value) for value in (low, high, initial)):
        return
    check.require(low <= high, f"{named}: min_capacity {low} is above max_capacity {high}")
    check.require(
        low <= initial,
        f"{named}: min_capacity {low} is above initial_instance_count {initial}; raise that too",
    )
    check.require(high >= initial, f"{named}: max_capacity {high} is below initial_instance_count {initial}")


def _check_cooldown(check: Checks, name: str, cooldown: timedelta | None) -> None:
    if cooldown is not None:
        valid = cooldown >= timedelta(0) and cooldown.microseconds == 0
        check.require(valid, f"{name} {cooldown} must be 0 or more, in whole seconds")


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else int(duration.total_seconds())
