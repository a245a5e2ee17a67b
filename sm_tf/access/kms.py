"""KMS keys: checks and ARNs."""

from sm_tf.access.provider_types import KeyLike
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.texts import check_text

_KEY_ARN = arn_form("kms", r"(?:key|alias)/[\w/-]+")


def check_key(check: Checks, key: KeyLike | str | None, argument: str = "encryption_key") -> None:
    """Check that a user passed a KMS key or None."""
    rule = "must be a KMS key: a resource, a data source or its ARN"
    check_text(check, argument, key if isinstance(key, str) else getattr(key, "arn", key), _KEY_ARN, rule)


def key_arn(key: KeyLike | str | None) -> str | None:
    """Return the ARN of a key, given as a resource, a data source or its ARN."""
    return key if isinstance(key, str) or key is None else key.arn
