"""`sm-tf update`: a project brought up to a newer version of its template."""

from pathlib import Path
from typing import Annotated

import typer

from sm_tf.cli.answers import Data, Directory, NoInput, as_answers, ask, explaining_missing, on_terminal
from sm_tf.cli.template import opened


def update(
    directory: Directory = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            "-t",
            metavar="NAME|PATH|URL",
            help="Where the template is now, such as a repository's newer tag. Default: where it was.",
        ),
    ] = None,
    data: Data = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Take the defaults of questions that are new.")
    ] = False,
    no_input: NoInput = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and exit as if it had; write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Update although git could not take it back.")
    ] = False,
) -> None:
    """Bring a project up to the newest version of its template.

    Renders the template with the recorded answers (or others, with -d) and merges what is new with your own
    changes. Where both changed the same lines, the file gets conflict markers as git makes them, and the exit
    code is 1.
    """
    from sm_tf.scaffold.answers import collect
    from sm_tf.scaffold.project import recorded_source
    from sm_tf.scaffold.record import read_record
    from sm_tf.scaffold.update import Change, check_clean, plan_update

    directory = directory or Path()
    record = read_record(directory)
    if not (force or dry_run):
        check_clean(directory)
    given = as_answers(data, {})
    # What is recorded begins at the project, what is given at the current folder.
    start = None if template else directory.resolve()
    with opened(template or record.source, relative_to=start) as found, explaining_missing():
        interactive = on_terminal() and not (defaults or no_input)
        answers = collect(
            found,
            given,
            directory=directory,
            recorded=record.answers,
            ask=ask if interactive else None,
            defaults=defaults,
        )
        source = recorded_source(template, directory) if template else record.source
        planned = plan_update(directory, record, found, answers, source)
    if not planned.files and not planned.changes:
        typer.echo(f"Up to date with template {found.name} {found.version}.")
        return
    if not dry_run:
        planned.write()
    would = " (nothing is written)" if dry_run else ""
    typer.echo(f"Template {found.name} {record.version} → {found.version}{would}")
    for path, change in planned.changes.items():
        note = "  (changed or deleted by you)" if change == Change.KEPT else ""
        typer.echo(f"  {change:8}  {path}{note}")
    if planned.conflicts:
        typer.secho(
            f"{len(planned.conflicts)} of them in conflict: edit what stands between <<<<<<< and >>>>>>>, "
            "then commit.",
            fg=typer.colors.RED,
            err=True,
        )
        raise typer.Exit(1)
