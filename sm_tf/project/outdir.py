"""Synthesizes a project to its own outdir."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sm_tf.bindings.engine import ASSETS, STACK_FILE, STACKS
from sm_tf.project.project import read_project
from sm_tf.project.synthesis import SynthesizedStack, synthesize


def synthesize_in_place(
    directory: Path,
    *,
    variables: Mapping[str, str] | None = None,
    on_output: Callable[[str], None] | None = None,
) -> list[SynthesizedStack]:
    """Run the program of the project in `directory`, and return its stacks in the order to apply them.

    The stacks are in the project's outdir, which stays as it was until the program has succeeded. Files that
    Terraform keeps there, such as states, always stay. Raises the errors of `synthesize`.
    """
    out = read_project(directory.resolve()).outdir.resolve()
    existed = out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        # On the same file system, so that everything moves at once or not at all.
        with tempfile.TemporaryDirectory(prefix=".synthesizing-", dir=out) as name:
            new = Path(name).resolve()
            stacks = synthesize(directory, new, variables=variables, on_output=on_output)
            _move(new, out)
    except BaseException:
        if not existed:
            with suppress(OSError):
                out.rmdir()
        raise
    return [replace(stack, directory=out / stack.directory.relative_to(new)) for stack in stacks]


def _move(new: Path, out: Path) -> None:
    files = [file.relative_to(new) for file in _files(new)]
    # The manifest comes last: the stacks that it names are there by then.
    for file in sorted(files, key=lambda file: (len(file.parts) == 1, file)):
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (new / file).replace(out / file)
    for old in _synthesized(out):
        if old.relative_to(out) not in set(files):
            old.unlink()
            with suppress(OSError):
                os.removedirs(old.parent)


def _synthesized(out: Path) -> list[Path]:
    """The files of the outdir that a program wrote, not Terraform."""
    found = list(out.glob(f"{STACKS}/*/{STACK_FILE}"))
    for assets in out.glob(f"{STACKS}/*/{ASSETS}"):
        found += _files(assets)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in [*files, *links])
