"""What others wrote: texts that reach the terminal, and JSON that may be malformed in any way."""

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

_MOST_LEVELS = 200
_PLAIN = "\n\t"
_CONTROLS = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what isn't shown but steers: escape sequences, and the direction of writing."""


def printable(text: str) -> str:
    """Return a text with `\\x1b` and the like in place of control characters, but new lines and tabs."""
    return "".join(
        character.encode("unicode_escape").decode() if _steers(character) else character for character in text
    )


def is_printable(text: str) -> bool:
    """Tell whether a text has no control characters, other than new lines and tabs."""
    return not any(map(_steers, text))


def _steers(character: str) -> bool:
    return character not in _PLAIN and unicodedata.category(character) in _CONTROLS


def parse_json(text: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: the text is not JSON, or has more than 200 levels, more than recursive functions can read.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        value = None
    else:
        level = [value]
        for _ in range(_MOST_LEVELS + 1):
            level = [inside for each in level for inside in _inside(each)]
            if not level:
                return value
    raise ValueError(f"it is nested too deeply: more than {_MOST_LEVELS} levels")


def _inside(value: Any) -> Iterable[Any]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
    return ()
