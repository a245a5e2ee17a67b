"""A new project: the files that a template and its answers make, and what is there already."""

import os
from dataclasses import dataclass
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.record import FILE, Record, read_record
from sm_tf.scaffold.render import File, render, render_text
from sm_tf.scaffold.source import is_path, without_credentials
from sm_tf.scaffold.template import Template
from sm_tf.scaffold.writing import Status, compare, write


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """A project that is rendered, but not written yet."""

    directory: Path
    files: dict[str, File]
    statuses: dict[str, Status]
    next_steps: tuple[str, ...]

    @property
    def conflicts(self) -> list[str]:
        """The files that exist with another content."""
        return [path for path, status in self.statuses.items() if status == Status.CONFLICT]

    def check(self) -> None:
        """Refuse to go on when a file would be overwritten.

        Raises:
            UsageError: there are conflicts.
        """
        if self.conflicts:
            listed = "".join(f"\n  {path}" for path in self.conflicts)
            count = "1 file exists" if len(self.conflicts) == 1 else f"{len(self.conflicts)} files exist"
            raise UsageError(
                f"{count} in {self.directory} with another content; nothing was written:{listed}\n"
                "Choose another folder, or overwrite with --force."
            )

    def write(self) -> None:
        """Write what isn't there yet, and overwrite what differs."""
        changed = {path: file for path, file in self.files.items() if self.statuses[path] != Status.IDENTICAL}
        if changed:
            write(self.directory, changed)


def new_project(template: Template, answers: Answers, source: str, directory: Path) -> NewProject:
    """Render a template for a folder, together with its answers file."""
    files = render(template, answers)
    record = Record(
        template=template.name,
        version=template.version,
        source=recorded_source(source, directory),
        answers=answers,
        rendering={path: file.content for path, file in files.items()},
    )
    files[FILE] = record.file()
    statuses = compare(directory, files)
    # The same record may be written down differently, by another release of zlib.
    if statuses[FILE] == Status.CONFLICT and _recorded(directory) == record:
        statuses[FILE] = Status.IDENTICAL
    steps = tuple(render_text(step, answers) for step in template.next_steps)
    return NewProject(directory=directory, files=files, statuses=statuses, next_steps=steps)


def recorded_source(source: str, directory: Path) -> str:
    """A template's name or its URL without a password; a relative path as seen from the project."""
    if not is_path(source) or Path(source).expanduser().is_absolute():
        return without_credentials(source)
    relative = os.path.relpath(source, directory)
    return relative if is_path(relative) else f"./{relative}"


def _recorded(directory: Path) -> Record | None:
    try:
        return read_record(directory)
    except UsageError:
        return None
