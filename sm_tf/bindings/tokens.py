"""Separates values that are known at synth from those that only Terraform knows, and converts these."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsii

from sm_tf.bindings.core import (
    DefaultTokenResolver,
    IConstruct,
    IResolvable,
    IResolveContext,
    StringConcat,
    Token,
    Tokenization,
)
from sm_tf.bindings.template import split

_TOKEN = re.compile(r"\$\{TfToken\[[^\]]+\]\}")
# Whatever lacks them all has no reference.
_BEGINNINGS = ("${", "%{", "#{TfToken[", "&{TfToken[")


def is_known(value: Any) -> bool:
    """Tell whether `value`, with everything that it contains, is known at synth.

    CDKTF tokens and strings with a Terraform expression (`"${var.tag}"`) are not known.
    """
    if isinstance(value, str):
        return not any(begin in value for begin in _BEGINNINGS) or len(split(value)) == 1
    if isinstance(value, dict):
        return all(is_known(key) and is_known(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(is_known(item) for item in value)
    if isinstance(value, float):  # Number tokens are below zero; Node's JSON has no infinity.
        return not (math.isfinite(value) and value < 0 and Token.is_unresolved(value))
    if value is None or isinstance(value, int):
        return True
    try:
        return not Token.is_unresolved(value)
    except (AttributeError, TypeError):  # CDKTF did not create it.
        return True


def as_token(value: Any) -> str:
    """Return a string with a hand-written expression as a CDKTF token, and any other string unchanged.

    CDKTF's functions quote such expressions and JSON encoding breaks them, but tokens stay intact.
    """
    if is_known(value):
        return str(value)
    if not isinstance(value, str):
        return Token.as_string(value)
    if "{TfToken[" in value:
        return value
    return Token.as_string(_Expression(value))


def tokens_within(value: Any) -> Any:
    """Return a text, or lists and mappings of texts, with the hand-written expressions as tokens, so the rest
    can be encoded as JSON.
    """
    if isinstance(value, str):
        return "".join(part if index % 2 == 0 else as_token(part) for index, part in enumerate(split(value)))
    if isinstance(value, Mapping):
        return {tokens_within(name): tokens_within(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [tokens_within(item) for item in value]
    return value


def as_number(value: Any) -> Any:
    """Return an expression for a number as the provider's classes expect it, and other values unchanged."""
    if isinstance(value, float) or is_known(value):
        return value
    return Token.as_number(as_token(value) if isinstance(value, str) else value)


def as_list(values: Any) -> list[Any]:
    """Return a list, or an expression for one, as the provider's classes expect it."""
    if isinstance(values, list | tuple) or is_known(values):
        return list(values)
    return Token.as_list(as_token(values) if isinstance(values, str) else values)


def as_map(values: Any) -> dict[str, Any]:
    """Return a map, or an expression for one, as the provider's classes expect it."""
    if isinstance(values, Mapping) and is_map_token(values):
        return dict(values)
    if isinstance(values, Mapping):
        return {as_token(name): as_token(value) for name, value in values.items()}
    return dict(Token.as_string_map(as_token(values) if isinstance(values, str) else values))


def is_list_token(values: Sequence[Any]) -> bool:
    """Tell whether only Terraform knows a list's length and members."""
    return any(isinstance(value, str) and value.startswith("#{TfToken[") for value in values)


def is_map_token(values: Mapping[Any, Any]) -> bool:
    """Tell whether only Terraform knows a map's names and values."""
    return any(isinstance(name, str) and name.startswith("&{TfToken[") for name in values)


def as_written(scope: IConstruct, text: str) -> str:
    """Return the text with its tokens as Terraform reads them, independent of the rest of the program."""
    if is_known(text):
        return text
    resolver = DefaultTokenResolver(StringConcat())
    return str(Tokenization.resolve(text, scope=scope, preparing=False, resolver=resolver))


def split_tokens(value: str) -> tuple[list[str], list[str]]:
    """Return the literal parts of a string, and the tokens between them."""
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
