"""The range of AWS provider versions that a stack accepts.

The provider's classes pin the one version that they were generated from. What sm_tf emits is valid on provider 5 and 6, so every
stack that holds one of its constructs accepts `>= 5.100.0, < 7.0.0` instead. An argument that needs a newer provider raises
the lower end. What the user sets wins: the context value `sm_tf:aws_provider_version` (in cdktf.json, for every stack), or
CDKTF's own `stack.add_override("terraform.required_providers.aws.version", "~> 5.100")`.
"""

import re

from sm_tf.bindings.core import Construct, TerraformStack

CONTEXT_KEY = "sm_tf:aws_provider_version"
OLDEST = (5, 100, 0)

_OVERRIDE = "terraform.required_providers.aws.version"
_OURS = re.compile(r">= (\d+)\.(\d+)\.(\d+), < 7\.0\.0")


def accept_aws_provider(scope: Construct, *, at_least: tuple[int, int, int] = OLDEST) -> None:
    """Let the stack of `scope` accept every AWS provider from `at_least` up to, not including, 7.0.0."""
    stack = TerraformStack.of(scope)
    present = _overridden_version(stack)
    if present is None:
        if from_context := stack.node.try_get_context(CONTEXT_KEY):
            stack.add_override(_OVERRIDE, from_context)
            return
    elif ours := _OURS.fullmatch(present):
        major, minor, patch = (int(part) for part in ours.groups())
        at_least = max(at_least, (major, minor, patch))
    else:
        return
    version = ">= {}.{}.{}, < 7.0.0".format(*at_least)
    if version != present:
        stack.add_override(_OVERRIDE, version)


def _overridden_version(stack: TerraformStack) -> str | None:
    overrides = stack._raw_overrides
    for key in _OVERRIDE.split("."):
        if not isinstance(overrides, dict) or key not in overrides:
            return None
        overrides = overrides[key]
    return str(overrides)
