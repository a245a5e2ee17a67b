"""A build context: the files that an image is built from, their hash, and the archive that carries them."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sm_tf.images.ignore import IgnoreRules

_EVERYTHING = b"!**\n"
"""An ignore file that leaves nothing out. An empty one would not do: podman then looks for the next."""


@dataclass(frozen=True)
class _Entry:
    """One file, folder or symbolic link; `path` is relative to the context, with `/`."""

    path: str
    source: Path

    def header(self) -> tarfile.TarInfo:
        """What every machine agrees on: no owner, no time, and of the mode the executable bit."""
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
    """The files of `directory` that its ignore file and `exclude` leave, and the Dockerfile at `file`.

    `<file>.dockerignore` goes before `.dockerignore`; the patterns of `exclude` come after those of the file.
    The builder gets the Dockerfile even where the patterns keep it out of the context.
    """

    directory: Path
    file: str = "Dockerfile"
    exclude: Sequence[str] = ()

    @property
    def dockerfile(self) -> Path:
        """Where the Dockerfile lies."""
        return self.directory / self.file

    def paths(self) -> list[str]:
        """What is in the context, sorted."""
        return [entry.path for entry in self._entries()]

    def hash(self) -> str:
        """SHA-256 in hexadecimal digits: the Dockerfile; each path, content, executable bit and link."""
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

        An archive, since links, modes, empty folders and folders such as `.git` survive whatever copies the
        stack. That ignore file goes before those inside `context`, so that all builders see the same files.
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
            elif not ignored and (is_link or item.is_file()):  # no sockets, no pipes
                yield entry


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
