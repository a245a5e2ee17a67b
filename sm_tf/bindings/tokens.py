"""Tells values that are known at synth from those that only Terraform will know."""

from typing import Any

from sm_tf.bindings.core import Token


def is_known(value: Any) -> bool:
    """Whether `value`, with all that it contains, is known at synth.

    CDKTF tokens and strings with a Terraform expression (`"${var.tag}"`) are not; such values are passed on
    unchecked.
    """
    if isinstance(value, str):
        return "${" not in value
    if isinstance(value, dict):
        return all(is_known(key) and is_known(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return not _is_list_token(value) and all(is_known(item) for item in value)
    if value is None or isinstance(value, int):  # number tokens are floats
        return True
    return not Token.is_unresolved(value)


def _is_list_token(value: list[Any] | tuple[Any, ...]) -> bool:
    return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{TfToken[")
