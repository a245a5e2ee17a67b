"""Calls that users make: a misspelt keyword is told by name, arguments are checked against their annotations,
and tools see every argument.
"""

import functools
from collections.abc import Callable
from dataclasses import is_dataclass
from inspect import Parameter, signature, unwrap
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import place_of
from sm_tf.foundation.annotations import form_of
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.forms import ID, Form
from sm_tf.foundation.words import nearest

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


def public(cls: type[C]) -> type[C]:
    """Make the constructor and the public methods of a class tell which keyword they don't know, and which
    one is nearest; check their arguments against the annotations, and pass them on as annotated, such as a
    mapping as the struct whose fields it holds; show each option where a method takes
    `**options: Unpack[…]`.

    Constructs have it from SmTfConstruct.
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _checked(member))
        elif isinstance(member, staticmethod | classmethod):
            setattr(cls, name, type(member)(_checked(member.__func__)))
    return cls


def _checked(function: Callable[P, R]) -> Callable[P, R]:
    arguments: _Arguments | None = None

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal arguments
        if arguments is None:
            arguments = _Arguments(function, call)
        given, named = arguments.check(args, kwargs)
        return function(*given, **named)

    if options := _options_of(function):
        own = signature(function)
        shown = own.replace(parameters=[*list(own.parameters.values())[:-1], *options])
        call.__signature__ = shown  # type: ignore[attr-defined]
    return call


class _Arguments:
    """The arguments of a function. Their forms are made when the first value is given."""

    def __init__(self, function: Callable[..., Any], shown: Callable[..., Any]) -> None:
        self._function = function
        self._names: dict[str, Any] = unwrap(function).__globals__
        self._parameters = signature(shown).parameters
        kinds = {name: each.kind for name, each in self._parameters.items()}
        self._positional = [name for name, kind in kinds.items() if kind <= Parameter.POSITIONAL_OR_KEYWORD]
        self._has_self = self._positional[:1] == ["self"]
        self._rest = next((name for name, kind in kinds.items() if kind == Parameter.VAR_POSITIONAL), None)
        self._takes_any = Parameter.VAR_KEYWORD in kinds.values()
        self._forms: dict[str, Form] = {}

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments as they are passed on.

        Raises:
            TypeError: If a keyword is unknown.
            InvalidPropsError: If an argument has a wrong form.
        """
        if not kwargs and len(args) <= self._has_self:
            return list(args), kwargs
        if not self._takes_any and not kwargs.keys() <= self._parameters.keys():
            raise TypeError("\n".join(self._find_unknown(args, kwargs)))
        problems: list[str] = []
        given = list(args[: self._has_self])
        for pair in zip(self._positional[self._has_self :], args[self._has_self :], strict=False):
            given.append(self._convert(*pair, problems))
        for value in args[len(given) :]:
            given.append(self._convert(self._rest, value, problems) if self._rest else value)
        named = {name: self._convert(name, value, problems) for name, value in kwargs.items()}
        if problems:
            raise InvalidPropsError(self._where(args, kwargs), problems + self._find_others(args, kwargs))
        return given, named

    def _find_others(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
        """Return what a struct finds wrong in its other fields."""
        if not args or self._function.__name__ != "__init__" or not is_dataclass(args[0]):
            return []
        given = dict(zip(self._positional[1:], args[1:], strict=False)) | kwargs
        right: dict[str, Any] = {}
        for name, value in given.items():
            problems: list[str] = []
            converted = self._convert(name, value, problems)
            if not problems:
                right[name] = converted
        try:
            args[0].__class__(**right)
        except InvalidPropsError as error:
            return error.problems
        except TypeError:  # A wrong one is required.
            return []
        return []

    def _convert(self, name: str, value: Any, problems: list[str]) -> Any:
        form = self._forms.get(name)
        if form is None:
            parameter = self._parameters.get(name)
            annotation = parameter.annotation if parameter else Parameter.empty
            is_id = name == "id" and annotation is str
            form = self._forms[name] = ID if is_id else form_of(annotation, self._names)
        if name in self._parameters and value is self._parameters[name].default:
            return value
        return form.check(name, value, problems)

    def _find_unknown(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
        called = self._called(args)
        return [
            f"{called}() got an unexpected keyword argument {name!r}; {nearest(name, self._parameters)}"
            for name in kwargs
            if name not in self._parameters
        ]

    def _called(self, args: tuple[Any, ...]) -> str:
        owner, _, name = self._function.__qualname__.rpartition(".")
        if args and self._positional[:1] == ["self"]:
            owner = type(args[0]).__name__
        return owner if name == "__init__" else f"{owner}.{name}"

    def _where(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        given = dict(zip(self._positional, args, strict=False)) | kwargs
        scope, id = given.get("scope", given.get("self")), given.get("id")
        if not isinstance(scope, Construct) or not hasattr(scope, "__jsii_ref__"):
            return self._called(args)
        place = place_of(scope)
        return place.below(id).path if isinstance(id, str) else place.path


def _options_of(function: Callable[..., Any]) -> list[Parameter]:
    """The options of a function that takes `**options: Unpack[…]`."""
    code = function.__code__
    if not code.co_flags & 0x08:  # CO_VARKEYWORDS
        return []
    variadic = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
    typed_dict = get_args(function.__annotations__.get(variadic))
    return _parameters_of(typed_dict[0]) if typed_dict else []


@functools.cache
def _parameters_of(typed_dict: Any) -> list[Parameter]:
    return [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            annotation=hint,
            default=Parameter.empty if name in typed_dict.__required_keys__ else None,
        )
        for name, hint in get_type_hints(typed_dict, include_extras=True).items()
    ]
