"""Prints columns of text."""

from collections.abc import Sequence

import typer


def print_columns(*lines: Sequence[str]) -> None:
    """Each column as wide as its longest text; no line is cut off."""
    widths = [max(len(text) for text in column) for column in zip(*lines, strict=True)]
    for line in lines:
        typer.echo("  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)).rstrip())
