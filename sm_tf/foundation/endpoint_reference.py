"""The part of an endpoint that scaling, alarms and dashboards need."""

from sm_tf.bindings.resources import Address
from sm_tf.foundation.construct import SmTfConstruct


class EndpointReference(SmTfConstruct):
    """An endpoint as AWS and Terraform refer to it, created in this program or imported."""

    endpoint_arn: str
    """The endpoint's ARN."""
    endpoint_name: str
    """The endpoint's name."""
    literal_name: str
    """The endpoint's name without a reference to its resource, for resources that must not wait for it."""
    replacement: Address | None = None
    """Resources that Terraform replaces together with the endpoint refer to this. None if it is imported."""

    @property
    def name_as_text(self) -> str:
        """The former name of `literal_name`."""
        return self.literal_name
