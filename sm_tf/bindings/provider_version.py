"""The range of AWS provider versions that a stack accepts.

The provider's classes pin the one version that they were generated from. What sm_tf emits is valid on
provider 5 and 6, so every stack that holds one of its constructs accepts `>= 5.100.0, < 7.0.0` instead. An
argument that needs a newer provider raises the lower end. What the user sets wins: the context value
`sm_tf:aws_provider_version` (in cdktf.json, for every stack), or CDKTF's own
`stack.add_override("terraform.required_providers.aws.version", "~> 5.100")`.
"""

from typing import Any

import jsii

from sm_tf.bindings.core import Aspects, Construct, IAspect, IConstruct, TerraformElement, TerraformStack

CONTEXT_KEY = "sm_tf:aws_provider_version"

Version = tuple[int, int, int]
OLDEST: Version = (5, 100, 0)
_ID = "SmTfAwsProviderVersion"


def accept_aws_provider(scope: Construct, *, at_least: Version = OLDEST) -> None:
    """Let the stack of `scope` accept every AWS provider from `at_least` up to, not including, 7.0.0."""
    stack = TerraformStack.of(scope)
    found = stack.node.try_find_child(_ID)
    accepted = found if isinstance(found, _AcceptedVersions) else _AcceptedVersions(stack, _ID)
    accepted.at_least = max(accepted.at_least, at_least)


class _AcceptedVersions(Construct):
    """Remembers the lower end, and writes the range when the program has run."""

    def __init__(self, stack: TerraformStack, id: str) -> None:
        super().__init__(stack, id)
        self._stack = stack
        self.at_least = OLDEST
        Aspects.of(self).add(_WriteRange())

    def write(self) -> None:
        given = self._stack.node.try_get_context(CONTEXT_KEY)
        version = given or ">= {}.{}.{}, < 7.0.0".format(*self.at_least)
        if self._stack.node.try_find_child(f"{_ID}Range") is None:
            _Range(self._stack, f"{_ID}Range", str(version))


@jsii.implements(IAspect)
class _WriteRange:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, _AcceptedVersions):
            node.write()


class _Range(TerraformElement):
    """Made last: the range is merged over the providers' pins, and the user's overrides over the range."""

    def __init__(self, stack: TerraformStack, id: str, version: str) -> None:
        super().__init__(stack, id)
        self._version = version

    def to_terraform(self) -> Any:
        return {"terraform": {"required_providers": {"aws": {"version": self._version}}}}
