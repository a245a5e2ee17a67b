"""The whole life of a project's stacks in a sandbox, from synthesis to destruction."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sm_tf.foundation.errors import ToolError
from sm_tf.project.project import read_project, select, synthesize
from sm_tf.project.terraform import Event
from sm_tf.sandbox.inventory import Row, inventory, left_behind
from sm_tf.sandbox.kept import KeptSandbox, keep
from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.sandbox.stack import Stack


class Step(Protocol):
    """One step while it runs: Terraform's events go in, and in the end a few words on how it went."""

    def event(self, event: Event) -> None:
        """See one line of Terraform's JSON output."""

    def finish(self, result: str) -> None:
        """Tell the result of the step."""


class Reporter(Protocol):
    """Who is told what happens."""

    def step(self, subject: str, action: str, changes: int = 0) -> AbstractContextManager[Step]:
        """A step of the subject (mostly a stack) lasts as long as the block and makes so many changes."""

    def note(self, text: str) -> None:
        """Something that the reader should know."""

    def table(self, rows: list[Row]) -> None:
        """What exists now."""


def live(
    directory: Path, names: Collection[str], reporter: Reporter, *, keep_it: bool = False
) -> KeptSandbox | None:
    """Synthesize, apply, check for an empty second plan, show what exists, destroy, check that all is gone.

    `names` are the stacks to take, with what they depend on; none means all. With `keep_it` everything
    stays as it is after the table, and the kept sandbox is returned.
    """
    read_project(directory)
    with reporter.step("AWS", "starting") as step:
        aws = Sandbox()
        step.finish(f"ready at {aws.endpoint_url}")
    try:
        with reporter.step("program", "synthesizing") as step:
            synthesized = select(synthesize(directory, aws.aws.home / "cdktf.out"), names)
            step.finish(", ".join(stack.name for stack in synthesized))
        for chosen in synthesized:
            stack = aws.stack(chosen.directory, name=chosen.name)
            _tell_of(stack, aws, reporter)
            _create(stack, reporter)
        for stack in aws.stacks:
            _plan_again(stack, reporter)
        reporter.table([row for stack in aws.stacks for row in inventory(aws, stack)])
        if keep_it:
            return keep(aws, directory)
        for stack in reversed(aws.stacks):
            _destroy(aws, stack, reporter)
        return None
    finally:
        aws.close()


def _tell_of(stack: Stack, aws: Sandbox, reporter: Reporter) -> None:
    if stack.pin:
        reporter.note(
            f"{stack.name} asks for AWS provider {stack.pin.asked}, which is not on this machine: "
            f"{stack.pin.used} is used instead."
        )
    if stack.image_builds and not aws.builds_images:
        reporter.note(
            f"{stack.name} builds container images. They are not built in this sandbox, which "
            "would need docker, podman or finch, and the program docker-registry."
        )


def _create(stack: Stack, reporter: Reporter) -> None:
    with _terraform(stack, reporter, "init") as step:
        stack.init()
        step.finish("providers installed")
    with _terraform(stack, reporter, "plan") as step:
        plan = stack.plan()
        step.finish(str(plan))
    changes = len(plan.creates) + len(plan.updates) + len(plan.replaces)
    with _terraform(stack, reporter, "apply", changes) as step:
        stack.apply(plan)
        step.finish(f"{len(plan.creates)} created")


def _plan_again(stack: Stack, reporter: Reporter) -> None:
    with _terraform(stack, reporter, "second plan") as step:
        plan = stack.plan()
        step.finish(str(plan))
    if not plan.empty:
        changed = [*plan.creates, *plan.updates, *plan.replaces, *plan.deletes]
        changed += [f"output {name}" for name in plan.outputs]
        listed = "\n".join(f"  {address}" for address in changed)
        raise ToolError(f"Stack {stack.name}: a second plan of the same program is not empty.\n{listed}")


def _destroy(aws: Sandbox, stack: Stack, reporter: Reporter) -> None:
    resources = stack.resources()
    with _terraform(stack, reporter, "destroy", len(resources)) as step:
        gone = stack.destroy()
        left = [f"{row.kind} {row.name}" for row in left_behind(aws, stack, resources)]
        left += [resource.address for resource in stack.resources()]
        if left:
            raise ToolError(f"Stack {stack.name}: destroyed, but AWS still has {', '.join(left)}.")
        step.finish(f"{len(gone.deletes)} destroyed, nothing left")


@contextmanager
def _terraform(stack: Stack, reporter: Reporter, action: str, changes: int = 0) -> Iterator[Step]:
    with reporter.step(stack.name, action, changes) as step:
        stack.on_event = step.event
        try:
            yield step
        finally:
            stack.on_event = None
