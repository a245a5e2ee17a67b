"""Tells values that are known at synth from those that only Terraform will know, and prepares the latter."""

import re
from typing import Any

import jsii

from sm_tf.bindings.core import IResolvable, IResolveContext, TerraformResource, Token

_TOKEN = re.compile(r"\$\{TfToken\[[^\]]+\]\}")


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


def as_token(value: str) -> str:
    """A string with a hand-written expression as a CDKTF token; any other string as it is.

    CDKTF's functions quote such expressions and JSON encoding breaks them; tokens they leave alone.
    """
    if is_known(value) or _TOKEN.search(value):
        return value
    return Token.as_string(_Expression(value))


def split_tokens(value: str) -> tuple[list[str], list[str]]:
    """The literal parts of a string, and the tokens between them."""
    return _TOKEN.split(value), _TOKEN.findall(value)


@jsii.implements(IResolvable)
class _Expression:
    def __init__(self, template: str) -> None:
        self._template = template

    @property
    def creation_stack(self) -> list[str]:
        return []

    def resolve(self, context: IResolveContext) -> str:
        if not context.suppress_braces:
            return self._template
        single = re.fullmatch(r"\$\{((?:(?!\$\{).)*)\}", self._template)
        return single[1] if single else f'"{self._template}"'

    def to_string(self) -> str:
        return Token.as_string(self)


def address(resource: TerraformResource) -> str:
    """The resource's address as text, for the places where Terraform takes no expression."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


def _is_list_token(value: list[Any] | tuple[Any, ...]) -> bool:
    return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{TfToken[")
