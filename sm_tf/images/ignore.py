"""Which files of a build context a `.dockerignore` leaves out.

The rules are Docker's, not Git's: patterns start at the context's root, `**` is any number of folders, a
folder's rule holds for all that lies in it, `!` takes files back in even from a folder that is left out,
and the last match wins.
Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

import posixpath
import re
from collections.abc import Iterable


class IgnoreRules:
    """The patterns of an ignore file, in their order."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rules = [rule for line in lines if (rule := _parse(line))]
        self.takes_back = any(not ignored for _, ignored in self._rules)
        """Whether a folder that is left out may hold files that are not."""

    def ignores(self, path: str) -> bool:
        """Whether the file or folder at `path`, relative to the context with `/`, is left out."""
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
    """The regular expression of one pattern of Go's `filepath.Match`, extended by `**`."""
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
