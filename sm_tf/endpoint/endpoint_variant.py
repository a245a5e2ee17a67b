"""A variant of an endpoint: its metrics and its scaling."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sm_tf.configuration.production_variant import (
    InstanceProductionVariantProps,
    ProductionVariantProps,
    ServerlessProductionVariantProps,
)
from sm_tf.foundation.checks import CountLike
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import InvalidPropsError
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
    """What the variants of every kind have in common.

    `props` is what the variant was made of; None where the endpoint's configuration is owned elsewhere.
    """

    kind: ClassVar[str]
    """What the kind is called in messages."""
    finder: ClassVar[str]
    """The method of an endpoint that finds variants of the kind."""

    def __init__(
        self,
        endpoint: EndpointReference,
        variant_name: str,
        props: ProductionVariantProps | None,
        id: str,
        scaling: "dict[str, ScalableTarget]",
    ) -> None:
        super().__init__(endpoint_name=endpoint.name_as_text, variant_name=variant_name)
        self.endpoint = endpoint
        self.variant_name = variant_name
        self.props = props
        self._id = id
        self._scaling = scaling

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.variant_name!r} of {self.endpoint.path}>"

    @abstractmethod
    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""

    @property
    def scaling(self) -> "ScalableTarget | None":
        """What `auto_scale_…` has returned; None if the variant doesn't scale."""
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
                f"variant {self.variant_name!r} scales already; add policies to what the first call returned"
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
    """The scaling of a variant on instances whose callers wait for the answer."""

    def auto_scale_instance_count(
        self,
        *,
        max_capacity: CountLike,
        min_capacity: CountLike | None = None,
        suspended_state: "SuspendedState | None" = None,
        tags: Mapping[str, str] | None = None,
    ) -> "ScalableInstanceCount":
        """Let Application Auto Scaling set the number of instances; add a policy to what is returned.

        Args:
            max_capacity: 1 or more, and no less than the variant's initial count.
            min_capacity: 1 or more, and no more than the variant's initial count; the initial count if
                absent, or 1 where that isn't known since the endpoint's configuration is owned elsewhere.
            suspended_state: what stands still for now; nothing if absent.
            tags: for the scalable target.

        Raises:
            InvalidPropsError: counts outside these bounds, burstable instances, managed instance scaling, or
            called before.
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
    """A variant on instances whose callers wait for the answer of its model: its metrics and its scaling."""

    kind = "real-time on instances"
    finder = "find_instance_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import RealTimeIndicators

        return RealTimeIndicators(self, self._instances)


class EndpointMultiModelProductionVariant(RealTimeProductionVariant, MultiModelVariantMetrics):
    """A variant that loads many models into one container: its metrics and its scaling."""

    kind = "multi-model"
    finder = "find_multi_model_production_variant"

    def _indicators(self) -> "VariantIndicators":
        """The values that alarms watch and a dashboard shows, for the variant as it is now."""
        from sm_tf.operations.variant_indicators import MultiModelIndicators

        return MultiModelIndicators(self, self._instances)


class EndpointAsyncProductionVariant(EndpointProductionVariant, AsyncVariantMetrics):
    """The variant of an asynchronous endpoint: its metrics and its scaling."""

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
        tags: Mapping[str, str] | None = None,
    ) -> "ScalableAsyncInstanceCount":
        """Let Application Auto Scaling set the number of instances; add a policy to what is returned.

        With a minimum of 0 the endpoint costs nothing while nobody waits, and a policy that starts the first
        instance is made too. AWS creates every endpoint with at least one instance.

        Args:
            max_capacity: 1 or more, and no less than the variant's initial count.
            min_capacity: 0 or more, and no more than the variant's initial count; the initial count if
                absent, or 1 where that isn't known since the endpoint's configuration is owned elsewhere.
            suspended_state: what stands still for now; nothing if absent.
            tags: for the scalable target.

        Raises:
            InvalidPropsError: counts outside these bounds, burstable instances, managed instance scaling, or
            called before.
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
    """A serverless variant: its metrics, and the scaling of its provisioned concurrency."""

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
        tags: Mapping[str, str] | None = None,
    ) -> "ScalableProvisionedConcurrency":
        """Let Application Auto Scaling set the provisioned concurrency; add a policy to what is returned.

        Args:
            max_capacity: no less than the variant's provisioned concurrency, no more than its
                `max_concurrency`.
            min_capacity: 1 or more, and no more than the variant's provisioned concurrency; this if absent,
                or 1 where it isn't known since the endpoint's configuration is owned elsewhere.
            suspended_state: what stands still for now; nothing if absent.
            tags: for the scalable target.

        Raises:
            InvalidPropsError: numbers outside these bounds, a variant without provisioned concurrency, or
            called before.
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
