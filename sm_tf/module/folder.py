"""The folder of a module, which only `sm-tf module` writes."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.foreign import parse_json
from sm_tf.scaffold.render import File
from sm_tf.scaffold.transaction import check_writable, is_linked, write

MARKER = ".sm-tf-module.json"
"""Lists the files of the module. Others in the folder are left alone."""


def check_folder(directory: Path) -> None:
    """Check that a module may be written to a folder.

    Raises:
        UsageError: the folder is a file, or has files that were not written as a module.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file: name a folder.")
    if not directory.is_dir() or not any(directory.iterdir()):
        return
    if not (directory / MARKER).is_file():
        raise UsageError(
            f"{directory} is not empty, and no module was written there before: it has no {MARKER}. Name an "
            "empty or a new folder."
        )
    _written_before(directory)


def write_folder(directory: Path, files: Mapping[str, File]) -> None:
    """Write the files of a module, and remove those of an earlier one that it no longer has."""
    before = _written_before(directory) if (directory / MARKER).is_file() else []
    check_writable(directory, files)
    removed = [
        path
        for path in before
        if path not in files and (directory / path).is_file() and not is_linked(directory, path)
    ]
    listed = json.dumps({"files": sorted(files)}, indent=2) + "\n"
    write(directory, {**files, MARKER: File(listed.encode())}, removed=removed)


def _written_before(directory: Path) -> list[str]:
    marker = directory / MARKER
    try:
        files = parse_json(marker.read_text())["files"]
        paths = [PurePosixPath(file) for file in files]
        if isinstance(files, list) and not any(path.is_absolute() or ".." in path.parts for path in paths):
            return files
    except (ValueError, TypeError, KeyError):
        pass
    raise UsageError(f"{marker} is damaged: restore it, or name an empty or a new folder.")
