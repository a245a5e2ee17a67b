"""Watches the files of a project."""

import os
import time
from pathlib import Path

Snapshot = dict[str, tuple[int, int]]

_SECONDS = 0.5
_GENERATED = {"__pycache__", "node_modules"}


def snapshot(directory: Path, outdir: Path) -> Snapshot:
    """The time of each file's last change, and its size.

    Leaves out files that the program does not read: `outdir`, hidden files and folders, virtual environments,
    installed packages, editors' backups and Terraform's states.
    """
    found: Snapshot = {}
    for place, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if not _left_out(Path(place, name), outdir)]
        for name in files:
            if name.startswith(".") or name.endswith("~") or ".tfstate" in name:
                continue
            path = Path(place, name)
            try:
                status = path.stat()
            except OSError:  # deleted in the meantime
                continue
            found[str(path.relative_to(directory))] = (status.st_mtime_ns, status.st_size)
    return found


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    """The files that were added, removed or written between two snapshots."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def wait_for_change(directory: Path, outdir: Path, since: Snapshot) -> set[str]:
    """Wait, without a limit, until files differ from the snapshot; returns these files."""
    while not (files := changed(since, snapshot(directory, outdir))):
        time.sleep(_SECONDS)
    return files


def _left_out(folder: Path, outdir: Path) -> bool:
    name = folder.name
    return name.startswith(".") or name in _GENERATED or folder == outdir or (folder / "pyvenv.cfg").is_file()
