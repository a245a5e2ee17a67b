"""The stacks of a project, synthesized to where they belong."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sm_tf.project.content import SYNTHESIZED
from sm_tf.project.project import SynthesizedStack, read_project, synthesize


def synthesize_in_place(
    directory: Path,
    *,
    variables: Mapping[str, str] | None = None,
    on_output: Callable[[str], None] | None = None,
) -> list[SynthesizedStack]:
    """Run the program of the project in `directory`; its stacks, in the order to apply, are in its outdir.

    Until the program has succeeded the outdir stays as it was. What Terraform keeps there, such as state
    files, stays always. Raises as `synthesize`.
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
    # The list of the stacks comes last: what it names is there.
    for file in sorted(files, key=lambda file: (len(file.parts) == 1, file)):
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (new / file).replace(out / file)
    for old in _synthesized(out):
        if old.relative_to(out) not in set(files):
            old.unlink()
            with suppress(OSError):
                os.removedirs(old.parent)


def _synthesized(out: Path) -> list[Path]:
    """The files of the outdir that come from a program, not from Terraform."""
    found = list(out.glob(f"stacks/*/{SYNTHESIZED}"))
    for assets in out.glob("stacks/*/assets"):
        found += _files(assets)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in [*files, *links])
