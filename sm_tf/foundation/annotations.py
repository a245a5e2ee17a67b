"""The form of values that an annotation stands for."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from importlib import import_module
from inspect import Parameter, isabstract, signature
from types import NoneType, UnionType
from typing import Annotated, Any, Protocol, Union, get_args, get_origin

from sm_tf.bindings.core import IResolvable
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.forms import (
    ANY,
    DURATION,
    FLAG,
    FUNCTION,
    MOMENT,
    NUMBER,
    TEXT,
    TOKEN,
    WHOLE,
    WRONG,
    Form,
    choice_of,
    instance_of,
    list_of,
    mapping_of,
    object_with,
    one_of,
)
from sm_tf.foundation.words import nearest

_FORMS: dict[Any, Form] = {
    Any: ANY,
    Parameter.empty: ANY,
    str: TEXT,
    bool: FLAG,
    int: WHOLE,
    float: NUMBER,
    timedelta: DURATION,
    datetime: MOMENT,
    IResolvable: TOKEN,
}


def form_of(annotation: Any, names: dict[str, Any]) -> Form:
    """Return the form of the values that an annotation allows. `names` are those of its module."""
    return _form_of(_evaluated(annotation, names) if isinstance(annotation, str) else annotation)


def _evaluated(text: str, names: dict[str, Any]) -> Any:
    """Return an annotation that is written as text, since its module imports the class for type checkers
    alone. Classes of the provider aren't imported for it; they allow any value.
    """
    found: dict[str, Any] = {}
    while True:
        try:
            return eval(text, names, found)
        except NameError as error:
            name = str(error.name)
            found[name] = getattr(import_module("sm_tf"), name, Any)


@functools.cache
def _form_of(annotation: Any) -> Form:
    if isinstance(annotation, str):
        return form_of(annotation, {})
    if annotation in _FORMS:
        return _FORMS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return next((each for each in arguments[1:] if isinstance(each, Form)), _form_of(arguments[0]))
    if origin in (Union, UnionType):
        forms = [_form_of(each) for each in arguments if each is not NoneType]
        form = one_of(forms) if len(forms) > 1 else forms[0]
        return _or_none(form) if NoneType in arguments else form
    if origin is Callable:
        return FUNCTION
    if origin in (Sequence, list):
        return list_of(_form_of(arguments[0]))
    if origin in (Mapping, dict):
        return mapping_of(*map(_form_of, arguments))
    return _form_of_class(annotation) if isinstance(annotation, type) else ANY


def _or_none(form: Form) -> Form:
    def convert(what: str, value: Any, problems: list[str]) -> Any:
        return None if value is None else form.convert(what, value, problems)

    return replace(form, convert=convert)


def _form_of_class(cls: type) -> Form:
    if issubclass(cls, Enum):
        return choice_of(cls)
    if getattr(cls, "_is_protocol", False):
        return object_with(_members_of(cls), _described(cls))
    if is_dataclass(cls) and not isabstract(cls):
        return _struct(cls)
    return instance_of(cls, _named(cls))


def _members_of(protocol: type) -> list[str]:
    return [
        name
        for each in protocol.__mro__
        if getattr(each, "_is_protocol", False) and each is not Protocol
        for name in (*vars(each), *vars(each).get("__annotations__", {}))
        if not name.startswith("_")
    ]


def _described(protocol: type) -> str:
    first, *_ = re.split(r"\.\n|\.$|:|, such as", protocol.__doc__ or _named(protocol))
    words = " ".join(first.split())
    return words[0].lower() + words[1:]


def _named(cls: type) -> str:
    """Return a class by its name, or by the methods that create its objects."""
    if factories := [
        f"{cls.__name__}.{name}(…)"
        for name, member in vars(cls).items()
        if isinstance(member, staticmethod | classmethod) and not name.startswith("_")
    ]:
        return " or ".join(filter(None, [", ".join(factories[:-1]), factories[-1]]))
    interface = re.fullmatch(r"I([A-Z][a-z]\w*)", cls.__name__)
    name = interface[1] if interface else cls.__name__
    article = "an" if name[0] in "AEIOU" else "a"
    return f"{article} {name}, created or imported" if interface else f"{article} {name}"


def _struct(cls: Any) -> Form:
    """A struct, or a mapping of its fields."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            return WRONG
        fields = signature(cls).parameters
        found = [f"{what} has no {name!r}; {nearest(name, fields)}" for name in value if name not in fields]
        found += [
            f"{what} needs {name}"
            for name, field in fields.items()
            if field.default is Parameter.empty and name not in value
        ]
        if not found:
            try:
                return cls(**value)
            except InvalidPropsError as error:
                found = [f"{what}: {problem}" for problem in error.problems]
        problems.extend(found)
        return value

    return Form(_named(cls), convert, takes_tokens=False)
