"""Merges a file that both the template and the user have changed."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sm_tf.foundation.errors import ToolError
from sm_tf.scaffold.git import find_git, run_git

_MOST_CONFLICTS = 127
"""git counts no further."""


@dataclass(frozen=True)
class Merge:
    """A merged text, in which conflicts have git's markers. What isn't text can't be merged: it is None."""

    content: bytes | None
    conflicts: bool = False


def merge(yours: bytes, before: bytes, after: bytes, version: str) -> Merge:
    """Merge three versions with git. `version` is the label of the template's one.

    Line endings are merged by themselves, so they make no conflicts: the user's stay unless the template
    has others than before. A file that mixes them keeps each one if the rest has no conflicts.

    Raises:
        ToolError: git is missing or fails.
    """
    versions = (yours, before, after)
    if any(map(_is_binary, versions)):
        return Merge(None)
    if any(map(_is_mixed, versions)):
        merged = _merge_lines(yours, before, after, version)
        if not merged.conflicts:
            return merged
    mine, old, new = map(_line_ending, versions)
    merged = _merge_lines(_with(yours, b"\n"), _with(before, b"\n"), _with(after, b"\n"), version)
    ending = new if old != new and before and b"\n" in after else mine
    return Merge(_with(merged.content or b"", ending), merged.conflicts)


def is_same_text(one: bytes, other: bytes) -> bool:
    """Whether two files differ in nothing but the line endings of a text."""
    if one == other or _is_binary(one) or _is_binary(other):
        return one == other
    return _with(one, b"\n") == _with(other, b"\n")


def _is_binary(content: bytes) -> bool:
    return b"\0" in content


def _is_mixed(text: bytes) -> bool:
    return 0 < text.count(b"\r\n") < text.count(b"\n")


def _line_ending(text: bytes) -> bytes:
    """The ending of most lines."""
    return b"\r\n" if text.count(b"\r\n") * 2 > text.count(b"\n") else b"\n"


def _with(text: bytes, ending: bytes) -> bytes:
    return re.sub(rb"\r?\n", ending, text)


def _merge_lines(yours: bytes, before: bytes, after: bytes, version: str) -> Merge:
    git = find_git("to merge the template's changes with yours")
    with tempfile.TemporaryDirectory(prefix="sm-tf-merge-") as folder:
        names = {"yours": yours, "before": before, "after": after}
        for name, content in names.items():
            (Path(folder) / name).write_bytes(content)
        labels = ["-L", "yours", "-L", "before", "-L", version]
        done = run_git(git, "merge-file", "-p", *labels, *names, folder=Path(folder))
    if 0 <= done.returncode <= _MOST_CONFLICTS:
        return Merge(done.stdout, conflicts=done.returncode > 0)
    raise ToolError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
