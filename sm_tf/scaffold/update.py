"""Updates a project to a newer version of its template, and keeps the user's changes."""

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.answers_file import FILE, AnswersFile
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.render import File, render
from sm_tf.scaffold.source import find_git
from sm_tf.scaffold.template import Template
from sm_tf.scaffold.transaction import check_writable, write

_TOO_MANY = 127


class Change(StrEnum):
    """The effect of an update on a file of the project."""

    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    CONFLICT = "conflict"
    REMOVED = "removed"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Update:
    """An update that is planned, but not yet written.

    `changes` has the files that the new version of the template changes. A `KEPT` file was changed by the
    user and deleted by the template, or the other way round.
    """

    directory: Path
    changes: Mapping[str, Change]
    files: Mapping[str, File] = field(repr=False)

    @property
    def conflicts(self) -> list[str]:
        """The files that get conflict markers, and the binary files that stay as they are."""
        return [path for path, change in self.changes.items() if change == Change.CONFLICT]

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
    done = subprocess.run(
        [git, "-C", str(directory), "status", "--porcelain", "--", "."], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise UsageError(
            f"{directory} is not in a git repository, so an update could not be undone: run git init and "
            "commit first, or update with --force."
        )
    if done.stdout:
        raise UsageError(
            f"{directory} has uncommitted changes:\n{done.stdout.rstrip()}\n"
            "Commit or stash them first, or update with --force."
        )


def plan_update(
    directory: Path, current: AnswersFile, template: Template, answers: Answers, source: str
) -> Update:
    """Plan the update of a project: a three-way merge of each file.

    `current` is the project's answers file, and `source` is the source of the template for the new one.

    Raises:
        UsageError: a folder is where a file should be, or a file where a folder should be.
        ToolError: git, which merges the files, is missing.
    """
    new = render(template, answers)
    changes: dict[str, Change] = {}
    files: dict[str, File] = {}
    version = f"{template.name} {template.version}"
    for path in sorted({*current.rendering, *new}):
        before, after = current.rendering.get(path), new.get(path)
        yours = _current(directory, path)
        if after is None:
            if yours is not None:
                changes[path] = Change.REMOVED if yours == before else Change.KEPT
        elif after.content in (before, yours):
            continue
        elif yours is None:
            changes[path] = Change.CREATED if before is None else Change.KEPT
        elif yours == before:
            changes[path] = Change.UPDATED
        else:
            merged, clean = merge(yours, before or b"", after.content, version)
            changes[path] = Change.MERGED if clean else Change.CONFLICT
            files[path] = File(merged)
        if changes.get(path) in (Change.CREATED, Change.UPDATED):
            assert after is not None
            files[path] = after
    updated = AnswersFile(
        template=template.name,
        version=template.version,
        source=source,
        answers=answers,
        rendering={path: file.content for path, file in new.items()},
    )
    if updated != current:
        files[FILE] = updated.file()
    check_writable(directory, files)
    return Update(directory=directory, changes=changes, files=files)


def merge(yours: bytes, before: bytes, after: bytes, version: str) -> tuple[bytes, bool]:
    """A three-way merge by git: the merged text, and whether it has no conflicts.

    A binary file stays as it is and counts as a conflict.
    """
    git = find_git("to merge the template's changes with yours")
    with tempfile.TemporaryDirectory(prefix="sm-tf-merge-") as folder:
        names = {"yours": yours, "before": before, "after": after}
        for name, content in names.items():
            (Path(folder) / name).write_bytes(content)
        labels = ["-L", "yours", "-L", "before", "-L", version]
        done = subprocess.run(
            [git, "merge-file", "-p", *labels, *names], cwd=folder, capture_output=True, check=False
        )
    if 0 <= done.returncode <= _TOO_MANY:
        return done.stdout, done.returncode == 0
    if b"binary" in done.stderr:
        return yours, False
    raise ToolError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")


def _current(directory: Path, path: str) -> bytes | None:
    file = directory / path
    if not file.is_file():
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise ToolError(f"{file} cannot be read: {error.strerror}.") from None
