"""Names in HCL, made from the paths of constructs."""

import re
from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|[0-9]+[a-z]*")
_WRAPPED = "Resource"
"""The end of a path that names what a construct wraps, not what it is."""
_SHARED = re.compile(r"SmTf(.*?)(?:[0-9A-F]{8})?")
"""The id of a construct that a stack has once."""


def snake_case(text: str) -> str:
    """Return the words of a text in lower case, joined by underscores."""
    words = "_".join(word.lower() for word in _WORD.findall(text))
    return words if words[:1].isalpha() else f"_{words}"


def resource_names(paths: Mapping[str, str | None]) -> dict[str, str]:
    """Return the name of each resource by its address. `paths` are those of the constructs.

    A name leaves out the stack and the words that the resource's type says already, unless two would meet.
    """
    names: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for address in sorted(paths):
        type, _, id = address.rpartition(".")
        for name in _choices(type, _parts(paths[address] or f"/{id}")):
            if (type, name) not in taken:
                break
        taken.add((type, name))
        names[address] = name
    return names


def _choices(type: str, parts: list[str]) -> Iterator[str]:
    words = snake_case("/".join(parts)).split("_")
    short = _without_said(words, type.split("_"))
    yield "_".join(short) if short else "current" if type.startswith("data.") else "_".join(words)
    yield "_".join(words)
    number = 2
    while True:
        yield "_".join([*words, str(number)])
        number += 1


def _parts(path: str) -> list[str]:
    _, *parts = path.split("/")
    if len(parts) > 1 and parts[-1] == _WRAPPED:
        parts.pop()
    shared = _SHARED.fullmatch(parts[0]) if parts else None
    return [shared[1] if shared else parts[0], *parts[1:]] if parts else [path]


def _without_said(words: list[str], said: list[str]) -> list[str]:
    kept = list(words)
    while kept and kept[-1] in said:
        kept.pop()
    inner = [word for word in kept[1:] if not (word.endswith("s") and word[:-1] in said)]
    return kept[:1] + inner
