"""Readable names inside AWS's limits, derived from construct paths."""

import hashlib
import re

from sm_tf.aws.sagemaker_name import SAGEMAKER_NAME, SAGEMAKER_NAME_RULE
from sm_tf.bindings.core import Construct, TerraformStack
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks


def readable_name(construct: Construct, *, limit: int, suffix: str = "") -> str:
    """The construct's path in lower case, words joined by hyphens, at most `limit` characters with `suffix`.

    A path that is too long keeps its end, which tells most, behind a short hash of the whole path. So does
    one whose text another construct of the stack has already, such as `a/b` after `a-b`. Lower case, since
    SageMaker writes its ARNs in lower case whatever the case of the name.
    """
    path = construct.node.path
    words = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "sm-tf"
    room = limit - len(suffix)
    if len(words) > room or not _is_first(construct, words, path):
        digest = hashlib.sha256(path.encode()).hexdigest()[:8]
        words = f"{digest}-{words[-(room - 9) :].strip('-')}"
    return words + suffix


def _is_first(construct: Construct, words: str, path: str) -> bool:
    stack = TerraformStack.of(construct)
    found = stack.node.try_find_child(_TakenNames.ID)
    taken = found if isinstance(found, _TakenNames) else _TakenNames(stack)
    return taken.path_of.setdefault(words, path) == path


class _TakenNames(Construct):
    """Which path of a stack was the first to be turned into which words."""

    ID = "SmTfNames"

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, self.ID)
        self.path_of: dict[str, str] = {}


def check_name(check: Checks, argument: str, name: str | None) -> None:
    """Note if a SageMaker name that a user gave is malformed."""
    if name is not None and is_known(name):
        valid = isinstance(name, str) and SAGEMAKER_NAME.fullmatch(name) is not None
        check.require(valid, f"{argument} {name!r} must be {SAGEMAKER_NAME_RULE}")
