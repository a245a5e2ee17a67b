"""Fits text into a terminal, without cutting words."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TextIO

import typer

_GAP = "  "


def print_columns(*lines: Sequence[str]) -> None:
    """Print columns that are as wide as their longest text.

    On a terminal that is too narrow, columns wrap between words; no word is cut.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in columns(lines, width):
        typer.echo(line)


def fit(text: str, stream: TextIO) -> str:
    """The text, wrapped between words if the stream is a terminal that is too narrow."""
    if not stream.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(part for line in text.splitlines() for part in _wrap(line, width))


def columns(lines: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """The lines of text for these lines of columns; None is an unlimited width."""
    by_column = list(zip(*lines, strict=True))
    widths = [max(len(text) for text in column) for column in by_column]
    if width is not None:
        shortest = [max(_shortest(text) for text in column) for column in by_column]
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        while excess > 0 and widths != shortest:
            widest = max(range(len(widths)), key=lambda column: widths[column] - shortest[column])
            widths[widest] -= 1
            excess -= 1
    for line in lines:
        cells = [_wrap(text, width) for text, width in zip(line, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            yield _GAP.join(f"{part:{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()


def _shortest(text: str) -> int:
    """The width below which a word of the text would be cut."""
    return len(_indent(text)) + max((len(word) for word in text.split()), default=0)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _wrap(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    indent = _indent(text)
    return textwrap.wrap(
        text.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
