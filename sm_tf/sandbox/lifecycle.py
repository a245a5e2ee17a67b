"""The lifecycle of a project's stacks in a sandbox, from synthesis to destruction."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.project import read_project
from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.synthesis import SynthesizedStack, select
from sm_tf.project.terraform import Event
from sm_tf.project.variables import VariableOptions, read_variables
from sm_tf.sandbox.existing import Existing, Unmet
from sm_tf.sandbox.inventory import Row, inventory, left_behind
from sm_tf.sandbox.kept import KeptSandbox, keep
from sm_tf.sandbox.sandbox import Sandbox, region_variables
from sm_tf.sandbox.setup_script import run_setup
from sm_tf.sandbox.silent_failure import SilentFailure
from sm_tf.sandbox.silent_failures import silent_failures
from sm_tf.sandbox.stack import Stack
from sm_tf.sandbox.stand_ins import describe


class ReportedStep(Protocol):
    """A running step: it gets Terraform's events and, at the end, a result in a few words."""

    def event(self, event: Event) -> None:
        """Take one line of Terraform's JSON output."""

    def finish(self, result: str) -> None:
        """Take the result of the step."""


class Reporter(Protocol):
    """Reports the progress."""

    def step(self, subject: str, action: str, changes: int = 0) -> AbstractContextManager[ReportedStep]:
        """Report a step for as long as the block lasts; `changes` is the number of its changes."""

    def note(self, text: str) -> None:
        """Report a note for the reader."""

    def table(self, rows: list[Row]) -> None:
        """Report the resources that exist."""


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The result: the stacks in the order in which they were applied, the resources that existed after that,
    the stand-ins for what existed before and what had none, what AWS doesn't do and doesn't tell, the message
    of the apply that failed if it was asked to, and the sandbox if it was kept.
    """

    stacks: tuple[str, ...]
    resources: tuple[Row, ...]
    stand_ins: tuple[Existing, ...]
    unmet: tuple[Unmet, ...]
    silent_failures: tuple[SilentFailure, ...]
    failed_apply: str | None
    kept: KeptSandbox | None


def run(
    directory: Path,
    names: Collection[str],
    reporter: Reporter,
    *,
    keep_it: bool = False,
    fail: EndpointFailure | None = None,
    setup: Path | None = None,
    variables: VariableOptions | None = None,
) -> Lifecycle:
    """Synthesize, apply, plan again, list the resources, destroy, and check that nothing is left.

    What the stacks need but don't make gets stand-ins first.

    Args:
        directory: the folder of the project.
        names: the stacks to apply, together with those that they depend on. Defaults to all.
        reporter: gets the progress.
        keep_it: leave everything as it is after the second plan, and keep the sandbox running.
        fail: let the creation of the first endpoint fail, and apply again. Defaults to no failure.
        setup: a script that makes what exists before. Defaults to none.
        variables: values of Terraform variables, beside those in the environment.

    Raises:
        UsageError: there is no such project or stack, no endpoint that could fail, or a variable without a
            value.
        ToolError: the program, the script, Terraform or a check failed.
    """
    read_project(directory)
    with reporter.step("AWS", "starting") as step:
        aws = Sandbox()
        step.finish(f"ready at {aws.endpoint_url}")
    try:
        with reporter.step("program", "synthesizing") as step:
            found, lines = aws.synthesize(directory)
            synthesized = select(found, names)
            step.finish(", ".join(stack.name for stack in synthesized))
        for chosen in synthesized:
            aws.stack(chosen.directory, name=chosen.name, lines=lines, variables=variables)
        if variables:
            variables.check(stack.variables.content for stack in aws.stacks)
        read_variables(aws.terraform, aws.environment, [stack.variables for stack in aws.stacks])
        failing = _first_with_endpoint(synthesized) if fail else None
        failed_apply = None
        if setup:
            with reporter.step("AWS", "setup") as step:
                printed = run_setup(setup, directory, {**aws.environment, **region_variables(aws.region)})
                step.finish(f"{setup} has run")
            if printed:
                reporter.note(printed)
        aws.make_stand_ins()
        _note_stand_ins(aws.stand_ins, () if setup else aws.unmet, reporter)
        for stack in aws.stacks:
            _note_limits(stack, aws, reporter)
            _init(stack, reporter)
            if fail and stack.name == failing:
                aws.fail_next_endpoint(fail)
                failed_apply = _fail(stack, reporter)
            _apply(stack, reporter)
        for stack in aws.stacks:
            _plan_again(stack, reporter)
        silent = silent_failures(aws.endpoint_url)
        for failure in silent:
            reporter.note(str(failure))
        resources = [row for stack in aws.stacks for row in inventory(aws, stack)]
        reporter.table(resources)
        kept = keep(aws, directory) if keep_it else None
        if kept is None:
            for stack in reversed(aws.stacks):
                _destroy(aws, stack, reporter)
        return Lifecycle(
            stacks=tuple(stack.name for stack in aws.stacks),
            resources=tuple(resources),
            stand_ins=tuple(aws.stand_ins),
            unmet=() if setup else tuple(aws.unmet),
            silent_failures=tuple(silent),
            failed_apply=failed_apply,
            kept=kept,
        )
    finally:
        aws.close()


def _note_stand_ins(made: Collection[Existing], unmet: Collection[Unmet], reporter: Reporter) -> None:
    if made:
        listed = "".join(f"\n  {describe(thing)}" for thing in made)
        reporter.note(f"The embedded AWS has stand-ins for what the program needs but doesn't make:{listed}")
    for missing in unmet:
        reporter.note(
            f"{missing.stack} needs {missing.what} ({missing.address}), which has no stand-in: "
            "make it in a boto3 script, and pass that with --setup FILE."
        )


def _note_limits(stack: Stack, aws: Sandbox, reporter: Reporter) -> None:
    if stack.pin:
        reporter.note(
            f"{stack.name} asks for AWS provider {stack.pin.asked}, which is not on this machine: "
            f"{stack.pin.used} is used instead."
        )
    if stack.image_builds and not aws.builds_images:
        reporter.note(
            f"{stack.name} builds container images. This sandbox does not build them: it needs docker, "
            "podman or finch, and the program docker-registry."
        )


def _first_with_endpoint(synthesized: Collection[SynthesizedStack]) -> str:
    for stack in synthesized:
        resources = SynthesizedStackJson(stack.directory).resources
        if any(resource.type == "aws_sagemaker_endpoint" for resource in resources):
            return stack.name
    names = ", ".join(stack.name for stack in synthesized)
    raise UsageError(f"No endpoint can fail: {names} creates none.")


def _init(stack: Stack, reporter: Reporter) -> None:
    with _terraform(stack, reporter, "init") as step:
        stack.init()
        step.finish("providers installed")


def _fail(stack: Stack, reporter: Reporter) -> str:
    with _terraform(stack, reporter, "apply") as step:
        try:
            stack.apply()
        except ToolError as error:
            step.finish("failed, as asked")
            failed = str(error)
        else:
            raise ToolError(f"Stack {stack.name}: the apply did not fail, since it created no endpoint.")
    reporter.note(failed)
    return failed


def _apply(stack: Stack, reporter: Reporter) -> None:
    with _terraform(stack, reporter, "plan") as step:
        plan = stack.plan()
        step.finish(str(plan))
    changes = len(plan.creates) + len(plan.updates) + len(plan.replaces)
    with _terraform(stack, reporter, "apply", changes) as step:
        stack.apply(plan)
        step.finish(f"{len(plan.creates) + len(plan.replaces)} created")


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
            raise ToolError(f"Stack {stack.name}: AWS still has {', '.join(left)} after the destroy.")
        step.finish(f"{len(gone.deletes)} destroyed, nothing left")


@contextmanager
def _terraform(stack: Stack, reporter: Reporter, action: str, changes: int = 0) -> Iterator[ReportedStep]:
    with reporter.step(stack.name, action, changes) as step:
        stack.on_event = step.event
        try:
            yield step
        finally:
            stack.on_event = None
