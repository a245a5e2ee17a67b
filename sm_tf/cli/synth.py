"""`sm-tf synth`: runs the project's program, without the CDKTF CLI."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sm_tf.cli.failure import report
from sm_tf.cli.interruption import if_interrupted
from sm_tf.foundation.errors import ToolError, UsageError

_COLOURS = {"error": typer.colors.RED, "warn": typer.colors.YELLOW}
_LEVELS = {"error": "Error", "warn": "Warning", "info": "Note"}


def synth(
    as_json: Annotated[bool, typer.Option("--json", help="Print the stacks and resources as JSON.")] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Synthesize again when a file of the project changes, until Ctrl-C."),
    ] = False,
    for_vcs: Annotated[
        Path | None,
        typer.Option(
            "--for-vcs",
            metavar="DIR",
            help="Write each stack to a folder below DIR that can be committed, for runs that begin with a "
            "commit.",
        ),
    ] = None,
) -> None:
    """Run the program, and list its stacks and resources.

    Run it in a folder with cdktf.json. It does not need Node's CDKTF CLI. The stacks are written to
    CDKTF_OUTDIR, else to the "output" of cdktf.json, else to cdktf.out, which stays as it was if the program
    fails.
    """
    if watch and (as_json or for_vcs):
        raise UsageError(f"Pass either --watch or {'--json' if as_json else '--for-vcs'}.")
    if for_vcs:
        _commit(Path.cwd(), for_vcs, as_json)
    elif watch:
        _watch(Path.cwd())
    else:
        with if_interrupted("the program was stopped; its earlier output is as it was."):
            _synthesize(Path.cwd(), as_json)


def _commit(project: Path, directory: Path, as_json: bool) -> None:
    from sm_tf.cli.progress import progress
    from sm_tf.vcs.committed_stacks import write_stacks

    printed: list[str] = []
    with if_interrupted("nothing was written."), progress("synthesizing") as step:
        written = write_stacks(project, directory, on_step=step, on_output=printed.append)
    for text in printed:
        typer.echo(text, err=True)
    if as_json:
        described = [
            {
                "name": stack.name,
                "directory": str(stack.directory),
                "files": list(stack.files),
                "warnings": list(stack.warnings),
            }
            for stack in written
        ]
        typer.echo(json.dumps({"ok": True, "stacks": described}, indent=2))
        return
    for stack in written:
        for warning in stack.warnings:
            typer.secho(f"Warning: {warning}", fg=typer.colors.YELLOW, err=True)
        count = "1 file" if len(stack.files) == 1 else f"{len(stack.files)} files"
        typer.echo(f"{stack.name}: wrote {count} to {stack.directory}")


def _synthesize(directory: Path, as_json: bool) -> None:
    from sm_tf.cli.progress import progress
    from sm_tf.project.outdir import synthesize_in_place
    from sm_tf.project.stack_json import SynthesizedStackJson

    printed: list[str] = []
    with progress("synthesizing"):
        stacks = synthesize_in_place(directory, on_output=printed.append)
    for text in printed:
        typer.echo(text, err=True)
    for stack in stacks:
        for annotation in stack.annotations:
            text = (
                f"{_LEVELS.get(annotation.level, annotation.level)}: {annotation.path}: {annotation.message}"
            )
            typer.secho(text, fg=_COLOURS.get(annotation.level), err=True)
    listed = [(stack, SynthesizedStackJson(stack.directory).resources) for stack in stacks]
    if as_json:
        described: list[dict[str, Any]] = [
            {
                "name": stack.name,
                "directory": str(stack.directory),
                "dependencies": list(stack.dependencies),
                "annotations": [vars(annotation) for annotation in stack.annotations],
                "resources": [vars(resource) for resource in resources],
            }
            for stack, resources in listed
        ]
        typer.echo(json.dumps({"ok": True, "stacks": described}, indent=2))
        return
    from sm_tf.cli.columns import print_columns

    rows = [
        (stack.name, resource.type, resource.path or resource.address)
        for stack, resources in listed
        for resource in resources
    ]
    if rows:
        print_columns(("stack", "resource", "construct"), *rows)
        typer.echo("")
    for stack, resources in listed:
        count = "1 resource" if len(resources) == 1 else f"{len(resources)} resources"
        typer.echo(f"{stack.name}: {count} in {_shown(stack.directory)}")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _watch(directory: Path) -> None:
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
                report(error)
            after = snapshot(directory, ignored)
            # Files that change in two runs in a row are written by the program itself.
            meanwhile = changed(before, after)
            if meanwhile <= own:
                typer.echo("Waiting for changes; Ctrl-C ends.", err=True)
                files = wait_for_change(directory, ignored, after)
                typer.echo(f"\n{', '.join(sorted(files))} changed.", err=True)
            own = meanwhile
    except KeyboardInterrupt:
        typer.echo("Ended.", err=True)
