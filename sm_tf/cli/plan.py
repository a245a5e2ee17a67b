"""`sm-tf plan`: shows the changes that Terraform would make in the user's AWS account."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted
from sm_tf.cli.variables import VarFiles, Vars

if TYPE_CHECKING:
    from sm_tf.project.endpoint_outage import EndpointOutage
    from sm_tf.project.planning import PlannedStack


def plan(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", help="The stacks to plan. Defaults to all.", autocompletion=stacks),
    ] = None,
    var_files: VarFiles = None,
    variables: Vars = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Show the changes that Terraform would make in AWS.

    Changes nothing. Run it in a folder with cdktf.json. It uses your own AWS credentials, the stacks' own
    backends, and the folders that sm-tf synth writes. Warns if an endpoint would be destroyed or replaced,
    since its callers would get no answers meanwhile. Exits 0 if all stacks could be planned, with or without
    changes (--json says which), else 1.
    """
    from sm_tf.cli.problems import described, show
    from sm_tf.cli.progress import progress
    from sm_tf.project.planning import plan as make_plans
    from sm_tf.project.variables import VariableOptions

    given = VariableOptions(files=tuple(var_files or ()), values=tuple(variables or ()))
    printed: list[str] = []
    with (
        if_interrupted("Terraform was stopped; nothing in AWS was changed."),
        progress("synthesizing") as step,
    ):
        results = make_plans(Path.cwd(), names or [], variables=given, on_step=step, on_output=printed.append)
    for text in printed:
        typer.echo(text, err=True)
    ok = all(planned.plan is not None for planned in results)
    if as_json:
        described_stacks = [
            {
                "name": planned.stack,
                "planned": planned.plan is not None,
                "empty": planned.plan.empty if planned.plan else None,
                "changes": [_change(planned, *change) for change in _changes(planned)],
                "outputs": list(planned.plan.outputs) if planned.plan else [],
                "outages": [_outage(outage) for outage in planned.outages],
                "problems": [described(problem) for problem in planned.problems],
            }
            for planned in results
        ]
        typer.echo(json.dumps({"ok": ok, "stacks": described_stacks}, indent=2))
    else:
        for planned in results:
            show(planned.problems)
            _show(planned)
    if not ok:
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


def _outage(outage: "EndpointOutage") -> dict[str, Any]:
    return {
        "action": outage.action,
        "address": outage.address,
        "path": outage.path,
        "name": outage.name,
        "causes": list(outage.causes),
        "instead": outage.instead,
    }


def _show(planned: "PlannedStack") -> None:
    from sm_tf.cli.columns import print_columns

    for outage in planned.outages:
        typer.secho(f"{outage}\n", fg=typer.colors.RED)
    typer.echo(f"{planned.stack}: {planned.plan or 'no plan'}")
    rows = [(f"  {action}", *_type_and_place(planned, address)) for action, address in _changes(planned)]
    if planned.plan:
        rows += [("  change", "output", name) for name in planned.plan.outputs]
    if rows:
        print_columns(*rows)


def _type_and_place(planned: "PlannedStack", address: str) -> tuple[str, str]:
    """The type of a resource, and its construct, or its address if the construct has several resources."""
    path = planned.paths[address]
    type = "" if address.startswith("module.") else address.split(".")[0]
    return type, path if path and not address.endswith("]") else address
