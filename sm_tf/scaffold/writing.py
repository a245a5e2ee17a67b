"""Brings files into a project: all of them or none."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.render import File

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Status(StrEnum):
    """What a file that is to be written is to the one that may be there."""

    CREATE = "create"
    IDENTICAL = "identical"
    CONFLICT = "conflict"


def compare(directory: Path, files: Mapping[str, File]) -> dict[str, Status]:
    """What writing each file would mean.

    Raises:
        UsageError: a folder is where a file should be, or a file where a folder should be.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file: name a folder.")
    found = {}
    for path, file in files.items():
        target = directory / path
        blocking = [
            parent for parent in _parents(directory, path) if os.path.lexists(parent) and not parent.is_dir()
        ]
        if blocking or target.is_dir():
            what = f"{blocking[0]} is no folder" if blocking else f"{target} is a folder"
            raise UsageError(f"{path} can't be written: {what}. Move it away or choose another folder.")
        if not os.path.lexists(target):
            found[path] = Status.CREATE
        elif target.is_file() and _read(target) == file.content:
            found[path] = Status.IDENTICAL
        else:
            found[path] = Status.CONFLICT
    return found


def write(directory: Path, files: Mapping[str, File], *, removed: Collection[str] = ()) -> None:
    """Write these files below `directory`, which may not exist yet, and remove others.

    They are prepared in a folder beside their place, so that an error or an interruption leaves everything as
    it was. Only the renames at the end change the project; if one fails, those before it are undone.

    Raises:
        ToolError: the system can't write; the message has its reason.
    """
    try:
        # Where something is already: a new project arrives by one rename.
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
        with _uninterrupted():
            _commit(new, base, old, [directory.absolute() / path for path in removed])
    except OSError as error:
        raise _failure(error, directory) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _prepare(staged: Path, target: Path, file: File) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(file.content)
    if target.is_file():
        shutil.copymode(target, staged)
    elif file.executable:
        staged.chmod(staged.stat().st_mode | 0o111 & ~_umask())


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
    """Move a file or folder to its place; a folder that is there already takes what is inside."""
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
    """Keep what is at a place, so that it can be put back there; it stays in its place until then."""
    kept = old / str(len(undo))
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, kept, follow_symlinks=False)
    undo.append(lambda: kept.replace(path))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold signals back until the block is over."""
    # Python handles signals in its main thread only.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for missed in came:
            signal.raise_signal(missed)


def _parents(directory: Path, path: str) -> list[Path]:
    return [directory / parent for parent in Path(path).parents][:-1]


def _read(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes()
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _failure(error: OSError, directory: Path) -> ToolError:
    return ToolError(f"{directory} can't be written: {error.strerror or error}. Nothing was changed.")
