"""Calls that users make: a misspelt keyword is told by name, and tools see every argument."""

import functools
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature, signature
from types import FunctionType
from typing import Any, ParamSpec, Protocol, TypeVar, get_args, get_type_hints, overload

from sm_tf.foundation.errors import InvalidPropsError

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Given = TypeVar("Given", contravariant=True)


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


def as_struct(cls: type[T], given: T | Mapping[str, Any]) -> T:
    """A struct that may be given as a mapping of its fields."""
    return cls(**given) if isinstance(given, Mapping) else given


class Adding(Protocol[P, Given]):
    """A method that takes a struct or the fields of one."""

    @overload
    def __call__(self, given: Given | Mapping[str, Any], /) -> None: ...
    @overload
    def __call__(self, *args: P.args, **fields: P.kwargs) -> None: ...


class AddingMethod(Protocol[P, Given]):
    """The same, in a class."""

    def __get__(self, instance: Any, owner: Any = None, /) -> Adding[P, Given]: ...


def takes_fields_of(struct: Callable[P, T]) -> Callable[[Callable[[Any, T], None]], AddingMethod[P, T]]:
    """Let a method of a construct that takes a struct take a mapping, or the struct's fields, instead.

    Raises:
        InvalidPropsError: when the method is called with a struct and with fields.
    """
    build: Any = struct

    def decorate(method: Callable[[Any, T], None]) -> Any:
        @functools.wraps(method)
        def call(self: Any, given: Any = None, /, **fields: Any) -> None:
            if given is not None and fields:
                problem = f"{method.__name__} is given a {build.__name__} and also {', '.join(fields)}"
                hint = f"put all of it into the {build.__name__}"
                raise InvalidPropsError(self.path, [f"{problem}; {hint}"])
            method(self, as_struct(build, fields if given is None else given))

        own = list(signature(method).parameters.values())
        given = own[1].replace(kind=Parameter.POSITIONAL_ONLY, default=None)
        fields = signature(struct).parameters.values()
        # Required ones are required only where no struct is given.
        call.__signature__ = Signature(  # type: ignore[attr-defined]
            [own[0].replace(kind=Parameter.POSITIONAL_ONLY), given, *fields],
            return_annotation=None,
        )
        return call

    return decorate


def _telling(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            known = signature(call).parameters
            unknown = [name for name in kwargs if name not in known]
            if not unknown or any(each.kind == Parameter.VAR_KEYWORD for each in known.values()):
                raise
            called = _called(function, args)
        raise TypeError("\n".join(_problem(called, name, list(known)) for name in unknown))

    if options := _options_of(function):
        own = signature(function)
        named = list(own.parameters.values())[:-1]
        call.__signature__ = own.replace(parameters=[*named, *options])  # type: ignore[attr-defined]
    return call


def _options_of(function: Callable[..., Any]) -> list[Parameter]:
    """The options of a function that takes `**options: Unpack[…]`."""
    code = function.__code__
    if not code.co_flags & 0x08:  # CO_VARKEYWORDS
        return []
    last = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
    arguments = get_args(function.__annotations__.get(last))
    return _parameters_of(arguments[0]) if arguments else []


@functools.cache
def _parameters_of(options: Any) -> list[Parameter]:
    return [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            annotation=hint,
            default=Parameter.empty if name in options.__required_keys__ else None,
        )
        for name, hint in get_type_hints(options).items()
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
    hint = f"did you mean {near[0]!r}?" if near else f"it takes {allowed}"
    return f"{called}() got an unexpected keyword argument {name!r}; {hint}"
