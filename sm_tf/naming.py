"""Readable names inside AWS's limits, derived from construct paths."""

import hashlib
import re

from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import is_known
from sm_tf.errors import Checks

SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""Names of models, endpoint configurations, endpoints and variants (CreateEndpoint, API reference)."""

SAGEMAKER_NAME_RULE = "1 to 63 letters, digits and hyphens, with a letter or digit at both ends"


def readable_name(construct: Construct, *, limit: int, suffix: str = "") -> str:
    """The construct's path in lower case, words joined by hyphens, at most `limit` characters with `suffix`.

    A path that is too long keeps its end, which tells most, behind a short hash of the whole path. Lower
    case, since SageMaker writes its ARNs in lower case whatever the case of the name.
    """
    path = construct.node.path
    words = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "sm-tf"
    room = limit - len(suffix)
    if len(words) > room:
        digest = hashlib.sha256(path.encode()).hexdigest()[:8]
        words = f"{digest}-{words[-(room - 9) :].strip('-')}"
    return words + suffix


def check_name(check: Checks, argument: str, name: str | None) -> None:
    """Note if a SageMaker name that a user gave is malformed."""
    if name is not None and is_known(name):
        valid = SAGEMAKER_NAME.fullmatch(name) is not None
        check.require(valid, f"{argument} {name!r} must be {SAGEMAKER_NAME_RULE}")
