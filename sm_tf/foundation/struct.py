"""Structs, and methods that take a struct or its fields."""

import functools
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature, signature
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from sm_tf.foundation.errors import InvalidPropsError

P = ParamSpec("P")
T = TypeVar("T")
Given = TypeVar("Given", contravariant=True)


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
    """Let a method of a construct that takes a struct also take a mapping, or the struct's fields, instead.

    Raises:
        InvalidPropsError: If the method is called with a struct and with fields.
    """
    build: Any = struct

    def decorate(method: Callable[[Any, T], None]) -> Any:
        @functools.wraps(method)
        def call(self: Any, given: Any = None, /, **fields: Any) -> None:
            if given is not None and fields:
                problem = f"{method.__name__} is given a {build.__name__} and also {', '.join(fields)}"
                hint = f"put all of it into the {build.__name__}"
                raise InvalidPropsError(self.path, [f"{problem}; {hint}"])
            method(self, build(**fields) if given is None else given)

        own, given = signature(method).parameters.values()
        call.__signature__ = Signature(  # type: ignore[attr-defined]
            [
                own.replace(kind=Parameter.POSITIONAL_ONLY),
                given.replace(kind=Parameter.POSITIONAL_ONLY, default=None),
                *signature(struct).parameters.values(),
            ],
            return_annotation=None,
        )
        return call

    return decorate
