"""Forms of values: the values that an argument takes. Values that only Terraform knows are among them."""

import math
import numbers
import operator
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sm_tf.bindings.template import mistake_in, readable
from sm_tf.bindings.tokens import as_list, as_map, as_token, is_known, is_map_token
from sm_tf.foundation.texts import is_one_of

Convert = Callable[[str, Any, list[str]], Any]
"""Returns a value as it is passed on, or WRONG if it has another form. Adds what is wrong inside the value to
the problems; the first argument names the value there.
"""

WRONG: Any = object()

_NO_LISTS = str, bytes, bytearray, Mapping, Set
"""Collections that aren't lists: text isn't one of letters, and a set has no order."""

_LARGEST = 2**53
"""JSON's numbers are exact up to here."""


@dataclass(frozen=True)
class Form:
    """A form of values. `allowed` completes the sentences "… must be …" and "pass …"."""

    allowed: str
    convert: Convert
    takes_tokens: bool = True
    is_plain: bool = False
    """Whether it is of single values."""

    def __repr__(self) -> str:
        # Signatures show it, in help() and in editors.
        return repr(self.allowed)

    def check(self, what: str, value: Any, problems: list[str]) -> Any:
        """Return the value as it is passed on, or note why it can't be."""
        found = self.convert(what, value, problems)
        if found is WRONG:
            wrong = f"{what} {shown(value)} must be" if self.is_plain else f"{what} is {shown(value)}; pass"
            problems.append(f"{wrong} {self.allowed}")
            return value
        return found


def shown(value: Any) -> str:
    """Return a value as a message shows it."""
    try:
        text = repr(value)
    except Exception:  # It is the user's class, or a number of more digits than Python prints.
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:79]}…"


def is_token(value: Any) -> bool:
    """Tell whether only Terraform knows the value."""
    if isinstance(value, str | float | list | tuple | dict):
        return not is_known(value)
    if hasattr(value, "_delegates"):  # jsii's object of an interface.
        return not is_known(value)
    return hasattr(value, "resolve") and hasattr(value, "to_string")


def _text(what: str, value: Any, problems: list[str]) -> Any:
    if isinstance(value, str):
        if mistake := mistake_in(value):
            problems.append(f"{what} {readable(value)} {mistake}")
        return value
    return as_token(value) if is_token(value) else WRONG


def _id(what: str, value: Any, problems: list[str]) -> Any:
    return _text(what, value, problems) or WRONG


def _flag(what: str, value: Any, problems: list[str]) -> Any:
    del what, problems
    return value if isinstance(value, bool) or is_token(value) else WRONG


def _whole(what: str, value: Any, problems: list[str]) -> Any:
    if isinstance(value, bool):
        return WRONG
    if is_token(value):
        return value
    try:
        whole = operator.index(value)
    except Exception:
        return WRONG
    if abs(whole) > _LARGEST:
        problems.append(f"{what} is {shown(value)}; pass a smaller number")
    return whole


def _number(what: str, value: Any, problems: list[str]) -> Any:
    if isinstance(value, bool):
        return WRONG
    if hasattr(value, "__index__"):
        return _whole(what, value, problems)
    if is_token(value):
        return value
    if not isinstance(value, numbers.Real):
        return WRONG
    try:
        number = float(value)
    except Exception:  # It is too large for a float.
        return WRONG
    return number if math.isfinite(number) else WRONG


def _any(what: str, value: Any, problems: list[str]) -> Any:
    del what, problems
    return value


def _token(what: str, value: Any, problems: list[str]) -> Any:
    del what, problems
    return value if is_token(value) else WRONG


ANY = Form("any value", _any)
TEXT = Form("a string", _text, is_plain=True)
ID = Form("a string that isn't empty", _id, is_plain=True)
FLAG = Form("True or False", _flag, is_plain=True)
WHOLE = Form("a whole number", _whole, is_plain=True)
NUMBER = Form("a number", _number, is_plain=True)
TOKEN = Form("", _token)


def instance_of(cls: Any, allowed: str, *, is_plain: bool = False) -> Form:
    """The objects of a class."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        del what, problems
        return value if isinstance(value, cls) else WRONG

    return Form(allowed, convert, takes_tokens=False, is_plain=is_plain)


FUNCTION = instance_of(Callable, "a function")
DURATION = instance_of(timedelta, "a timedelta, such as timedelta(minutes=5)", is_plain=True)
MOMENT = instance_of(datetime, "a datetime", is_plain=True)


def object_with(attributes: Collection[str], allowed: str) -> Form:
    """Objects that have these attributes."""

    def has(value: Any, name: str) -> bool:
        # The class is asked first, since Node is asked for the attribute itself.
        return hasattr(type(value), name) or hasattr(value, name)

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        del what, problems
        fits = not isinstance(value, type) and all(has(value, name) for name in attributes)
        return value if fits else WRONG

    return Form(allowed, convert, takes_tokens=False)


def choice_of(cls: type[Enum]) -> Form:
    """The members of an enum, or their values."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        del what, problems
        if isinstance(value, cls):
            return value
        if is_token(value):
            return value if is_one_of([str(each.value) for each in cls], value) else WRONG
        try:
            return cls(value)
        except Exception:
            return WRONG

    return Form(f"one of {', '.join(str(each.value) for each in cls)}", convert, is_plain=True)


def one_of(forms: list[Form]) -> Form:
    """Values that have at least one of these forms. The first one decides."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        for form in forms:
            found = form.convert(what, value, problems)
            if found is not WRONG:
                return found
        return WRONG

    *some, last = dict.fromkeys(form.allowed for form in forms if form is not TOKEN)
    allowed = f"{', '.join(some)} or {last}" if some else last
    takes_tokens = any(form.takes_tokens for form in forms)
    return Form(allowed, convert, takes_tokens, all(form.is_plain or form is TOKEN for form in forms))


def list_of(item: Form) -> Form:
    """Lists, tuples and the like."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        if not isinstance(value, list | tuple):
            if item.takes_tokens and is_token(value):
                return as_list(value)
            if isinstance(value, str | bytes | bytearray | Mapping | Set) or not isinstance(
                value, Collection
            ):
                return WRONG
            value = list(value)
        found = [item.check(f"{what}[{index}]", each, problems) for index, each in enumerate(value)]
        if all(map(operator.is_, found, value)):
            return value
        return found if isinstance(value, list) else tuple(found)

    return Form("a list", convert, item.takes_tokens)


def mapping_of(key: Form, item: Form) -> Form:
    """Mappings."""

    def convert(what: str, value: Any, problems: list[str]) -> Any:
        if not isinstance(value, Mapping):
            if item.takes_tokens and not isinstance(value, list | tuple) and is_token(value):
                return as_map(value)
            pairs = _pairs_in(value)
            if pairs:
                problems.append(f"{what} is a list of names and values; pass a mapping: {shown(pairs)}")
            return value if pairs else WRONG
        if is_map_token(value):
            return value
        found = {
            key.check(f"a key of {what}", name, problems): item.check(
                f"{what}[{shown(name)}]", each, problems
            )
            for name, each in value.items()
        }
        same = all(map(operator.is_, found, value)) and all(map(operator.is_, found.values(), value.values()))
        return value if same else found

    return Form("a mapping", convert, item.takes_tokens)


def _pairs_in(value: Any) -> dict[Any, Any]:
    """Return the names and values of a list as the AWS SDK takes it, such as `[{"Key": …, "Value": …}]`."""
    pairs: dict[Any, Any] = {}
    if isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value):
        for each in value:
            match {str(name).lower(): item for name, item in each.items()}:
                case {"key": str(name), "value": item, **rest} if not rest:
                    pairs[name] = item
                case {"name": str(name), "value": item, **rest} if not rest:
                    pairs[name] = item
                case _:
                    return {}
    return pairs
