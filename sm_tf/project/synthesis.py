"""The stacks that a project's program synthesizes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.bindings.engine import ANNOTATION_PREFIX, MANIFEST
from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.foundation.foreign import parse_json
from sm_tf.project.program import run_program
from sm_tf.project.project import read_project


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A message of the construct at `path`; `level` is error, warn or info."""

    level: str
    path: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A stack as the program left it: its folder, the names of the stacks that it reads from, and the
    annotations of its constructs.
    """

    name: str
    directory: Path
    dependencies: tuple[str, ...]
    annotations: tuple[Annotation, ...] = ()


def synthesize(
    directory: Path | str,
    out: Path | str,
    *,
    variables: Mapping[str, str] | None = None,
    on_output: Callable[[str], None] | None = None,
) -> list[SynthesizedStack]:
    """Run the program of the project in `directory`, and return its stacks in the order to apply them.

    The stacks are written to `out`. `python` in the project's command is the interpreter that runs now.
    `variables` are added to the program's environment, and `on_output` gets what it printed, if anything.

    Raises:
        UsageError: the folder has no project.
        ToolError: the program failed or synthesized nothing; the message quotes it.
    """
    project = read_project(Path(directory).resolve())
    out = Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    output = run_program(project, out, variables or {})
    if not (out / MANIFEST).is_file():
        printed = f"\n{output}" if output else ""
        raise ToolError(
            f"`{project.app}` ended without synthesizing: it must call app.synth(), and its App must not get "
            f"an outdir.{printed}"
        )
    if output and on_output:
        on_output(output)
    stacks = {stack.name: stack for stack in read_stacks(out)}
    return _in_order(stacks, stacks)


def read_stacks(out: Path) -> list[SynthesizedStack]:
    """The stacks that a program has synthesized to `out`, by its manifest.

    Raises:
        ToolError: the manifest is damaged.
    """
    try:
        described = parse_json((out / MANIFEST).read_text())["stacks"]
        return [_stack(name, stack, out) for name, stack in described.items()]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ToolError(f"{MANIFEST} of the program is damaged: only app.synth() may write it.") from None


def _stack(name: str, described: dict[str, Any], out: Path) -> SynthesizedStack:
    return SynthesizedStack(
        name=name,
        directory=out / described["workingDirectory"],
        dependencies=tuple(described.get("dependencies", ())),
        annotations=tuple(
            Annotation(
                level=annotation["level"].removeprefix(ANNOTATION_PREFIX),
                path=annotation["constructPath"],
                message=annotation["message"],
            )
            for annotation in described.get("annotations", ())
        ),
    )


def select(stacks: list[SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    """The stacks of these names and those that they depend on, in their order; all if no name is given."""
    only(stacks, names)
    by_name = {stack.name: stack for stack in stacks}
    return _in_order(by_name, names or by_name)


def only(stacks: list[SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    """The stacks of these names in their order; all if no name is given.

    Raises:
        UsageError: the program has no stack of such a name.
    """
    known = {stack.name for stack in stacks}
    if unknown := sorted(set(names) - known):
        raise UsageError(
            f"No stack is named {', '.join(unknown)}: the program has {', '.join(sorted(known))}."
        )
    return [stack for stack in stacks if not names or stack.name in names]


def _in_order(stacks: Mapping[str, SynthesizedStack], names: Collection[str]) -> list[SynthesizedStack]:
    ordered: dict[str, SynthesizedStack] = {}

    def add(name: str) -> None:
        # The engine itself refuses circular dependencies.
        if name not in ordered:
            for dependency in stacks[name].dependencies:
                add(dependency)
            ordered[name] = stacks[name]

    for name in names:
        add(name)
    return list(ordered.values())
