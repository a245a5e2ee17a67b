"""KMS keys: checks and ARNs."""

from sm_tf.access.provider_types import KeyLike
from sm_tf.aws.api_rules import sagemaker
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.location import check_region
from sm_tf.foundation.rules import check_text_rule

_KEY_ARN = arn_form("kms", r"(?:key|alias)/[\w/-]+")


def check_key(
    check: Checks,
    key: KeyLike | str | None,
    argument: str = "encryption_key",
    *,
    region: str | None = None,
) -> None:
    """Check that a user passed a KMS key of the region, if that is known, or None."""
    rule = "must be a KMS key: a resource, a data source or its ARN"
    arn = key if isinstance(key, str) else getattr(key, "arn", key)
    check_text_rule(check, argument, arn, sagemaker("KmsKeyId"), rule, form=_KEY_ARN)
    check_region(check, argument, arn, region)


def check_key_arn(check: Checks, argument: str, arn: str | None, region: str | None) -> None:
    """Check that a text is the ARN of a KMS key of the region. AWS takes ids too, its provider doesn't."""
    rule = "must be the ARN of a KMS key or of an alias, which the AWS provider demands"
    check_text_rule(check, argument, arn, sagemaker("KmsKeyId"), rule, form=_KEY_ARN)
    check_region(check, argument, arn, region)


def key_arn(key: KeyLike | str | None) -> str | None:
    """Return the ARN of a key, given as a resource, a data source or its ARN."""
    return key if isinstance(key, str) or key is None else key.arn
