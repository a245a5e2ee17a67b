"""`sm-tf permissions`: what the owners of roles must allow."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sm_tf.cli.interruption import if_interrupted


def permissions(
    as_json: Annotated[bool, typer.Option("--json", help="Print the policies as JSON.")] = False,
) -> None:
    """Show what the owner of each ImmutableRole must allow.

    Run it in a folder with cdktf.json, which stays as it is. Runs the program, and prints one policy for each
    role and stack. A value that only Terraform knows is shown as its expression.
    """
    from sm_tf.cli.progress import progress
    from sm_tf.project.permissions import required_permissions

    printed: list[str] = []
    with (
        if_interrupted("temporary files were removed; the project is as it was."),
        progress("synthesizing"),
    ):
        found = required_permissions(Path.cwd(), on_output=printed.append)
    for text in printed:
        typer.echo(text, err=True)
    if as_json:
        typer.echo(json.dumps({"ok": True, "roles": [vars(each) for each in found]}, indent=2))
        return
    for each in found:
        typer.echo(f"{each.role}, for stack {each.stack}:")
        typer.echo(json.dumps(each.policy, indent=2))
    if not found:
        typer.echo("The program has no ImmutableRole that needs permissions.")
