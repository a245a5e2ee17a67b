"""Writes files into a project: all of them or none."""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.foundation.signals import uninterrupted
from sm_tf.scaffold.render import File


class Status(StrEnum):
    """How a file to write compares with the file that exists: there is none, the same, or a different one."""

    CREATE = "create"
    IDENTICAL = "identical"
    CONFLICT = "conflict"


def compare(directory: Path, files: Mapping[str, File]) -> dict[str, Status]:
    """Compare the files to write with those that exist.

    Raises:
        UsageError: a folder is where a file should be, or a file where a folder should be.
    """
    check_writable(directory, files)
    return {path: _status(directory / path, file) for path, file in files.items()}


def check_writable(directory: Path, paths: Iterable[str]) -> None:
    """Check that files can be at these paths below `directory`.

    Raises:
        UsageError: a folder is where a file should be, a file where a folder should be, or a symbolic link
            on the way to a file.
    """
    for place in (directory, *directory.parents):
        if _is_other_than_folder(place):
            what = "a symbolic link that leads to no folder" if place.is_symlink() else "a file"
            raise UsageError(f"{place} is {what}: name a folder.")
    for path in paths:
        target = directory / path
        parents = _parents(directory, path)
        obstacles = [
            *(
                f"{parent} is a symbolic link, which isn't followed"
                for parent in parents
                if parent.is_symlink()
            ),
            *(f"{parent} is not a folder" for parent in parents if _is_other_than_folder(parent)),
            *([f"{target} is a folder"] if target.is_dir() and not target.is_symlink() else []),
        ]
        if obstacles:
            raise UsageError(
                f"{path} cannot be written: {obstacles[0]}. Move it away or choose another folder."
            )


def _is_other_than_folder(path: Path) -> bool:
    return os.path.lexists(path) and not path.is_dir()


def is_linked(directory: Path, path: str) -> bool:
    """Whether a path below the folder is a symbolic link, or leads through one."""
    return any(place.is_symlink() for place in (directory / path, *_parents(directory, path)))


def _status(target: Path, file: File) -> Status:
    if not os.path.lexists(target):
        return Status.CREATE
    same = target.is_file() and not target.is_symlink() and _read(target) == file.content
    return Status.IDENTICAL if same else Status.CONFLICT


def write(directory: Path, files: Mapping[str, File], *, removed: Collection[str] = ()) -> None:
    """Write files below `directory`, which may not exist yet, and remove others.

    The files are prepared in a folder beside their place, so an error or an interruption leaves everything as
    it was. Only the renames at the end change the project; if one fails, those before it are undone.

    Raises:
        ToolError: the system cannot write the files; the message has its reason.
    """
    try:
        # The nearest folder that exists: a new project gets there by one rename.
        base = next(
            folder for folder in (directory.absolute(), *directory.absolute().parents) if folder.is_dir()
        )
        stage = Path(tempfile.mkdtemp(prefix=".sm-tf-", dir=base))
    except OSError as error:
        raise _failure(error, directory) from None
    try:
        new, old = stage / "new", stage / "old"
        old.mkdir()
        project = new / directory.absolute().relative_to(base)
        for path, file in files.items():
            _prepare(project / path, directory / path, file)
        with uninterrupted():
            _commit(new, base, old, [directory.absolute() / path for path in removed])
    except OSError as error:
        raise _failure(error, directory) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _prepare(staged: Path, target: Path, file: File) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(file.content)
    if target.is_file() and not target.is_symlink():
        shutil.copymode(target, staged)
    mode = staged.stat().st_mode
    # Who may read it may run it.
    staged.chmod(mode | (mode & 0o444) >> 2 if file.executable else mode & ~0o111)


def _commit(new: Path, base: Path, old: Path, removed: Collection[Path]) -> None:
    undo: list[Callable[[], object]] = []
    try:
        _move_in(new, base, old, undo)
        for path in removed:
            _keep(path, old, undo)
            path.unlink()
    except BaseException:
        for step in reversed(undo):
            step()
        raise


def _move_in(staged: Path, target: Path, old: Path, undo: list[Callable[[], object]]) -> None:
    """Move a file or folder to its place; the content of a folder moves into the folder that exists."""
    if staged.is_dir() and target.is_dir():
        for inside in sorted(staged.iterdir()):
            _move_in(inside, target / inside.name, old, undo)
        return
    if os.path.lexists(target):
        _keep(target, old, undo)
        staged.replace(target)
    else:
        staged.replace(target)
        undo.append(lambda: target.rename(staged))


def _keep(path: Path, old: Path, undo: list[Callable[[], object]]) -> None:
    """Keep a copy of a file, so that it can be restored."""
    kept = old / str(len(undo))
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, kept, follow_symlinks=False)
    undo.append(lambda: kept.replace(path))


def _parents(directory: Path, path: str) -> list[Path]:
    return [directory / parent for parent in Path(path).parents][:-1]


def _read(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes()
    return None


def _failure(error: OSError, directory: Path) -> ToolError:
    return ToolError(f"{directory} cannot be written: {error.strerror or error}. Nothing was changed.")
