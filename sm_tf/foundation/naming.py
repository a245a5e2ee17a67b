"""Readable names within AWS's limits, derived from construct paths."""

import hashlib
import re

from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.sagemaker_name import SAGEMAKER_NAME_RULE
from sm_tf.bindings.core import Construct
from sm_tf.bindings.module_mode import NAME as MODULE_NAME
from sm_tf.bindings.module_mode import for_module
from sm_tf.bindings.resources import Call, Join, Place, place_of
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.texts import check_text


def readable_name(named: Construct | Place, *, limit: int, suffix: str = "") -> str:
    """Return the construct's path in lower case, joined by hyphens, at most `limit` characters with `suffix`.

    If the path is too long, or another construct of the stack has the same text (such as `a-b` and `a/b`),
    the name is a short hash of the path followed by the path's end. The name is in lower case because
    SageMaker writes its ARNs in lower case.
    """
    place = named if isinstance(named, Place) else place_of(named)
    path, start, room = place.path, "", limit - len(suffix)
    if for_module() and f"{path}/".startswith(f"{place.stack.path}/"):
        path, start = path.removeprefix(place.stack.path), f"{MODULE_NAME}-"
        room -= MAX_NAME_PREFIX + 1
        if not path:
            return MODULE_NAME + suffix
    words = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "sm-tf"
    taken: dict[str, str] = place.stack.once().setdefault(readable_name, {})
    if len(words) > room or taken.setdefault(words, place.path) != place.path:
        digest = hashlib.sha256(place.path.encode()).hexdigest()[:8]
        words = f"{digest}-{words[-(room - 9) :].strip('-')}"
    return start + words + suffix


def drawn() -> Call:
    """Return eight random hexadecimal digits, which Terraform generates for each creation of a resource.

    A resource with `create_before_destroy` needs a new name at each creation, since AWS would refuse the name
    of a predecessor that still exists, failed or tainted. List the argument in `ignore_changes`; otherwise
    every plan generates new digits.
    """
    return Call("substr", Call("uuid"), 0, DRAWN_LENGTH)


def new_name(prefix: str) -> Join:
    """Return the prefix, a hyphen and random digits, which are new at each creation."""
    return Join(prefix, "-", drawn())


DRAWN_LENGTH = 8

MAX_NAME = 63
"""The longest name of a model, an endpoint configuration or an endpoint."""


def check_name(check: Checks, argument: str, name: str | None) -> None:
    """Check the form of a SageMaker name that a user gave."""
    check_text_rule(check, argument, name, sagemaker("EndpointName"), f"must be {SAGEMAKER_NAME_RULE}")


MAX_NAME_PREFIX = 20
"""The longest prefix of a name. Enough of the construct's path has to fit behind it."""

NAME_PREFIX = rf"[a-zA-Z0-9][a-zA-Z0-9-]{{0,{MAX_NAME_PREFIX - 1}}}"
NAME_PREFIX_RULE = (
    f"must be 1 to {MAX_NAME_PREFIX} letters, digits and hyphens that begin with a letter or digit"
)


def check_name_prefix(check: Checks, prefix: str | None, argument: str, name: str | None) -> None:
    """Check the prefix of a default name, which a given name has no use for."""
    check_text(check, "name_prefix", prefix, re.compile(NAME_PREFIX), NAME_PREFIX_RULE)
    check.require(
        prefix is None or name is None, f"name_prefix is given with {argument}; pass one of the two"
    )


def prefixed_name(named: Construct, prefix: str | None, *, limit: int, suffix: str = "") -> str:
    """Return the readable name behind a prefix, at most `limit` characters together."""
    if prefix is None:
        return readable_name(named, limit=limit, suffix=suffix)
    # The length of a reference isn't known.
    length = len(prefix) if is_known(prefix) else MAX_NAME_PREFIX
    return prefix + readable_name(named, limit=limit - length, suffix=suffix)
