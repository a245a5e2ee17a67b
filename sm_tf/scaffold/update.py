"""Updates a project to a newer version of its template, and keeps the user's changes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.answers_file import FILE, AnswersFile
from sm_tf.scaffold.git import find_git, run_git
from sm_tf.scaffold.merge import is_same_text, merge
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.render import File, render
from sm_tf.scaffold.template import Template
from sm_tf.scaffold.transaction import check_writable, is_linked, write


class Change(StrEnum):
    """The effect of an update on a file of the project. In a binary conflict the user's file stays, and the
    template's lies beside it.
    """

    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    CONFLICT = "conflict"
    REMOVED = "removed"
    KEPT = "kept"
    BINARY_CONFLICT = "binary conflict"


OTHER = ".new"
"""The ending of the template's version of a file that can't be merged, beside the user's."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """An update that is planned, but not yet written.

    `changes` has the files that the new version of the template changes. A `KEPT` file was changed by the
    user and deleted by the template, or the other way round, or is a symbolic link, which isn't followed.
    """

    directory: Path
    changes: Mapping[str, Change]
    files: Mapping[str, File] = field(repr=False)

    @property
    def conflicts(self) -> list[str]:
        """The files that get conflict markers."""
        return [path for path, change in self.changes.items() if change == Change.CONFLICT]

    @property
    def binary_conflicts(self) -> list[str]:
        """The files that can't be merged."""
        return [path for path, change in self.changes.items() if change == Change.BINARY_CONFLICT]

    def write(self) -> None:
        """Write all changes and the new answers file."""
        removed = [path for path, change in self.changes.items() if change == Change.REMOVED]
        write(self.directory, self.files, removed=removed)


def check_clean(directory: Path) -> None:
    """Refuse to update a project that git could not restore.

    Raises:
        UsageError: the project is not in a git repository, or has uncommitted changes.
    """
    git = find_git("to update a project")
    done = run_git(git, "status", "--porcelain", "--", ".", folder=directory)
    if done.returncode != 0:
        raise UsageError(
            f"{directory} is not in a git repository, so an update could not be undone: run git init and "
            "commit first, or update with --force."
        )
    if done.stdout:
        raise UsageError(
            f"{directory} has uncommitted changes:\n{done.stdout.decode(errors='replace').rstrip()}\n"
            "Commit or stash them first, or update with --force."
        )


def plan_update(
    directory: Path, current: AnswersFile, template: Template, answers: Answers, source: str
) -> Update:
    """Plan the update of a project: a three-way merge of each file.

    `current` is the project's answers file, and `source` is the source of the template for the new one.

    Raises:
        UsageError: a folder is where a file should be, or a file where a folder should be; or the
            template's version of a binary file would overwrite another file.
        ToolError: git, which merges the files, is missing.
    """
    new = render(template, answers)
    changes: dict[str, Change] = {}
    files: dict[str, File] = {}
    version = f"{template.name} {template.version}"
    for path in sorted({*current.rendering, *new}):
        before, after = current.rendering.get(path), new.get(path)
        if is_linked(directory, path):
            if after != before:
                changes[path] = Change.KEPT
            continue
        change, written = _planned(_current(directory, path), before, after, version)
        if change is not None:
            changes[path] = change
        if change == Change.BINARY_CONFLICT:
            if path + OTHER in new or os.path.lexists(directory / (path + OTHER)):
                raise UsageError(
                    f"{path + OTHER} is where the template's version of {path} would lie, since a "
                    "binary file can't be merged: move it away first."
                )
            path += OTHER
        if written is not None:
            files[path] = written
    updated = AnswersFile(
        template=template.name,
        version=template.version,
        source=source,
        answers=answers,
        rendering=new,
    )
    if updated != current:
        files[FILE] = updated.file()
    check_writable(directory, files)
    return Update(directory=directory, changes=changes, files=files)


def _planned(
    yours: File | None, before: File | None, after: File | None, version: str
) -> tuple[Change | None, File | None]:
    """The change of a file and what is written, from three versions of its content and executable bit."""
    if after is None:
        if yours is None:
            return None, None
        is_unchanged = before is not None and is_same_text(yours.content, before.content)
        return Change.REMOVED if is_unchanged else Change.KEPT, None
    if yours is None:
        if before is None:
            return Change.CREATED, after
        return (None if after == before else Change.KEPT), None
    if before is None:
        executable = yours.executable or after.executable
    else:
        executable = yours.executable if after.executable == before.executable else after.executable
    if (before is not None and after.content == before.content) or after.content == yours.content:
        merged, change = yours.content, None
    elif before is not None and yours.content == before.content:
        merged, change = after.content, Change.UPDATED
    else:
        found = merge(yours.content, before.content if before else b"", after.content, version)
        if found.content is None:
            return Change.BINARY_CONFLICT, after
        merged, change = found.content, Change.CONFLICT if found.conflicts else Change.MERGED
        if merged == yours.content:
            change = None
    if change is None and executable != yours.executable:
        change = Change.UPDATED
    return change, (File(merged, executable) if change else None)


def _current(directory: Path, path: str) -> File | None:
    file = directory / path
    if is_linked(directory, path) or not file.is_file():
        return None
    try:
        return File(file.read_bytes(), executable=os.access(file, os.X_OK))
    except OSError as error:
        raise ToolError(f"{file} cannot be read: {error.strerror}.") from None
