"""Checks names as SageMaker does."""

from moto.sagemaker.exceptions import ValidationError

from sm_tf.aws.sagemaker_name import SAGEMAKER_NAME


def check_name(member: str, name: str) -> None:
    """Refuse a name that breaks the pattern of SageMaker's models, configurations, endpoints and variants."""
    if not SAGEMAKER_NAME.fullmatch(name):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member "
            r"must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
        )
