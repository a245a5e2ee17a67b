"""The part of an endpoint that scaling, alarms and dashboards need."""

from sm_tf.bindings.resources import Address
from sm_tf.foundation.construct import SmTfConstruct


class EndpointReference(SmTfConstruct):
    """An endpoint, made here or imported: how AWS and Terraform refer to it."""

    endpoint_arn: str
    """The endpoint's ARN."""
    endpoint_name: str
    """The endpoint's name."""
    name_as_text: str
    """The endpoint's name without a reference to its resource, for what must not wait for the endpoint."""
    replacement: Address | None = None
    """What Terraform replaces with the endpoint refers to this; None where the endpoint is imported."""
