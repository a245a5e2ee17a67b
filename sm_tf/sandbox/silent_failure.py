"""What AWS doesn't do for want of a permission, and doesn't tell."""

from dataclasses import dataclass


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
