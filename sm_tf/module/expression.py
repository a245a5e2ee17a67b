"""HCL expressions for the values of Terraform's JSON syntax, in which every text is a template."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sm_tf.bindings.template import split, unescaped

Value = Any
"""A value of the JSON syntax: text, number, bool, null, list or mapping."""

_INDENT = "  "
_WIDTH = 100
"""A list that is longer than a line of this length gets a line for each item."""

_NAME = re.compile(r"[A-Za-z_][\w-]*")
_JSON = re.compile(r"\s*[\[{]")
_FIRST_PLACEHOLDER = 0xE000  # Of Unicode's private use area.


class Raw(str):
    """An expression that is written as it is, such as an address."""


def expression(value: Value) -> str:
    """Return the expression of a value; lines after the first are indented relative to it."""
    match value:
        case Raw():
            return str(value)
        case None:
            return "null"
        case str():
            return _text(value)
        case bool() | int() | float():
            return json.dumps(value)
        case Mapping():
            return _object(value)
        case Sequence():
            return _list(value)
    raise TypeError(f"{value!r} is not a value of Terraform's JSON syntax")


def indented(text: str) -> str:
    """Indent every line of a text but the first and the empty ones."""
    return re.sub(r"\n(?=[^\n])", f"\n{_INDENT}", text)


def quoted(text: str) -> str:
    """Return the quoted template of a text with references."""
    literals = split(text)
    literals[::2] = [_escaped(literal) for literal in literals[::2]]
    return f'"{"".join(literals)}"'


def key(name: str) -> str:
    """Return a key of an object."""
    if isinstance(name, Raw):
        return name
    if len(split(name)) > 1:
        return f"({_text(name)})"
    return name if _NAME.fullmatch(name) else quoted(name)


def _text(text: str) -> str:
    before, *rest = split(text)
    if not before and len(rest) == 2 and not rest[1] and rest[0].startswith("${"):
        return rest[0][2:-1].strip()
    decoded = _decoded(text)
    if decoded is not None:
        return f"jsonencode({expression(decoded)})"
    return _heredoc(text) or quoted(text)


def _escaped(literal: str) -> str:
    # JSON escapes the same characters, apart from those outside the basic plane, which HCL takes as they are.
    return json.dumps(literal, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")


def _list(items: Sequence[Value]) -> str:
    written = [expression(item) for item in items]
    line = f"[{', '.join(written)}]"
    simple = all(not isinstance(item, Mapping | list | tuple) for item in items) and "\n" not in line
    if len(written) == 1 or (simple and len(line) <= _WIDTH):
        return line
    return "[\n" + "".join(f"{_INDENT}{indented(item)},\n" for item in written) + "]"


def _object(entries: Mapping[str, Value]) -> str:
    if not entries:
        return "{}"
    lines = [f"{_INDENT}{key(name)} = {indented(expression(value))}\n" for name, value in entries.items()]
    return "{\n" + "".join(lines) + "}"


def _heredoc(text: str) -> str | None:
    """Return the heredoc of a text with several lines; None if one can't hold it."""
    body, literals = text.removesuffix("\n"), "".join(split(text)[::2])
    lines = body.split("\n")
    if len(lines) < 2 or any(ord(c) < 32 and c != "\n" for c in literals):
        return None
    # Terraform takes the least indentation from every line.
    if all(line.startswith(" ") for line in lines if line) or any(line.isspace() for line in lines):
        return None
    marker = "EOT"
    while marker in (line.strip() for line in lines):
        marker += "_"
    written = "".join(f"{_INDENT}{line}\n" if line else "\n" for line in lines)
    heredoc = f"<<-{marker}\n{written}{marker}"
    return heredoc if text.endswith("\n") else f"chomp({heredoc}\n)"


def _decoded(text: str) -> Value | None:
    """Return the value of a text that is JSON; None if it is something else."""
    if not _JSON.match(text):
        return None
    parts = split(text)
    references = parts[1::2]
    parts[::2] = [unescaped(literal) for literal in parts[::2]]
    parts[1::2] = [chr(_FIRST_PLACEHOLDER + index) for index in range(len(references))]
    try:
        value = json.loads("".join(parts))
    except ValueError:
        return None
    return _with_references(value, references)


def _with_references(value: Value, references: Sequence[str]) -> Value:
    match value:
        case str():
            return "".join(_restored(character, references) for character in _template(value))
        case list():
            return [_with_references(item, references) for item in value]
        case dict():
            return {
                _with_references(name, references): _with_references(item, references)
                for name, item in value.items()
            }
    return value


def _template(literal: str) -> str:
    """Escape what Terraform would read as a reference."""
    return re.sub(r"([$%])\{", r"\1\1{", literal)


def _restored(character: str, references: Sequence[str]) -> str:
    index = ord(character) - _FIRST_PLACEHOLDER
    return references[index] if 0 <= index < len(references) else character
