"""Why AWS fails to create an endpoint."""

from enum import StrEnum


class EndpointFailure(StrEnum):
    """The cause of an endpoint's failed creation."""

    PING = "ping"
    """The container doesn't answer GET /ping in time."""
    CAPACITY = "capacity"
    """AWS has no instance of this type to spare."""
    IMAGE = "image"
    """The container image doesn't exist, or the execution role may not pull it."""
    START = "start"
    """The container can't be started, such as one that is built for a newer driver. It leaves no log."""
    ARCHITECTURE = "architecture"
    """The container image is built for another architecture than the instance has."""

    def reason(self, variant_name: str) -> str:
        """Return the `FailureReason` of DescribeEndpoint."""
        return _REASONS[self].format(variant=variant_name)


# As reported for real endpoints: aws/amazon-sagemaker-examples issue 1113, aws/deep-learning-containers pull
# request 6673, aws/sagemaker-python-sdk issue 1835, aws-samples/comfyui-on-amazon-sagemaker issue 2,
# aws-samples/amazon-sagemaker-custom-container issue 3. Read in November 2026.
_REASONS = {
    EndpointFailure.PING: (
        "The primary container for production variant {variant} did not pass the ping health check. Please "
        "check CloudWatch logs for this endpoint."
    ),
    EndpointFailure.CAPACITY: (
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
    ),
    EndpointFailure.IMAGE: (
        "Please make sure all images included in the model for the production variant {variant} exist, and "
        "that the execution role used to create the model has permissions to access them."
    ),
    EndpointFailure.START: (
        "CannotStartContainerError. Please ensure the model container for variant {variant} starts correctly "
        "when invoked with 'docker run <image> serve'"
    ),
    EndpointFailure.ARCHITECTURE: (
        "Request to service failed. If failure persists after retry, contact customer support."
    ),
}
