"""The part of an endpoint that scaling, alarms and dashboards need."""

from sm_tf.foundation.construct import SmTfConstruct


class EndpointReference(SmTfConstruct):
    """An endpoint, made here or imported: how AWS and Terraform refer to it."""

    endpoint_arn: str
    """The endpoint's ARN."""
    endpoint_name: str
    """The endpoint's name."""
    name_as_text: str
    """The endpoint's name without a reference to its resource, for what must not wait for the endpoint."""
    address: str | None = None
    """The Terraform address of the endpoint; None where it is imported."""
