"""Draws files as a tree."""

from collections.abc import Iterator, Mapping
from typing import Any


def tree(root: str, files: Mapping[str, str]) -> Iterator[str]:
    """The lines of a tree of paths, each with its word."""
    branches: dict[str, Any] = {}
    for path, word in files.items():
        *folders, name = path.split("/")
        branch = branches
        for folder in folders:
            branch = branch.setdefault(folder, {})
        branch[name] = word
    yield root
    yield from _lines(branches, "")


def _lines(branch: Mapping[str, Any], indent: str) -> Iterator[str]:
    names = sorted(branch)
    for name in names:
        last = name == names[-1]
        inside = branch[name]
        start = f"{indent}{'└── ' if last else '├── '}{name}"
        if isinstance(inside, dict):
            yield start
            yield from _lines(inside, indent + ("    " if last else "│   "))
        else:
            yield f"{start}  {inside}"
