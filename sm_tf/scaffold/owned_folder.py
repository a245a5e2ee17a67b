"""Folders that a command writes again and again, with files of others beside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.foreign import parse_json
from sm_tf.scaffold.render import File
from sm_tf.scaffold.transaction import check_writable, is_linked, write


@dataclass(frozen=True)
class OwnedFolder:
    """A folder that only one command writes. `marker` is the file that lists what it wrote there, and
    `content` says in one word what that is. Other files in the folder are left alone.
    """

    directory: Path
    marker: str
    content: str

    def check(self) -> None:
        """Check that the command may write here.

        Raises:
            UsageError: the folder is a file, or has files that the command did not write.
        """
        directory = self.directory
        if directory.exists() and not directory.is_dir():
            raise UsageError(f"{directory} is a file: name a folder.")
        if not directory.is_dir() or not any(directory.iterdir()):
            return
        if not (directory / self.marker).is_file():
            raise UsageError(
                f"{directory} is not empty, and no {self.content} was written there before: it has no "
                f"{self.marker}. Name an empty or a new folder."
            )
        self._written_before()

    def write(self, files: Mapping[str, File]) -> None:
        """Write files, and remove those that were written before and are no longer there."""
        directory = self.directory
        before = self._written_before() if (directory / self.marker).is_file() else []
        check_writable(directory, files)
        removed = [
            path
            for path in before
            if path not in files and (directory / path).is_file() and not is_linked(directory, path)
        ]
        listed = json.dumps({"files": sorted(files)}, indent=2) + "\n"
        write(directory, {**files, self.marker: File(listed.encode())}, removed=removed)

    def _written_before(self) -> list[str]:
        marker = self.directory / self.marker
        try:
            files = parse_json(marker.read_text())["files"]
            paths = [PurePosixPath(file) for file in files]
            outside = any(path.is_absolute() or ".." in path.parts for path in paths)
            if isinstance(files, list) and not outside:
                return files
        except (ValueError, TypeError, KeyError):
            pass
        raise UsageError(f"{marker} is damaged: restore it, or name an empty or a new folder.")
