"""A CDKTF project: its cdktf.json, and the stacks that its program synthesizes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.node import node_environment
from sm_tf.project.parent_death import dying_with_parent

FILE = "cdktf.json"


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a cdktf.json says: the command that runs the program, the context that it may read, its output."""

    directory: Path
    app: str
    context: dict[str, Any]
    output: str

    @property
    def outdir(self) -> Path:
        """Where the program's stacks belong: CDKTF_OUTDIR, else what cdktf.json says, else cdktf.out."""
        return self.directory / (os.environ.get("CDKTF_OUTDIR") or self.output)


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What a construct says of itself: `level` is error, warn or info, `path` is the construct's."""

    level: str
    path: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A stack as the program left it: its folder, the names of the stacks that it reads from, and what its
    constructs say of themselves.
    """

    name: str
    directory: Path
    dependencies: tuple[str, ...]
    annotations: tuple[Annotation, ...] = ()


def read_project(directory: Path) -> Project:
    """Read the cdktf.json of a folder."""
    file = directory / FILE
    if not file.is_file():
        raise UsageError(f"{directory} has no {FILE}: run this in the folder of a CDKTF project.")
    try:
        content = json.loads(file.read_text())
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from None
    app = content.get("app") if isinstance(content, dict) else None
    if not app or not isinstance(app, str):
        raise UsageError(f'{file} has no "app", the command that runs the program, such as "python main.py".')
    context, output = content.get("context") or {}, content.get("output") or "cdktf.out"
    return Project(directory=directory, app=app, context=context, output=str(output))


def synthesize(
    directory: Path | str,
    out: Path | str,
    *,
    variables: Mapping[str, str] | None = None,
    on_output: Callable[[str], None] | None = None,
) -> list[SynthesizedStack]:
    """Run the program of the project in `directory`, its output into `out`; its stacks in the order to apply.

    `python` in the project's command is the interpreter that runs now. `variables` are added to the program's
    environment, and `on_output` gets what it printed, if anything. Raises `UsageError` when there is no
    project, and `ToolError` with the program's own messages when it fails or synthesizes nothing.
    """
    project = read_project(Path(directory).resolve())
    out = Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    output = _run_app(project, out, variables or {})
    manifest = out / "manifest.json"
    if not manifest.is_file():
        told = f"\n{output}" if output else ""
        raise ToolError(
            f"`{project.app}` ended without synthesizing: it has to call app.synth(), "
            f"and its App takes no outdir.{told}"
        )
    if output and on_output:
        on_output(output)
    described = json.loads(manifest.read_text())["stacks"]
    stacks = {
        name: SynthesizedStack(
            name=name,
            directory=out / stack["workingDirectory"],
            dependencies=tuple(stack.get("dependencies", ())),
            annotations=tuple(
                Annotation(
                    level=said["level"].removeprefix("@cdktf/"),
                    path=said["constructPath"],
                    message=said["message"],
                )
                for said in stack.get("annotations", ())
            ),
        )
        for name, stack in described.items()
    }
    return _in_order(stacks, stacks)


def select(stacks: list[SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    """The stacks of these names and what they depend on, in their order; all when no name is given."""
    only(stacks, names)
    by_name = {stack.name: stack for stack in stacks}
    return _in_order(by_name, names or by_name)


def only(stacks: list[SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    """The stacks of these names in their order; all when no name is given."""
    known = {stack.name for stack in stacks}
    if unknown := sorted(set(names) - known):
        raise UsageError(
            f"No stack is named {', '.join(unknown)}: the program has {', '.join(sorted(known))}."
        )
    return [stack for stack in stacks if not names or stack.name in names]


def _in_order(stacks: dict[str, SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    ordered: dict[str, SynthesizedStack] = {}

    def add(name: str) -> None:
        # CDKTF itself refuses circular dependencies.
        if name not in ordered:
            for dependency in stacks[name].dependencies:
                add(dependency)
            ordered[name] = stacks[name]

    for name in names:
        add(name)
    return list(ordered.values())


def _run_app(project: Project, out: Path, variables: Mapping[str, str]) -> str:
    interpreter = str(Path(sys.executable).parent)
    path = f"{interpreter}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    process = subprocess.Popen(
        project.app,
        shell=True,
        cwd=project.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "CDKTF_OUTDIR": str(out),
            "CDKTF_CONTEXT_JSON": json.dumps(project.context),
            **node_environment(path),
            **variables,
        },
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )
    try:
        said, _ = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    said = said.rstrip()
    if process.returncode != 0:
        raise ToolError(f"`{project.app}` failed with exit code {process.returncode}.\n{said}".rstrip())
    return said
