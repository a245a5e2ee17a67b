"""`sm-tf validate`: lets Terraform check the project."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted


def validate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", help="The stacks to check. Defaults to all.", autocompletion=stacks),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Let Terraform and the provider check the stacks.

    Run it in a folder with cdktf.json, which stays as it is. Needs no AWS credentials and contacts no
    backend. Shows each error with its construct and the line of the program that made it. Exits 1 if a stack
    is not valid.
    """
    from sm_tf.cli.problems import described, show
    from sm_tf.cli.progress import progress
    from sm_tf.project.validation import validate as check

    printed: list[str] = []
    with (
        if_interrupted("temporary files were removed; the project is as it was."),
        progress("synthesizing") as step,
    ):
        results = check(Path.cwd(), names or [], on_step=step, on_output=printed.append)
    for text in printed:
        typer.echo(text, err=True)
    valid = all(stack.valid for stack in results)
    if as_json:
        described_stacks = [
            {
                "name": stack.stack,
                "valid": stack.valid,
                "problems": [described(problem) for problem in stack.problems],
            }
            for stack in results
        ]
        typer.echo(json.dumps({"ok": valid, "valid": valid, "stacks": described_stacks}, indent=2))
    else:
        for stack in results:
            show(stack.problems)
            typer.echo(f"{stack.stack}: {'valid' if stack.valid else 'not valid'}")
    if not valid:
        raise typer.Exit(1)
