"""A build context: the files that an image is built from, their hash, and their archive."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sm_tf.images.ignore import IgnoreRules

_EVERYTHING = b"!**\n"
"""An ignore file that leaves nothing out. If it were empty, podman would look for another one."""


@dataclass(frozen=True)
class _Entry:
    """A file, folder or symbolic link. `path` is relative to the context and uses `/`."""

    path: str
    source: Path

    def header(self) -> tarfile.TarInfo:
        """Return a header that is equal on every machine: no owner, no time, and only the executable bit."""
        info = tarfile.TarInfo(f"context/{self.path}")
        if self.source.is_symlink():
            info.type, info.linkname = tarfile.SYMTYPE, str(self.source.readlink())
            info.mode = 0o777
        elif self.source.is_dir():
            info.type, info.mode = tarfile.DIRTYPE, 0o755
        else:
            status = self.source.stat()
            info.size = status.st_size
            info.mode = 0o755 if status.st_mode & 0o100 else 0o644
        return info


@dataclass(frozen=True)
class BuildContext:
    """The files of `directory` that the ignore file and `exclude` don't leave out, and the Dockerfile `file`.

    `<file>.dockerignore` takes precedence over `.dockerignore`. The patterns in `exclude` follow those of the
    file. The builder gets the Dockerfile even if the patterns leave it out.
    """

    directory: Path
    file: str = "Dockerfile"
    exclude: Sequence[str] = ()

    @property
    def dockerfile(self) -> Path:
        """The path of the Dockerfile."""
        return self.directory / self.file

    def paths(self) -> list[str]:
        """Return the paths of the context's entries, sorted."""
        return [entry.path for entry in self._entries()]

    def hash(self) -> str:
        """Return the SHA-256, in hexadecimal, of the Dockerfile and of each path, content, mode and link."""
        digest = hashlib.sha256(_sha256(self.dockerfile))
        for entry in self._entries():
            info = entry.header()
            fields = [info.type.decode(), f"{info.mode:o}", info.linkname, info.name]
            digest.update("\0".join(fields).encode(errors="surrogateescape") + b"\0")
            if info.isreg():
                digest.update(_sha256(entry.source))
        return digest.hexdigest()

    def archive(self, target: Path) -> None:
        """Write a tar archive of `Dockerfile`, `Dockerfile.dockerignore` and the folder `context`.

        An archive keeps links, modes, empty folders and folders such as `.git`, whatever tool copies the
        stack. The ignore file takes precedence over those in `context`, so all builders see the same files.
        """
        with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
            _add(archive, "Dockerfile", self.dockerfile.read_bytes())
            _add(archive, "Dockerfile.dockerignore", _EVERYTHING)
            root = tarfile.TarInfo("context")
            root.type, root.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(root)
            for entry in self._entries():
                info = entry.header()
                if info.isreg():
                    with entry.source.open("rb") as content:
                        archive.addfile(info, content)
                else:
                    archive.addfile(info)

    def _entries(self) -> list[_Entry]:
        return sorted(self._walk(self.directory, self._rules()), key=lambda entry: entry.path)

    def _rules(self) -> IgnoreRules:
        own, shared = self.directory / f"{self.file}.dockerignore", self.directory / ".dockerignore"
        present = own if own.is_file() else shared
        lines = present.read_text(encoding="utf-8").splitlines() if present.is_file() else []
        return IgnoreRules([*lines, *self.exclude])

    def _walk(self, folder: Path, rules: IgnoreRules) -> Iterator[_Entry]:
        for item in folder.iterdir():
            entry = _Entry(item.relative_to(self.directory).as_posix(), item)
            ignored = rules.ignores(entry.path)
            is_link = item.is_symlink()
            if item.is_dir() and not is_link:
                inside = [] if ignored and not rules.takes_back else list(self._walk(item, rules))
                if inside or not ignored:
                    yield entry
                yield from inside
            elif not ignored and (is_link or item.is_file()):  # Leaves out sockets and pipes.
                yield entry


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
