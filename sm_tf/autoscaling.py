"""Scaling of a variant's instances by Application Auto Scaling."""

import math
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

from sm_tf.bindings.aws import AppautoscalingPolicy, AppautoscalingTarget
from sm_tf.bindings.core import Construct, Op, TerraformResourceLifecycle
from sm_tf.bindings.terraform_data import TerraformData
from sm_tf.bindings.tokens import address, as_number, is_known
from sm_tf.checks import check_duration, check_whole, is_number, is_whole, seconds
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
        instance_type = TerraformData(self, "InstanceType")
        instance_type.set_input(name=str(variant.instance_type))
        self.resource = AppautoscalingTarget(
            self,
            "Target",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=f"endpoint/{endpoint.endpoint_name}/variant/{variant.variant_name}",
            min_capacity=as_number(low),
            max_capacity=as_number(max_capacity),
            # AWS drops the target with its endpoint, also when the endpoint comes back under the same name,
            # and it refuses another instance type for a variant that has a target.
            lifecycle=TerraformResourceLifecycle(
                replace_triggered_by=[f"{address(endpoint.resource)}.id", address(instance_type)]
            ),
        )

    def scale_on_invocations(
        self,
        id: str,
        *,
        max_requests_per_second: float,
        safety_factor: float = 0.5,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: timedelta | float | None = None,
        scale_out_cooldown: timedelta | float | None = None,
    ) -> AppautoscalingPolicy:
        """Keep the requests for each instance near a target: `max_requests_per_second` x `safety_factor` x 60
        a minute.

        Args:
            id: the policy's id.
            max_requests_per_second: what one instance can bear, more than 0; a load test tells.
            safety_factor: above 0, at most 1, 0.5 if absent; room for the time that new instances need.
            policy_name: 1 to 256 characters; the construct's path if absent.
            disable_scale_in: whether to only add instances; it removes them too if absent.
            scale_in_cooldown: after a scale-in, a timedelta of whole seconds or a Terraform token for a
                number of seconds; 5 minutes if absent.
            scale_out_cooldown: the same, after a scale-out; 5 minutes if absent.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            rate, factor = max_requests_per_second, safety_factor
            if is_known(rate):
                valid = is_number(rate) and rate > 0
                check.require(valid, f"max_requests_per_second {rate!r} must be a number above 0")
            if is_known(factor):
                valid = is_number(factor) and 0 < factor <= 1
                check.require(valid, f"safety_factor {factor!r} must be a number above 0, at most 1")
            if policy_name is not None and is_known(policy_name):
                check.require(
                    1 <= len(policy_name) <= 256, f"policy_name {policy_name!r} must have 1 to 256 characters"
                )
            for name, cooldown in (
                ("scale_in_cooldown", scale_in_cooldown),
                ("scale_out_cooldown", scale_out_cooldown),
            ):
                check_duration(check, name, cooldown, timedelta(0), None, rule="0 or more")
        configuration: dict[str, Any] = {
            "target_value": _product(rate, factor, 60),
            "predefined_metric_specification": {
                "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
            },
            "disable_scale_in": disable_scale_in,
            "scale_in_cooldown": seconds(scale_in_cooldown),
            "scale_out_cooldown": seconds(scale_out_cooldown),
        }
        return AppautoscalingPolicy(
            self,
            id,
            name=policy_name or f"{readable_name(self, limit=200)}-{id}"[:256],
            policy_type="TargetTrackingScaling",
            service_namespace=self.resource.service_namespace,
            scalable_dimension=self.resource.scalable_dimension,
            resource_id=self.resource.resource_id,
            target_tracking_scaling_policy_configuration=configuration,
            # AWS drops the policies with their target.
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[f"{address(self.resource)}.id"]),
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
        f"{named} has managed_instance_scaling; SageMaker and Application Auto Scaling would both set its "
        "instance count, so keep one of them",
    )
    for name, value in (("min_capacity", low), ("max_capacity", high)):
        hint = "; only asynchronous endpoints can have no instances" if value == 0 else ""
        check.require(value is not None, f"{named}: {name} is missing")
        check_whole(check, f"{named}: {name}", value, 1, hint=hint)
    initial = variant.initial_instance_count
    if is_whole(low) and is_whole(high):
        check.require(low <= high, f"{named}: min_capacity {low} is above max_capacity {high}")
    if is_whole(low) and is_whole(initial):
        check.require(
            low <= initial,
            f"{named}: min_capacity {low} is above initial_instance_count {initial}; raise that too",
        )
    if is_whole(high) and is_whole(initial) and high != 0:
        check.require(
            high >= initial, f"{named}: max_capacity {high} is below initial_instance_count {initial}"
        )


def _product(*factors: Any) -> Any:
    if all(is_known(factor) for factor in factors):
        return math.prod(factors)
    return reduce(Op.mul, (as_number(factor) for factor in factors))
