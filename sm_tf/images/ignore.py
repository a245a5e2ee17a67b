"""The files of a build context that a `.dockerignore` leaves out.

The rules are Docker's, not Git's: patterns start at the context's root, `**` matches any number of folders, a
rule for a folder applies to everything in it, `!` includes files again even from an ignored folder, and the
last match wins.
Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

import posixpath
import re
from collections.abc import Iterable


class IgnoreRules:
    """The patterns of an ignore file, in order."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rules = [rule for line in lines if (rule := _parse(line))]
        self.takes_back = any(not ignored for _, ignored in self._rules)
        """Whether an ignored folder may contain files that are not ignored."""

    def ignores(self, path: str) -> bool:
        """Tell whether a file or folder is left out. `path` is relative to the context and uses `/`."""
        parts = path.split("/")
        lineage = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        for pattern, ignored in reversed(self._rules):
            if any(pattern.fullmatch(ancestor) for ancestor in lineage):
                return ignored
        return False


def _parse(line: str) -> tuple[re.Pattern[str], bool] | None:
    text = line.removeprefix("\ufeff")
    if text.startswith("#"):
        return None
    text = text.strip()
    ignored = not text.startswith("!")
    text = posixpath.normpath(text.removeprefix("!").strip() or ".").lstrip("/")
    return None if text in ("", ".") else (re.compile(_expression(text), re.DOTALL), ignored)


def _expression(pattern: str) -> str:
    """Return the regular expression of a pattern: those of Go's `filepath.Match`, and `**`."""
    result = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**", at):
            at += 2
            if pattern.startswith("/", at):
                at += 1
            result += ".*" if at == len(pattern) else "(.*/)?"
            continue
        if char == "[" and (end := pattern.find("]", at + 2)) > 0:
            result += "[" + pattern[at + 1 : end].replace("[", r"\[") + "]"
            at = end + 1
            continue
        if char == "\\" and at + 1 < len(pattern):
            at += 1
            result += re.escape(pattern[at])
        else:
            result += {"*": "[^/]*", "?": "[^/]"}.get(char) or re.escape(char)
        at += 1
    return result
