"""KMS keys: checks and ARNs."""

from sm_tf.access.provider_types import KeyLike
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks


def check_key(check: Checks, key: KeyLike | str | None, argument: str = "encryption_key") -> None:
    """Check that a user passed a KMS key or None."""
    given = key_arn(key) if isinstance(key, str) or hasattr(key, "arn") else None
    valid = given is not None and (not is_known(given) or given.startswith("arn:"))
    check.require(
        key is None or valid,
        f"{argument} {key!r} must be a KMS key: a resource, a data source or its ARN",
    )


def key_arn(key: KeyLike | str | None) -> str | None:
    """Return the ARN of a key, given as a resource, a data source or its ARN."""
    return key if isinstance(key, str) or key is None else key.arn
