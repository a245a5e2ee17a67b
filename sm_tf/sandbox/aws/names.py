"""Names that SageMaker accepts."""

import re

from moto.sagemaker.exceptions import ValidationError

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def check_name(member: str, name: str) -> None:
    """Refuse a name that breaks the pattern of SageMaker's models, configurations, endpoints and variants."""
    if not _NAME.fullmatch(name):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member "
            r"must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
        )
