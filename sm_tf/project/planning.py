"""What Terraform would change in the AWS account of a project's user."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sm_tf.project.content import Content
from sm_tf.project.origins import VARIABLE, Origins
from sm_tf.project.output import synthesize_in_place
from sm_tf.project.plan import Plan, plan_from
from sm_tf.project.problem import Problem, problems
from sm_tf.project.project import SynthesizedStack, only, read_project
from sm_tf.project.terraform import Event
from sm_tf.project.tools import Tools, tools


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """The plan of one stack, None where Terraform failed; `problems` tells why, and has its warnings."""

    stack: str
    plan: Plan | None
    problems: tuple[Problem, ...]
    paths: dict[str, str | None]
    """The construct's path for each address in the plan; None where the program does not have it any more."""


def plan(
    directory: Path,
    names: Collection[str] = (),
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[PlannedStack]:
    """Synthesize the project in `directory` and plan its stacks in their folders, with the user's own
    credentials and backends.

    `names` are the stacks to plan, none means all; `on_step` is told what begins, `on_output` what the
    program printed. Raises `ToolError` when the program or `terraform init` fails.
    """
    read_project(directory)
    with tools() as found:
        noted = found.folder / "origins.jsonl"
        on_step("synthesizing")
        stacks = synthesize_in_place(directory, variables={VARIABLE: str(noted)}, on_output=on_output)
        origins = Origins(noted, directory.resolve())
        return [_plan(found, stack, origins, on_step) for stack in only(stacks, names)]


def _plan(
    found: Tools, stack: SynthesizedStack, origins: Origins, on_step: Callable[[str], None]
) -> PlannedStack:
    def tell(event: Event) -> None:
        if event["type"] == "refresh_start":
            on_step(f"{stack.name}: terraform plan, {event['hook']['resource']['addr']}")

    on_step(f"{stack.name}: terraform init")
    content = Content(stack.directory)
    if unreadable := found.init(stack.name, stack.directory):
        wrong = problems(unreadable, content, origins)
        return PlannedStack(stack=stack.name, plan=None, problems=wrong, paths={})
    on_step(f"{stack.name}: terraform plan")
    done = found.run(stack.directory, "plan", "-json", "-input=false", on_event=tell)
    diagnostics = [event["diagnostic"] for event in done.events if event["type"] == "diagnostic"]
    if done.code != 0 and not diagnostics:
        diagnostics = [{"severity": "error", "summary": "terraform plan failed", "detail": done.problems()}]
    made = plan_from(done.events) if done.code == 0 else None
    addresses = [*made.creates, *made.updates, *made.replaces, *made.deletes] if made else []
    return PlannedStack(
        stack=stack.name,
        plan=made,
        problems=problems(diagnostics, content, origins),
        paths={address: content.path(address) for address in addresses},
    )
