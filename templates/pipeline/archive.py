"""Packs code for a container of SageMaker."""

import gzip
import io
import tarfile
from pathlib import Path


def pack_code(folder: Path, archive: Path) -> Path:
    """Pack the Python files of a folder below `code/`; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for file in sorted(folder.glob("*.py")):
            content = file.read_bytes()
            entry = tarfile.TarInfo(f"code/{file.name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    return archive
