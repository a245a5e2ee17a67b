"""What every construct of sm_tf has in common."""

from sm_tf.bindings.core import Construct
from sm_tf.bindings.provider_version import accept_aws_provider


class SmTfConstruct(Construct):
    """A construct that makes resources of the AWS provider."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        accept_aws_provider(self)

    @property
    def path(self) -> str:
        """The construct's path, which error messages begin with."""
        return str(self.node.path)
