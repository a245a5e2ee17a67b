"""The tables of facts beside this file, each with its source and date. They are read when first used."""

import functools
import json
from pathlib import Path
from typing import Any


@functools.cache
def table(name: str) -> dict[str, Any]:
    """Return a table by the name of its file."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return read


def date_of(name: str) -> str:
    """The date of a table, such as 2026-11-25."""
    return str(table(name)["date"])
