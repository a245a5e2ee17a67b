"""The production variants of an endpoint: their metrics and scaling."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sm_tf.configuration.production_variant import (
    InstanceProductionVariantProps,
    ProductionVariantProps,
    ServerlessProductionVariantProps,
)
from sm_tf.foundation.checks import CountLike
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.tags import Tags
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    MultiModelVariantMetrics,
    RealTimeVariantMetrics,
    ServerlessVariantMetrics,
    VariantMetrics,
)
from sm_tf.operations.capacity import InstanceCapacity, ScalingBounds, ServerlessCapacity

if TYPE_CHECKING:
    from sm_tf.autoscaling.scalable_async_instance_count import ScalableAsyncInstanceCount
    from sm_tf.autoscaling.scalable_instance_count import ScalableInstanceCount
    from sm_tf.autoscaling.scalable_provisioned_concurrency import ScalableProvisionedConcurrency
    from sm_tf.autoscaling.scalable_target import ScalableTarget, SuspendedState
    from sm_tf.operations.variant_indicators import VariantIndicators

Target = TypeVar("Target", bound="ScalableTarget")


class EndpointProductionVariant(VariantMetrics, ABC):
    """The base of all kinds of variants.

    `props` holds the variant's properties, or None if the endpoint or its configuration is imported.
    """

    kind: ClassVar[str]
    """The name of the kind in messages."""
    finder: ClassVar[str]
    """The endpoint's method that finds variants of this kind."""

    def __init__(
        self,
        endpoint: EndpointReference,
        variant_name: str,
        props: ProductionVariantProps | None,
        id: str,
        scaling: dict[str, Any],
    ) -> None:
        super().__init__(endpoint_name=endpoint.literal_name, variant_name=variant_name)
        self.endpoint = endpoint
        self.variant_name = variant_name
        self.props = props
        self._id = id
        self._scaling: dict[str, ScalableTarget] = scaling

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.variant_name!r} of {self.endpoint.path}>"

    @abstractmethod
    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""

    @property
    def scaling(self) -> "ScalableTarget | None":
        """The scalable target that `auto_scale_…` returned, or None if the variant doesn't scale."""
        return self._scaling.get(self.variant_name)

    @property
    def _instances(self) -> InstanceCapacity:
        scaling = self._scaling_bounds
        if not isinstance(self.props, InstanceProductionVariantProps):
            return InstanceCapacity(scaling=scaling)
        managed = self.props.enabled_managed_scaling
        if scaling is None and managed is not None:
            scaling = ScalingBounds(minimum=managed.min_instance_count, maximum=managed.max_instance_count)
        return InstanceCapacity(
            instance_type=str(self.props.instance_type),
            instance_count=self.props.initial_instance_count,
            scaling=scaling,
        )

    @property
    def _scaling_bounds(self) -> ScalingBounds | None:
        if self.scaling is None:
            return None
        return ScalingBounds(minimum=self.scaling.min_capacity, maximum=self.scaling.max_capacity)

    def _scale(self, target: type[Target], capacity: str, **options: Any) -> Target:
        if self.scaling is not None:
            problem = (
                f"variant {self.variant_name!r} already scales; add policies to the target that the first "
                "call returned"
            )
            raise InvalidPropsError(self.endpoint.path, [problem])
        self._scaling[self.variant_name] = scaling = target(
            self.endpoint,
            f"{self._id}{capacity}",
            endpoint=self.endpoint,
            variant_name=self.variant_name,
            variant=self.props,
            **options,
        )
        return scaling


class RealTimeProductionVariant(EndpointProductionVariant):
    """The scaling of a real-time variant on instances."""

    def auto_scale_instance_count(
        self,
        *,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: "SuspendedState | None" = None,
        tags: Tags | None = None,
    ) -> "ScalableInstanceCount":
        """Let Application Auto Scaling manage the number of instances. Add policies to the returned target.

        Args:
            max_capacity: The highest number of instances: 1 or more, and at least the variant's initial
                count.
            min_capacity: The lowest number of instances: 1 or more, and at most the variant's initial count.
                Defaults to the initial count, or to 1 if the endpoint or its configuration is imported.
            suspended_state: The scaling activities to suspend. Defaults to none.
            tags: Tags for the scalable target.

        Raises:
            InvalidPropsError: If a count is out of range, the instances are burstable, managed instance
            scaling is on, or the variant already scales.
        """
        from sm_tf.autoscaling.scalable_instance_count import ScalableInstanceCount

        return self._scale(
            ScalableInstanceCount,
            "InstanceCount",
            max_capacity=max_capacity,
            min_capacity=min_capacity,
            suspended_state=suspended_state,
            tags=tags,
        )


class EndpointInstanceProductionVariant(RealTimeProductionVariant, RealTimeVariantMetrics):
    """A real-time variant on instances with a single model: its metrics and scaling."""

    kind = "real-time on instances"
    finder = "find_instance_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import RealTimeIndicators

        return RealTimeIndicators(self, self._instances)


class EndpointMultiModelProductionVariant(RealTimeProductionVariant, MultiModelVariantMetrics):
    """A variant that hosts many models in one container: its metrics and scaling."""

    kind = "multi-model"
    finder = "find_multi_model_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import MultiModelIndicators

        return MultiModelIndicators(self, self._instances)


class EndpointAsyncProductionVariant(EndpointProductionVariant, AsyncVariantMetrics):
    """The variant of an asynchronous endpoint: its metrics and scaling."""

    kind = "asynchronous"
    finder = "find_async_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import AsyncIndicators

        return AsyncIndicators(self, self._instances)

    def auto_scale_instance_count(
        self,
        *,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: "SuspendedState | None" = None,
        tags: Tags | None = None,
    ) -> "ScalableAsyncInstanceCount":
        """Let Application Auto Scaling manage the number of instances. Add policies to the returned target.

        With a minimum of 0, the endpoint costs nothing while no request waits, and a policy that starts the
        first instance is created too. AWS always creates an endpoint with at least one instance.

        Args:
            max_capacity: The highest number of instances: 1 or more, and at least the variant's initial
                count.
            min_capacity: The lowest number of instances: 0 or more, and at most the variant's initial count.
                Defaults to the initial count, or to 1 if the endpoint or its configuration is imported.
            suspended_state: The scaling activities to suspend. Defaults to none.
            tags: Tags for the scalable target.

        Raises:
            InvalidPropsError: If a count is out of range, the instances are burstable, managed instance
            scaling is on, or the variant already scales.
        """
        from sm_tf.autoscaling.scalable_async_instance_count import ScalableAsyncInstanceCount

        return self._scale(
            ScalableAsyncInstanceCount,
            "InstanceCount",
            metrics=self,
            max_capacity=max_capacity,
            min_capacity=min_capacity,
            suspended_state=suspended_state,
            tags=tags,
        )


class EndpointServerlessProductionVariant(EndpointProductionVariant, ServerlessVariantMetrics):
    """A serverless variant: its metrics and the scaling of its provisioned concurrency."""

    kind = "serverless"
    finder = "find_serverless_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import ServerlessIndicators

        return ServerlessIndicators(self, self._limits)

    @property
    def _limits(self) -> ServerlessCapacity:
        scaling = self._scaling_bounds
        if not isinstance(self.props, ServerlessProductionVariantProps):
            return ServerlessCapacity(scaling=scaling)
        return ServerlessCapacity(
            memory_size_in_mb=self.props.memory_size_in_mb,
            max_concurrency=self.props.max_concurrency,
            provisioned_concurrency=self.props.provisioned_concurrency,
            scaling=scaling,
        )

    def auto_scale_provisioned_concurrency(
        self,
        *,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: "SuspendedState | None" = None,
        tags: Tags | None = None,
    ) -> "ScalableProvisionedConcurrency":
        """Let Application Auto Scaling manage provisioned concurrency. Add policies to the returned target.

        Args:
            max_capacity: The highest provisioned concurrency: at least the variant's provisioned concurrency,
                and at most its `max_concurrency`.
            min_capacity: The lowest provisioned concurrency: 1 or more, and at most the variant's provisioned
                concurrency. Defaults to that concurrency, or to 1 if the endpoint or its configuration is
                imported.
            suspended_state: The scaling activities to suspend. Defaults to none.
            tags: Tags for the scalable target.

        Raises:
            InvalidPropsError: If a number is out of range, the variant has no provisioned concurrency, or the
            variant already scales.
        """
        from sm_tf.autoscaling.scalable_provisioned_concurrency import ScalableProvisionedConcurrency

        return self._scale(
            ScalableProvisionedConcurrency,
            "ProvisionedConcurrency",
            max_capacity=max_capacity,
            min_capacity=min_capacity,
            suspended_state=suspended_state,
            tags=tags,
        )
