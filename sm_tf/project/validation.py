"""Terraform's own check of a project's stacks, in a private copy."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sm_tf.project.content import Content
from sm_tf.project.origins import VARIABLE, Origins
from sm_tf.project.problem import Problem, problems
from sm_tf.project.project import SynthesizedStack, only, read_project, synthesize
from sm_tf.project.tools import Tools, caches_plugins, tools

# No credentials, no other folder, nothing that changes what the commands print.
_DROPPED = ("AWS_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What Terraform says of one stack."""

    stack: str
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return all(problem.severity != "error" for problem in self.problems)


def validate(
    directory: Path,
    names: Collection[str] = (),
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[Validation]:
    """Synthesize the project in `directory` and let Terraform and the providers check its stacks.

    Needs no credentials, contacts no backend, and leaves the project's folder alone. `names` are the stacks
    to check, none means all; `on_step` is told what begins, `on_output` what the program printed. Raises
    `ToolError` when the program or `terraform init` fails.
    """
    read_project(directory)
    with tools(without=_DROPPED) as found:
        noted = found.folder / "origins.jsonl"
        on_step("synthesizing")
        stacks = synthesize(
            directory, found.folder / "cdktf.out", variables={VARIABLE: str(noted)}, on_output=on_output
        )
        origins = Origins(noted, directory.resolve())
        if not caches_plugins():
            # Several stacks, one download.
            cache = found.folder / "plugins"
            cache.mkdir()
            found.environment["TF_PLUGIN_CACHE_DIR"] = str(cache)
            found.environment["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
        return [_validate(found, stack, origins, on_step) for stack in only(stacks, names)]


def _validate(
    found: Tools, stack: SynthesizedStack, origins: Origins, on_step: Callable[[str], None]
) -> Validation:
    on_step(f"{stack.name}: terraform init")
    diagnostics = found.init(stack.name, stack.directory, "-backend=false")
    if not diagnostics:
        on_step(f"{stack.name}: terraform validate")
        diagnostics = found.validate(stack.name, stack.directory)
    return Validation(stack=stack.name, problems=problems(diagnostics, Content(stack.directory), origins))
