"""`sm-tf update`: updates a project to a newer version of its template."""

from pathlib import Path
from typing import Annotated

import typer

from sm_tf.cli.answers import Data, Directory, NoInput, as_answers, ask, explaining_missing, on_terminal
from sm_tf.cli.completion import templates
from sm_tf.cli.interruption import if_interrupted
from sm_tf.cli.template import opened


def update(
    directory: Directory = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            "-t",
            metavar="NAME|PATH|URL",
            help="The new place of the template, such as a newer tag. Defaults to its old place.",
            autocompletion=templates,
        ),
    ] = None,
    data: Data = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Accept the defaults of new questions.")
    ] = False,
    no_input: NoInput = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the changes, and exit as if they were made; write nothing."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Update even if git could not undo it.")] = False,
) -> None:
    """Update a project to the newest version of its template.

    Renders the template with the recorded answers (or others, with -d) and merges the changes with your own.
    If both changed the same lines, the file gets git's conflict markers, and the exit code is 1.
    """
    from sm_tf.scaffold.answers import collect
    from sm_tf.scaffold.answers_file import read_answers_file
    from sm_tf.scaffold.project import recorded_source
    from sm_tf.scaffold.update import OTHER, Change, check_clean, plan_update

    directory = directory or Path()
    current = read_answers_file(directory)
    if not (force or dry_run):
        check_clean(directory)
    given = as_answers(data, {})
    # A recorded path starts from the project, a given one from the current folder.
    start = None if template else directory.resolve()
    with (
        if_interrupted("nothing was changed."),
        opened(template or current.source, relative_to=start) as new,
        explaining_missing(),
    ):
        interactive = on_terminal() and not (defaults or no_input)
        answers = collect(
            new,
            given,
            directory=directory,
            recorded=current.answers,
            ask=ask if interactive else None,
            defaults=defaults,
        )
        source = recorded_source(template, directory) if template else current.source
        planned = plan_update(directory, current, new, answers, source)
    if not planned.files and not planned.changes:
        typer.echo(f"Up to date with template {new.name} {new.version}.")
        return
    if not dry_run:
        with if_interrupted("either all changes were written or none."):
            planned.write()
    would = " (nothing is written)" if dry_run else ""
    typer.echo(f"Template {new.name} {current.version} → {new.version}{would}")
    for path, change in planned.changes.items():
        notes = {
            Change.KEPT: "  (changed, deleted or linked by you)",
            Change.BINARY_CONFLICT: f"  (yours stays; the template's is {path}{OTHER})",
        }
        note = notes.get(change, "")
        typer.echo(f"  {change:8}  {path}{note}")
    if planned.conflicts:
        typer.secho(
            f"{len(planned.conflicts)} of them in conflict: edit the parts between <<<<<<< and >>>>>>>, then "
            "commit.",
            fg=typer.colors.RED,
            err=True,
        )
    if planned.binary_conflicts:
        count = len(planned.binary_conflicts)
        told = f"{count} of them can't be merged: choose one of the two versions of each."
        typer.secho(told, fg=typer.colors.RED, err=True)
    if planned.conflicts or planned.binary_conflicts:
        raise typer.Exit(1)
