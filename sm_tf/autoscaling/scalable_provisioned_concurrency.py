"""Scaling of a serverless variant's provisioned concurrency."""

from typing import TYPE_CHECKING, Any

from sm_tf.autoscaling.scalable_target import ScalableTarget
from sm_tf.autoscaling.target_tracking import PredefinedMetric
from sm_tf.bindings.tokens import is_known
from sm_tf.configuration.production_variant import ServerlessProductionVariantProps
from sm_tf.foundation.checks import DurationLike, is_number, is_whole
from sm_tf.foundation.errors import Checks, checking

if TYPE_CHECKING:
    from sm_tf.bindings.aws import AppautoscalingPolicy


class ScalableProvisionedConcurrency(ScalableTarget):
    """The provisioned concurrency of a serverless variant, within bounds.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
    """

    scalable_dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    reason_for_lowest = "; AWS scales only what is provisioned"
    predefined_metrics = (PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION,)

    def _initial_capacity(self, variant: ServerlessProductionVariantProps) -> int | None:
        return variant.provisioned_concurrency

    def _check_variant(
        self, check: Checks, named: str, variant: ServerlessProductionVariantProps, low: Any, high: Any
    ) -> None:
        warm, most = variant.provisioned_concurrency, variant.max_concurrency
        check.require(
            warm is not None,
            f"{named} has no provisioned_concurrency to scale; a serverless variant without scales by itself",
        )
        if is_whole(warm) and is_whole(low):
            check.require(
                low <= warm,
                f"{named}: min_capacity {low} is above provisioned_concurrency {warm}; raise that too",
            )
        if is_whole(warm) and is_whole(high):
            check.require(
                high >= warm, f"{named}: max_capacity {high} is below provisioned_concurrency {warm}"
            )
        if is_whole(high) and is_whole(most):
            check.require(high <= most, f"{named}: max_capacity {high} is above max_concurrency {most}")

    def scale_on_utilization(
        self,
        id: str,
        *,
        utilization_target: float,
        policy_name: str | None = None,
        disable_scale_in: bool | None = None,
        scale_in_cooldown: DurationLike | None = None,
        scale_out_cooldown: DurationLike | None = None,
    ) -> "AppautoscalingPolicy":
        """Keep the share of the provisioned concurrency that is in use near a target.

        Args:
            id: the policy's id.
            utilization_target: above 0, at most 1: 0.7 leaves three of ten for a burst.
            policy_name: 1 to 256 characters; the construct's path if absent.
            disable_scale_in: whether to only add concurrency; it is removed too if absent.
            scale_in_cooldown: after a scale-in, a timedelta of whole seconds or a Terraform token for a
                number of seconds; 5 minutes if absent.
            scale_out_cooldown: the same, after a scale-out; 5 minutes if absent.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        with checking(f"{self.path}/{id}") as check:
            if is_known(utilization_target):
                valid = is_number(utilization_target) and 0 < utilization_target <= 1
                check.require(
                    valid, f"utilization_target {utilization_target!r} must be a number above 0, at most 1"
                )
        return self.scale_to_track_metric(
            id,
            target_value=utilization_target,
            predefined_metric=PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION,
            policy_name=policy_name,
            disable_scale_in=disable_scale_in,
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
        )
