"""`sm-tf plan`: what Terraform would change in the user's AWS account."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sm_tf.project.planning import PlannedStack


def plan(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="STACK", help="The stacks to plan. Default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Show what Terraform would change in AWS.

    Nothing is changed. Runs in a folder with cdktf.json, with your own AWS credentials and the stacks' own
    backends, in the folders that sm-tf synth writes. Exits 0 when there is a plan, with changes or without
    (--json tells which), and 1 when there is none.
    """
    from sm_tf.cli.problems import described, show
    from sm_tf.cli.progress import progress
    from sm_tf.project.planning import plan as make_plans

    said: list[str] = []
    with progress("synthesizing") as step:
        found = make_plans(Path.cwd(), names or [], on_step=step, on_output=said.append)
    for text in said:
        typer.echo(text, err=True)
    if as_json:
        stacks = [
            {
                "name": planned.stack,
                "planned": planned.plan is not None,
                "empty": planned.plan.empty if planned.plan else None,
                "changes": [_change(planned, *change) for change in _changes(planned)],
                "outputs": list(planned.plan.outputs) if planned.plan else [],
                "problems": [described(problem) for problem in planned.problems],
            }
            for planned in found
        ]
        typer.echo(json.dumps({"stacks": stacks}, indent=2))
    else:
        for planned in found:
            show(planned.problems)
            _show(planned)
    if any(planned.plan is None for planned in found):
        raise typer.Exit(1)


def _changes(planned: "PlannedStack") -> list[tuple[str, str]]:
    if planned.plan is None:
        return []
    actions = {
        "create": planned.plan.creates,
        "update": planned.plan.updates,
        "replace": planned.plan.replaces,
        "delete": planned.plan.deletes,
    }
    return [(action, address) for action, addresses in actions.items() for address in addresses]


def _change(planned: "PlannedStack", action: str, address: str) -> dict[str, Any]:
    return {"action": action, "address": address, "path": planned.paths[address]}


def _show(planned: "PlannedStack") -> None:
    from sm_tf.cli.columns import print_columns

    typer.echo(f"{planned.stack}: {planned.plan or 'no plan'}")
    rows = [(f"  {action}", *_words(planned, address)) for action, address in _changes(planned)]
    if planned.plan:
        rows += [("  change", "output", name) for name in planned.plan.outputs]
    if rows:
        print_columns(*rows)


def _words(planned: "PlannedStack", address: str) -> tuple[str, str]:
    """The type of a resource, and its construct; where that is not all, its address."""
    path = planned.paths[address]
    kind = "" if address.startswith("module.") else address.split(".")[0]
    return kind, path if path and not address.endswith("]") else address
