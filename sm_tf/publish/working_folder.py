"""A folder for the files of a build."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = ".publishing-"


@contextmanager
def working_folder(outdir: Path) -> Iterator[Path]:
    """Make a folder below a project's outdir, and remove it at the end.

    Container engines in virtual machines see the user's folders, but not /tmp. Folders of runs that were
    killed are removed too.
    """
    existed = outdir.exists()
    outdir.mkdir(parents=True, exist_ok=True)
    for left in outdir.glob(f"{_PREFIX}*-*"):
        if not _runs(left.name.removeprefix(_PREFIX).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=outdir) as folder:
            yield Path(folder)
    finally:
        if not existed:
            with suppress(OSError):
                outdir.rmdir()


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
