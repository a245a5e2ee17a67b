"""A new project: the files that a template makes of its answers, compared with the files that exist."""

import os
from dataclasses import dataclass
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.foreign import printable
from sm_tf.scaffold.answers_file import FILE, AnswersFile, read_answers_file
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.render import File, render, render_text
from sm_tf.scaffold.source import is_path, without_credentials
from sm_tf.scaffold.template import Template
from sm_tf.scaffold.transaction import Status, compare, write


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """A project that is rendered, but not yet written."""

    directory: Path
    files: dict[str, File]
    statuses: dict[str, Status]
    next_steps: tuple[str, ...]

    @property
    def conflicts(self) -> list[str]:
        """The files that exist with different content."""
        return [path for path, status in self.statuses.items() if status == Status.CONFLICT]

    def check(self) -> None:
        """Refuse to overwrite files.

        Raises:
            UsageError: files exist with different content.
        """
        if self.conflicts:
            listed = "".join(f"\n  {path}" for path in self.conflicts)
            count = "1 file exists" if len(self.conflicts) == 1 else f"{len(self.conflicts)} files exist"
            raise UsageError(
                f"{count} in {self.directory} with different content; nothing was written:{listed}\n"
                "Choose another folder, or overwrite with --force."
            )

    def write(self) -> None:
        """Create the missing files, and overwrite those with different content."""
        changed = {path: file for path, file in self.files.items() if self.statuses[path] != Status.IDENTICAL}
        if changed:
            write(self.directory, changed)


def new_project(template: Template, answers: Answers, source: str, directory: Path) -> NewProject:
    """Render a template for a folder, together with its answers file."""
    files = render(template, answers)
    answers_file = AnswersFile(
        template=template.name,
        version=template.version,
        source=recorded_source(source, directory),
        answers=answers,
        rendering=dict(files),
    )
    files[FILE] = answers_file.file()
    statuses = compare(directory, files)
    # Another release of zlib compresses the same content differently.
    if statuses[FILE] == Status.CONFLICT and _existing(directory) == answers_file:
        statuses[FILE] = Status.IDENTICAL
    # An expression can make control characters of plain ones.
    steps = tuple(printable(render_text(step, answers)) for step in template.next_steps)
    return NewProject(directory=directory, files=files, statuses=statuses, next_steps=steps)


def recorded_source(source: str, directory: Path) -> str:
    """The source for the answers file: a URL without password, or a path relative to the project."""
    if not is_path(source) or Path(source).expanduser().is_absolute():
        return without_credentials(source)
    relative = os.path.relpath(source, directory)
    return relative if is_path(relative) else f"./{relative}"


def _existing(directory: Path) -> AnswersFile | None:
    try:
        return read_answers_file(directory)
    except UsageError:
        return None
