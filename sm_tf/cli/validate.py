"""`sm-tf validate`: Terraform's own check of the project."""

import json
from pathlib import Path
from typing import Annotated

import typer


def validate(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="STACK", help="The stacks to check. Default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Let Terraform and the provider check the stacks.

    Runs in a folder with cdktf.json, and leaves that alone. Needs no AWS credentials and contacts no backend.
    An error is shown with the construct and the line of the program that made it. Exits 1 when a stack is not
    valid.
    """
    from sm_tf.cli.problems import described, show
    from sm_tf.cli.progress import progress
    from sm_tf.project.validation import validate as check

    said: list[str] = []
    with progress("synthesizing") as step:
        found = check(Path.cwd(), names or [], on_step=step, on_output=said.append)
    for text in said:
        typer.echo(text, err=True)
    valid = all(stack.valid for stack in found)
    if as_json:
        stacks = [
            {
                "name": stack.stack,
                "valid": stack.valid,
                "problems": [described(problem) for problem in stack.problems],
            }
            for stack in found
        ]
        typer.echo(json.dumps({"valid": valid, "stacks": stacks}, indent=2))
    else:
        for stack in found:
            show(stack.problems)
            typer.echo(f"{stack.stack}: {'valid' if stack.valid else 'not valid'}")
    if not valid:
        raise typer.Exit(1)
