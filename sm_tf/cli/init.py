"""`sm-tf init`: makes a new project from a template."""

import json
import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.cli.answers import (
    Data,
    Directory,
    NoInput,
    as_answers,
    ask,
    explaining_missing,
    flag,
    on_terminal,
)
from sm_tf.cli.completion import choices, templates
from sm_tf.cli.interruption import if_interrupted
from sm_tf.cli.template import choose, opened
from sm_tf.foundation.errors import UsageError

if TYPE_CHECKING:
    from sm_tf.scaffold.project import NewProject


def _print_list(as_json: bool, named: Collection[str]) -> None:
    from sm_tf.cli.columns import print_columns
    from sm_tf.scaffold.template import builtin_templates

    builtin = builtin_templates()
    if not as_json:
        print_columns(*((template.name, template.description) for template in builtin))
        return
    described = [
        {
            "name": template.name,
            "description": template.description,
            "version": template.version,
            "questions": [_described(question, named) for question in template.questions],
        }
        for template in builtin
    ]
    typer.echo(json.dumps(described, indent=2))


def _described(question: Any, named: Collection[str]) -> dict[str, Any]:
    return {
        "name": question.name,
        "prompt": question.prompt,
        "flag": flag(question.name, named),
        "type": question.type,
        "default": "" if question.default is None and question.optional else question.default,
        "choices": list(question.choices),
        "allowed": question.allowed,
        "when": dict(question.when),
    }


def init(
    directory: Directory = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            "-t",
            metavar="NAME|PATH|URL",
            help="A name from --list, a folder such as ./mine, or the URL of a git repository. @ and a "
            "branch, tag or commit may follow the URL.",
            autocompletion=templates,
        ),
    ] = None,
    data: Data = None,
    name: Annotated[
        str | None, typer.Option(help="The project's name. The names in AWS begin with it.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="AWS region.")] = None,
    image: Annotated[
        str | None,
        typer.Option(
            help="Container image: its full name, or REPOSITORY:TAG of an AWS Deep Learning Container."
        ),
    ] = None,
    artifact: Annotated[
        str | None, typer.Option(metavar="S3-URI", help="Model artifacts, s3://BUCKET/KEY.tar.gz.")
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            metavar="local|s3|hcp",
            help="The place of Terraform's state.",
            autocompletion=choices("backend"),
        ),
    ] = None,
    state_bucket: Annotated[
        str | None, typer.Option(metavar="BUCKET", help="Bucket for the state, with backend s3.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="HCP Terraform organization, with backend hcp.")
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="HCP Terraform workspace, with backend hcp.")] = None,
    ci: Annotated[
        str | None,
        typer.Option(
            "--ci",
            metavar="github|gitlab|none",
            help="Pipeline that synthesizes, validates and plans.",
            autocompletion=choices("ci"),
        ),
    ] = None,
    alarm_email: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="The address that gets the alarms.")
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Accept the defaults of all other questions.")
    ] = False,
    no_input: NoInput = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the files, and exit as if they were written; write nothing."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite existing files with different content.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the built-in templates.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """Make a new project from a template.

    Asks all other questions, but only on a terminal. Writes all files or none; existing files with the same
    content stay. The answers are kept in .sm-tf.json, for sm-tf update.
    """
    named = {
        "name": name,
        "region": region,
        "image": image,
        "artifact": artifact,
        "backend": backend,
        "state_bucket": state_bucket,
        "organization": organization,
        "workspace": workspace,
        "ci": ci,
        "alarm_email": alarm_email,
    }
    if list_:
        _print_list(as_json, named)
        return
    if as_json:
        raise UsageError("--json needs --list.")
    from sm_tf.scaffold.answers import collect
    from sm_tf.scaffold.project import new_project

    directory = directory or Path()
    given = as_answers(data, named)
    interactive = on_terminal() and not (defaults or no_input)
    with if_interrupted("nothing was written."):
        source = template or choose(interactive=interactive, defaults=defaults)
        with opened(source) as opened_template, explaining_missing(named):
            asking = ask if interactive else None
            answers = collect(opened_template, given, directory=directory, ask=asking, defaults=defaults)
            project = new_project(opened_template, answers, source, directory)
    if dry_run:
        _show(project)
    if not force:
        project.check()
    if not dry_run:
        with if_interrupted("either all files were written or none."):
            project.write()
        _show_result(project, opened_template.name)


def _show(project: "NewProject") -> None:
    from sm_tf.cli.tree import tree

    typer.echo("\n".join(tree(str(project.directory), project.statuses)))


def _show_result(project: "NewProject", template: str) -> None:
    from sm_tf.scaffold.transaction import Status

    written = sum(status != Status.IDENTICAL for status in project.statuses.values())
    if not written:
        typer.echo(f"{project.directory} already has all files of template {template}: nothing to write.")
    else:
        count = "1 file" if written == 1 else f"{written} files"
        typer.echo(f"Wrote {count} of template {template} to {project.directory}.")
    steps = list(project.next_steps)
    if project.directory.resolve() != Path.cwd():
        steps.insert(0, f"cd {shlex.quote(str(project.directory))}")
    if steps:
        typer.echo("\nNext:\n" + "".join(f"  {step}\n" for step in steps), nl=False)
