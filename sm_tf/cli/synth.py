"""`sm-tf synth`: the project's program, run without the CDKTF CLI."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

_COLOURS = {"error": typer.colors.RED, "warn": typer.colors.YELLOW}
_LEVELS = {"error": "Error", "warn": "Warning", "info": "Note"}


def synth(
    as_json: Annotated[bool, typer.Option("--json", help="Print the stacks and resources as JSON.")] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Synthesize again whenever a file of the project changes, until Ctrl-C."
        ),
    ] = False,
) -> None:
    """Run the program; list its stacks and resources.

    Runs in a folder with cdktf.json, without Node's CDKTF CLI. The stacks go to CDKTF_OUTDIR, else to the
    "output" of cdktf.json, else to cdktf.out; until the program has succeeded that stays as it was.
    """
    if watch and as_json:
        raise typer.BadParameter("--watch and --json exclude each other.")
    if watch:
        _watch(Path.cwd())
    else:
        _synthesize(Path.cwd(), as_json)


def _synthesize(directory: Path, as_json: bool) -> None:
    from sm_tf.cli.progress import progress
    from sm_tf.project.content import Content
    from sm_tf.project.output import synthesize_in_place

    said: list[str] = []
    with progress("synthesizing"):
        stacks = synthesize_in_place(directory, on_output=said.append)
    for text in said:
        typer.echo(text, err=True)
    for stack in stacks:
        for annotation in stack.annotations:
            text = (
                f"{_LEVELS.get(annotation.level, annotation.level)}: {annotation.path}: {annotation.message}"
            )
            typer.secho(text, fg=_COLOURS.get(annotation.level), err=True)
    found = [(stack, Content(stack.directory).resources) for stack in stacks]
    if as_json:
        described: list[dict[str, Any]] = [
            {
                "name": stack.name,
                "directory": str(stack.directory),
                "dependencies": list(stack.dependencies),
                "annotations": [vars(annotation) for annotation in stack.annotations],
                "resources": [vars(resource) for resource in resources],
            }
            for stack, resources in found
        ]
        typer.echo(json.dumps({"stacks": described}, indent=2))
        return
    from sm_tf.cli.columns import print_columns

    rows = [
        (stack.name, resource.type, resource.path or resource.address)
        for stack, resources in found
        for resource in resources
    ]
    if rows:
        print_columns(("stack", "resource", "construct"), *rows)
        typer.echo("")
    for stack, resources in found:
        count = "1 resource" if len(resources) == 1 else f"{len(resources)} resources"
        typer.echo(f"{stack.name}: {count} in {_shown(stack.directory)}")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _watch(directory: Path) -> None:
    from sm_tf.foundation.errors import ToolError
    from sm_tf.project.project import read_project
    from sm_tf.project.watch import changed, snapshot, wait_for_change

    ignored = read_project(directory).outdir
    own: set[str] = set()
    try:
        while True:
            before = snapshot(directory, ignored)
            try:
                _synthesize(directory, as_json=False)
            except ToolError as error:
                typer.secho(str(error), fg=typer.colors.RED, err=True)
            after = snapshot(directory, ignored)
            # What changes in two runs one after the other is what the program writes itself.
            meanwhile = changed(before, after)
            if meanwhile <= own:
                typer.echo("Waiting for changes; Ctrl-C ends.", err=True)
                files = wait_for_change(directory, ignored, after)
                typer.echo(f"\n{', '.join(sorted(files))} changed.", err=True)
            own = meanwhile
    except KeyboardInterrupt:
        typer.echo("Ended.", err=True)
