"""Calls that users make: a misspelt keyword is told by name, and tools see every argument."""

import functools
from collections.abc import Callable
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


def public(cls: type[C]) -> type[C]:
    """Make the constructor and the public methods of a class tell which keyword they don't know, and which
    one is nearest; show each option where a method takes `**options: Unpack[…]`.

    Constructs have it from SmTfConstruct.
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _telling(member))
        elif isinstance(member, staticmethod | classmethod):
            setattr(cls, name, type(member)(_telling(member.__func__)))
    return cls


def _telling(function: Callable[P, R]) -> Callable[P, R]:
    options = _options_of(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            if options and not accepted.issuperset(kwargs):
                raise TypeError
            return function(*args, **kwargs)
        except TypeError:
            known = signature(call).parameters
            unknown = [name for name in kwargs if name not in known]
            if not unknown or any(each.kind == Parameter.VAR_KEYWORD for each in known.values()):
                raise
            called = _called(function, args)
        raise TypeError("\n".join(_problem(called, name, list(known)) for name in unknown))

    if options:
        own = signature(function)
        shown = own.replace(parameters=[*list(own.parameters.values())[:-1], *options])
        accepted = frozenset(shown.parameters)
        call.__signature__ = shown  # type: ignore[attr-defined]
    return call


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
        for name, hint in get_type_hints(typed_dict).items()
    ]


def _called(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    owner, _, name = function.__qualname__.rpartition(".")
    if args and function.__code__.co_varnames[:1] == ("self",):
        owner = type(args[0]).__name__
    return owner if name == "__init__" else f"{owner}.{name}"


def _problem(called: str, name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    allowed = ", ".join(each for each in known if each != "self")
    hint = f"did you mean {near[0]!r}?" if near else f"it takes {allowed or 'none'}"
    return f"{called}() got an unexpected keyword argument {name!r}; {hint}"
