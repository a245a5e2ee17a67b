"""`sm-tf doctor`: what is on this machine, what is missing, and what to do."""

import json
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Tell what is on this machine and what is missing.

    Shows versions and what to do. Nothing is installed, AWS is not called, and no secret is shown. Exits 1
    when something is missing that every project needs.
    """
    from sm_tf.cli.progress import progress
    from sm_tf.project.doctor import Status, checks

    with progress("looking around") as step:
        found = list(checks(step))
    ok = all(check.status != Status.MISSING for check in found)
    if as_json:
        typer.echo(json.dumps({"ok": ok, "checks": [vars(check) for check in found]}, indent=2))
    else:
        width = max(len(check.name) for check in found)
        for check in found:
            told = " ".join(filter(None, (check.version, check.found and f"({check.found})", check.todo)))
            typer.echo(f"{check.status:7}  {check.name:{width}}  {told}")
    if not ok:
        raise typer.Exit(1)
