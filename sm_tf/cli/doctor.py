"""`sm-tf doctor`: checks whether this machine has everything that a project needs."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sm_tf.project.doctor import Check


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check that this machine has everything for a project.

    Shows versions, and what to do about missing things. Installs nothing, does not call AWS, and shows no
    secrets. Exits 1 if something is missing that every project needs.
    """
    from sm_tf.cli.columns import print_columns
    from sm_tf.cli.progress import progress
    from sm_tf.project.doctor import Status, checks

    with progress("checking") as step:
        results = list(checks(step))
    ok = all(check.status != Status.MISSING for check in results)
    if as_json:
        typer.echo(json.dumps({"ok": ok, "checks": [vars(check) for check in results]}, indent=2))
    else:
        print_columns(*((check.status, check.name, _details(check)) for check in results))
    if not ok:
        raise typer.Exit(1)


def _details(check: "Check") -> str:
    return " ".join(filter(None, (check.version, check.found and f"({check.found})", check.todo)))
