"""The capacity of a variant, as far as it is known at synth."""

from dataclasses import dataclass

from sm_tf.aws.instance_types import gpus_of, vcpus_of
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.checks import CountLike


@dataclass(frozen=True, kw_only=True)
class ScalingBounds:
    """The bounds between which a capacity is scaled; None where one isn't set."""

    minimum: CountLike | None
    maximum: CountLike | None


@dataclass(frozen=True, kw_only=True)
class InstanceCapacity:
    """The instances of a variant; no type and count where its configuration is owned elsewhere."""

    instance_type: str | None = None
    instance_count: CountLike | None = None
    scaling: ScalingBounds | None = None

    @property
    def vcpus(self) -> int | None:
        """The vCPUs of an instance; None where they aren't known."""
        known = self.instance_type is not None and is_known(self.instance_type)
        return vcpus_of(str(self.instance_type)) if known else None

    @property
    def gpus(self) -> int | None:
        """The GPUs of an instance; None where they aren't known."""
        known = self.instance_type is not None and is_known(self.instance_type)
        return gpus_of(str(self.instance_type)) if known else None

    @property
    def highest_count(self) -> CountLike | None:
        """The most instances that scaling may start; None if nothing scales, or there is no room to."""
        if self.scaling is None or self.scaling.minimum == self.scaling.maximum:
            return None
        return self.scaling.maximum


@dataclass(frozen=True, kw_only=True)
class ServerlessCapacity:
    """The limits of a serverless variant; no memory and concurrency where its configuration is owned
    elsewhere.
    """

    memory_size_in_mb: CountLike | None = None
    max_concurrency: CountLike | None = None
    provisioned_concurrency: CountLike | None = None
    scaling: ScalingBounds | None = None

    @property
    def is_known(self) -> bool:
        """Whether the limits are known."""
        return self.max_concurrency is not None
