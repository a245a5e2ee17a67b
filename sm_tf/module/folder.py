"""The folder of a module, which only `sm-tf module` writes."""

import json
from collections.abc import Mapping
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.render import File
from sm_tf.scaffold.transaction import write

MARKER = ".sm-tf-module.json"
"""Lists the files of the module. Others in the folder are left alone."""


def check_folder(directory: Path) -> None:
    """Check that a module may be written to a folder.

    Raises:
        UsageError: the folder has files and no marker, or is a file.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file: name a folder.")
    if directory.is_dir() and any(directory.iterdir()) and not (directory / MARKER).is_file():
        raise UsageError(
            f"{directory} is not empty, and no module was written there before: it has no {MARKER}. Name an "
            "empty or a new folder."
        )


def write_folder(directory: Path, files: Mapping[str, File]) -> None:
    """Write the files of a module, and remove those of an earlier one that it no longer has."""
    marker = directory / MARKER
    before = json.loads(marker.read_text())["files"] if marker.is_file() else []
    listed = json.dumps({"files": sorted(files)}, indent=2) + "\n"
    removed = [path for path in before if path not in files and (directory / path).is_file()]
    write(directory, {**files, MARKER: File(listed.encode())}, removed=removed)
