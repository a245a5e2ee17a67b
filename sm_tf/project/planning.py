"""Plans the stacks of a project: the changes that Terraform would make in the user's AWS account."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.project.endpoint_outage import EndpointOutage, lost_endpoints, read_outages
from sm_tf.project.outdir import synthesize_in_place
from sm_tf.project.problem import Problem, read_problems
from sm_tf.project.project import read_project
from sm_tf.project.source_lines import VARIABLE, SourceLines
from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.synthesis import SynthesizedStack, only
from sm_tf.project.terraform import Event
from sm_tf.project.terraform_plan import Plan, plan_from
from sm_tf.project.terraform_runner import TerraformRunner, terraform_runner
from sm_tf.project.variables import StackVariables, VariableOptions, read_variables


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """The plan of one stack, None if Terraform failed; `problems` has Terraform's errors and warnings.

    `outages` are the endpoints that the plan would take away, also if Terraform refuses to.
    """

    stack: str
    plan: Plan | None
    problems: tuple[Problem, ...]
    outages: tuple[EndpointOutage, ...] = ()
    paths: dict[str, str | None]
    """The construct's path for each address in the plan; None if the program no longer has the construct."""


def plan(
    directory: Path,
    names: Collection[str] = (),
    *,
    variables: VariableOptions | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[PlannedStack]:
    """Synthesize the project in `directory`, and plan its stacks in their folders.

    Terraform uses the user's own credentials and backends, and changes nothing.

    Args:
        directory: the folder of the project.
        names: the stacks to plan. Defaults to all.
        variables: values of Terraform variables, beside those in the environment.
        on_step: gets a text when a step begins.
        on_output: gets what the program printed.

    Raises:
        UsageError: there is no such project or stack, or a variable has no value.
        ToolError: the program or `terraform init` failed.
    """
    read_project(directory)
    with terraform_runner() as terraform:
        noted = terraform.folder / "source_lines.jsonl"
        on_step("synthesizing")
        stacks = synthesize_in_place(directory, variables={VARIABLE: str(noted)}, on_output=on_output)
        lines = SourceLines(noted, directory.resolve())
        chosen = [(stack, SynthesizedStackJson(stack.directory)) for stack in only(stacks, names)]
        given = variables or VariableOptions()
        declared = {
            stack.name: StackVariables(
                name=stack.name, directory=stack.directory, content=stack_json.content, options=given
            )
            for stack, stack_json in chosen
        }
        given.check(found.content for found in declared.values())
        # The workspaces of HCP Terraform have values of their own.
        local = [declared[stack.name] for stack, stack_json in chosen if not stack_json.is_planned_remotely]
        read_variables(terraform.program, terraform.environment, local)
        return [
            _plan(terraform, stack, stack_json, declared[stack.name].arguments, lines, on_step)
            for stack, stack_json in chosen
        ]


def _plan(
    terraform: TerraformRunner,
    stack: SynthesizedStack,
    stack_json: SynthesizedStackJson,
    variables: list[str],
    lines: SourceLines,
    on_step: Callable[[str], None],
) -> PlannedStack:
    def tell(event: Event) -> None:
        if event["type"] == "refresh_start":
            on_step(f"{stack.name}: terraform plan, {event['hook']['resource']['addr']}")

    on_step(f"{stack.name}: terraform init")
    if invalid := terraform.init(stack.name, stack.directory):
        problems = read_problems(invalid, stack_json, lines)
        return PlannedStack(stack=stack.name, plan=None, problems=problems, paths={})
    on_step(f"{stack.name}: terraform plan")
    file = terraform.folder / f"{stack.name}.tfplan"
    # HCP Terraform keeps the plans that it makes.
    out = () if stack_json.is_planned_remotely else (f"-out={file}",)
    done = terraform.run(stack.directory, "plan", "-json", "-input=false", *out, *variables, on_event=tell)
    diagnostics = [event["diagnostic"] for event in done.events if event["type"] == "diagnostic"]
    if done.code != 0 and not diagnostics:
        diagnostics = [{"severity": "error", "summary": "terraform plan failed", "detail": done.problems()}]
    made = plan_from(done.events) if done.code == 0 else None
    addresses = [*made.creates, *made.updates, *made.replaces, *made.deletes] if made else []
    lost = lost_endpoints(done.events)
    return PlannedStack(
        stack=stack.name,
        plan=made,
        problems=read_problems(diagnostics, stack_json, lines),
        outages=read_outages(lost, _resource_changes(terraform, stack, file) if lost else (), stack_json),
        paths={address: stack_json.path(address) for address in addresses},
    )


def _resource_changes(terraform: TerraformRunner, stack: SynthesizedStack, file: Path) -> list[Any]:
    """Read a saved plan. Terraform also saves one that it refuses."""
    if not file.exists():
        return []
    shown = terraform.run(stack.directory, "show", "-json", str(file))
    changes: list[Any] = json.loads(shown.text)["resource_changes"] if shown.code == 0 else []
    return changes
