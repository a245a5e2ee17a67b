"""Scaling of a serverless variant's provisioned concurrency."""

from typing import TYPE_CHECKING, Any

from sm_tf.autoscaling.scalable_target import ScalableTarget
from sm_tf.autoscaling.target_tracking import PredefinedMetric
from sm_tf.bindings.tokens import is_known
from sm_tf.configuration.production_variant import ServerlessProductionVariantProps
from sm_tf.foundation.checks import CountLike, DurationLike, is_number, is_whole
from sm_tf.foundation.errors import Checks, checking

if TYPE_CHECKING:
    from sm_tf.bindings.aws import AppautoscalingPolicy


class ScalableProvisionedConcurrency(ScalableTarget):
    """The provisioned concurrency of a serverless variant, within bounds.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
    """

    scalable_dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    _why_min = "; AWS scales only what is provisioned"
    predefined_metrics = (PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION,)

    def _initial_capacity(self, variant: ServerlessProductionVariantProps) -> CountLike | None:
        return variant.provisioned_concurrency

    def _check_variant(
        self, check: Checks, named: str, variant: ServerlessProductionVariantProps, low: Any, high: Any
    ) -> None:
        provisioned, max_concurrency = variant.provisioned_concurrency, variant.max_concurrency
        check.require(
            provisioned is not None,
            f"{named} has no provisioned_concurrency to scale; without one, a serverless variant scales by "
            "itself",
        )
        if is_whole(provisioned) and is_whole(low):
            check.require(
                low <= provisioned,
                f"{named}: min_capacity {low} is above provisioned_concurrency {provisioned}; raise that too",
            )
        if is_whole(provisioned) and is_whole(high):
            check.require(
                high >= provisioned,
                f"{named}: max_capacity {high} is below provisioned_concurrency {provisioned}",
            )
        if is_whole(high) and is_whole(max_concurrency):
            check.require(
                high <= max_concurrency,
                f"{named}: max_capacity {high} is above max_concurrency {max_concurrency}",
            )

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
            utilization_target: above 0, at most 1; 0.7 leaves three of ten for a burst.
            policy_name: 1 to 256 characters. Defaults to the construct's path.
            disable_scale_in: whether to only add concurrency. Defaults to false.
            scale_in_cooldown: pause after a scale-in, in whole seconds. Defaults to 5 minutes.
            scale_out_cooldown: pause after a scale-out, in whole seconds. Defaults to 5 minutes.

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
