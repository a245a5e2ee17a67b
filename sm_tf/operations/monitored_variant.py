"""A variant of an endpoint as alarms and dashboards need it."""

from typing import Protocol, runtime_checkable

from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.operations.variant_indicators import VariantIndicators


@runtime_checkable
class MonitoredVariant(Protocol):
    """A variant that gives its own indicators."""

    @property
    def endpoint(self) -> EndpointReference:
        """The endpoint of the variant."""

    @property
    def variant_name(self) -> str:
        """The variant's name."""

    def _indicators(self) -> VariantIndicators:
        """The variant's indicators, as it is now."""
