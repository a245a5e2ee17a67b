"""What AWS doesn't do for want of a permission, and doesn't tell."""

from dataclasses import dataclass

from sm_tf.sandbox.embedded_aws import control


@dataclass(frozen=True, kw_only=True)
class SilentFailure:
    """What is lost of a variant, and the action and resource that its model's role lacks."""

    endpoint: str
    variant: str
    lost: str
    role: str
    action: str
    resource: str

    def __str__(self) -> str:
        return (
            f"{self.endpoint}, variant {self.variant}: {self.lost}, and AWS doesn't tell: the role "
            f"{self.role} may not perform {self.action} on {self.resource}."
        )


def silent_failures(endpoint_url: str) -> list[SilentFailure]:
    """The silent failures of the endpoints in an embedded AWS.

    Raises:
        OSError: there is none at this address.
    """
    return [SilentFailure(**found) for found in control(endpoint_url, "GET", "silent_failures")]
