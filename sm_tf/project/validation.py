"""Terraform's own check of a project's stacks, in a private copy."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sm_tf.bindings.engine import OUTDIR
from sm_tf.project.problem import Problem, read_problems
from sm_tf.project.project import read_project
from sm_tf.project.source_lines import VARIABLE, SourceLines
from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.synthesis import SynthesizedStack, only, synthesize
from sm_tf.project.terraform_runner import TerraformRunner, caches_plugins, terraform_runner

# No credentials, no other folder, and no variable that changes the output of the commands.
_DROPPED = ("AWS_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")


@dataclass(frozen=True, kw_only=True)
class Validation:
    """The result of one stack."""

    stack: str
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """Whether there are no errors; there may be warnings."""
        return all(problem.severity != "error" for problem in self.problems)


def validate(
    directory: Path,
    names: Collection[str] = (),
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[Validation]:
    """Synthesize the project in `directory`, and let Terraform and the providers check its stacks.

    Needs no credentials, contacts no backend, and leaves the project's folder alone.

    Args:
        directory: the folder of the project.
        names: the stacks to check. Defaults to all.
        on_step: gets a text when a step begins.
        on_output: gets what the program printed.

    Raises:
        UsageError: there is no such project or stack.
        ToolError: the program or `terraform init` failed.
    """
    read_project(directory)
    with terraform_runner(without=_DROPPED) as terraform:
        noted = terraform.folder / "source_lines.jsonl"
        on_step("synthesizing")
        stacks = synthesize(
            directory, terraform.folder / OUTDIR, variables={VARIABLE: str(noted)}, on_output=on_output
        )
        lines = SourceLines(noted, directory.resolve())
        if not caches_plugins():
            # Several stacks, one download.
            cache = terraform.folder / "plugins"
            cache.mkdir()
            terraform.environment["TF_PLUGIN_CACHE_DIR"] = str(cache)
            terraform.environment["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
        return [_validate(terraform, stack, lines, on_step) for stack in only(stacks, names)]


def _validate(
    terraform: TerraformRunner, stack: SynthesizedStack, lines: SourceLines, on_step: Callable[[str], None]
) -> Validation:
    on_step(f"{stack.name}: terraform init")
    diagnostics = terraform.init(stack.name, stack.directory, "-backend=false")
    if not diagnostics:
        on_step(f"{stack.name}: terraform validate")
        diagnostics = terraform.validate(stack.name, stack.directory)
    stack_json = SynthesizedStackJson(stack.directory)
    return Validation(stack=stack.name, problems=read_problems(diagnostics, stack_json, lines))
