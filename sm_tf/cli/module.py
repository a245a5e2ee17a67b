"""`sm-tf module`: writes a stack as a Terraform module in HCL."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted


def module(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the module: new, empty, or written before.")
    ],
    stack: Annotated[
        str | None,
        typer.Option(
            "--stack",
            help="The stack. May be left out if the program has one only.",
            autocompletion=stacks,
        ),
    ] = None,
    root: Annotated[
        bool,
        typer.Option(
            "--root",
            help="Keep the names, providers and backend of the stack: the way to go on without Python.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write a stack as a Terraform module in HCL.

    Run it in a folder with cdktf.json. The module has a file for each concern, variables, outputs, a README,
    examples and tests. Its callers choose the name, the region and the account.
    """
    from sm_tf.cli.progress import progress
    from sm_tf.module.module import write_module

    printed: list[str] = []
    with (
        if_interrupted("nothing was written."),
        progress("synthesizing") as step,
    ):
        written = write_module(
            Path.cwd(), directory, stack=stack, root=root, on_step=step, on_output=printed.append
        )
    for text in printed:
        typer.echo(text, err=True)
    if as_json:
        described = {
            "ok": True,
            "stack": written.stack,
            "directory": str(directory),
            "files": written.files,
            "inputs": list(written.module.variables),
            "outputs": list(written.module.outputs),
            "warnings": written.warnings,
        }
        typer.echo(json.dumps(described, indent=2))
        return
    for warning in written.warnings:
        typer.secho(f"Warning: {warning}", fg=typer.colors.YELLOW, err=True)
    kind = "root module" if root else "module"
    typer.echo(f"{written.stack}: wrote a {kind} of {len(written.files)} files to {directory}")
