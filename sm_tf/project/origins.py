"""Which line of the user's program made a construct, as the program noted it while it ran."""

import json
from dataclasses import dataclass
from pathlib import Path

from sm_tf.bindings.origins import VARIABLE

__all__ = ["VARIABLE", "Origin", "Origins"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A line of a program; the file is relative to the project's folder where it is in there."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class Origins:
    """The origins of a program's constructs by their paths; empty when the program did not note any."""

    def __init__(self, file: Path, project: Path) -> None:
        self._known: dict[str, Origin] = {}
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
            noted = json.loads(line)
            made_in = Path(noted["file"])
            inside = made_in.relative_to(project) if made_in.is_relative_to(project) else made_in
            self._known[noted["path"]] = Origin(file=str(inside), line=noted["line"])

    def of(self, path: str) -> Origin | None:
        """Where the construct was made, or the nearest one around it whose line is known."""
        while path:
            if path in self._known:
                return self._known[path]
            path = path.rpartition("/")[0]
        return None
