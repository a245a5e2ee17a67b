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
    has others than before.

    Raises:
        ToolError: git is missing or fails.
    """
    endings = [_line_ending(version) for version in (yours, before, after)]
    if None in endings:  # A file that mixes them is taken as it is.
        return _merge_lines(yours, before, after, version)
    mine, old, new = endings
    merged = _merge_lines(_with(yours, b"\n"), _with(before, b"\n"), _with(after, b"\n"), version)
    if merged.content is None:
        return merged
    ending = (new if old != new and before and b"\n" in after else mine) or b"\n"
    return Merge(_with(merged.content, ending), merged.conflicts)


def _line_ending(text: bytes) -> bytes | None:
    """The ending of all lines, None if they have different ones."""
    windows, all_of_them = text.count(b"\r\n"), text.count(b"\n")
    if windows in (0, all_of_them):
        return b"\r\n" if windows else b"\n"
    return None


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
    if b"binary" in done.stderr:
        return Merge(None)
    raise ToolError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
