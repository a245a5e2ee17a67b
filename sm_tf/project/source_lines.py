"""The lines of the user's program that made its constructs, as the program noted them while it ran."""

import json
from dataclasses import dataclass
from pathlib import Path

from sm_tf.bindings.origins import VARIABLE

__all__ = ["VARIABLE", "SourceLine", "SourceLines"]


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A line of a program; `file` is relative to the project's folder if it is inside."""

    file: str
    line: int

    @classmethod
    def inside(cls, project: Path, file: str, line: int) -> "SourceLine":
        """A line of a file, as seen from the folder of a project."""
        path = project / file
        return cls(file=str(path.relative_to(project) if path.is_relative_to(project) else path), line=line)

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class SourceLines:
    """The lines that made a program's constructs, by their paths; empty if the program noted none."""

    def __init__(self, file: Path, project: Path) -> None:
        self._lines: dict[str, SourceLine] = {}
        for text in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
            noted = json.loads(text)
            self._lines[noted["path"]] = SourceLine.inside(project, noted["file"], noted["line"])

    def of(self, path: str) -> SourceLine | None:
        """The line that made the construct, or the nearest construct around it whose line is known."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path.rpartition("/")[0]
        return None
