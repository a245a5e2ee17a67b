"""`sm-tf init`: a new project from a template."""

import json
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
from sm_tf.cli.template import choose, opened

if TYPE_CHECKING:
    from sm_tf.scaffold.project import NewProject

# The answers that have an option of their own.
_NAMED = (
    "name",
    "region",
    "image",
    "artifact",
    "backend",
    "state_bucket",
    "organization",
    "workspace",
    "ci",
    "alarm_email",
)


def _list(context: typer.Context, option: typer.CallbackParam, value: bool) -> bool:
    """List the templates as soon as --list and --json are known, before Typer loads what it checks the other
    options with.
    """
    known = {**context.params, option.name: value}
    if known.keys() >= {"list_", "as_json"}:
        if known["list_"]:
            _print_list(known["as_json"])
            raise typer.Exit
        if known["as_json"]:
            raise typer.BadParameter("it goes with --list.")
    return value


def _print_list(as_json: bool) -> None:
    from sm_tf.scaffold.template import builtin_templates

    templates = builtin_templates()
    if not as_json:
        width = max(len(template.name) for template in templates)
        for template in templates:
            typer.echo(f"{template.name:{width}}  {template.description}")
        return
    found = [
        {
            "name": template.name,
            "description": template.description,
            "version": template.version,
            "questions": [_described(question) for question in template.questions],
        }
        for template in templates
    ]
    typer.echo(json.dumps(found, indent=2))


def _described(question: Any) -> dict[str, Any]:
    return {
        "name": question.name,
        "prompt": question.prompt,
        "flag": flag(question.name, _NAMED),
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
            help="One of --list, a folder such as ./mine, or the URL of a git repository, with @ and a "
            "branch, tag or commit behind it if wanted.",
        ),
    ] = None,
    data: Data = None,
    name: Annotated[
        str | None, typer.Option(help="The project's name, which the names in AWS begin with.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="AWS region.")] = None,
    image: Annotated[
        str | None,
        typer.Option(
            help="Container image: its full name, or an AWS Deep Learning Container as REPOSITORY:TAG."
        ),
    ] = None,
    artifact: Annotated[
        str | None, typer.Option(metavar="S3-URI", help="Model artifacts, s3://BUCKET/KEY.tar.gz.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(metavar="local|s3|hcp", help="Where Terraform's state is kept.")
    ] = None,
    state_bucket: Annotated[
        str | None, typer.Option(metavar="BUCKET", help="Bucket of the state, for s3.")
    ] = None,
    organization: Annotated[str | None, typer.Option(help="HCP Terraform organization, for hcp.")] = None,
    workspace: Annotated[str | None, typer.Option(help="HCP Terraform workspace, for hcp.")] = None,
    ci: Annotated[
        str | None,
        typer.Option("--ci", metavar="github|gitlab|none", help="Pipeline: synth, validate, plan."),
    ] = None,
    alarm_email: Annotated[str | None, typer.Option(metavar="EMAIL", help="Who gets the alarms.")] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Take the default of everything that isn't given.")
    ] = False,
    no_input: NoInput = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show what would be written, and exit as if it had been; write nothing."
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="List the templates.", is_eager=True, callback=_list)
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --list: as JSON.", is_eager=True, callback=_list)
    ] = False,
) -> None:
    """Make a new project from a template.

    Asks for what isn't given, on a terminal only. Writes all files or none; files that are there already with
    the same content are fine. The answers are kept in .sm-tf.json, for sm-tf update.
    """
    from sm_tf.scaffold.answers import collect
    from sm_tf.scaffold.project import new_project

    del list_, as_json
    directory = directory or Path()
    values = (name, region, image, artifact, backend, state_bucket, organization, workspace, ci, alarm_email)
    named = dict(zip(_NAMED, values, strict=True))
    given = as_answers(data, named)
    interactive = on_terminal() and not (defaults or no_input)
    source = template or choose(interactive=interactive, defaults=defaults)
    with opened(source) as found, explaining_missing(_NAMED):
        asking = ask if interactive else None
        answers = collect(found, given, directory=directory, ask=asking, defaults=defaults)
        project = new_project(found, answers, source, directory)
    if dry_run:
        _show(project)
    if not force:
        project.check()
    if not dry_run:
        project.write()
        _tell(project, found.name)


def _show(project: "NewProject") -> None:
    from sm_tf.cli.tree import tree

    typer.echo("\n".join(tree(str(project.directory), project.statuses)))


def _tell(project: "NewProject", template: str) -> None:
    from sm_tf.scaffold.writing import Status

    written = sum(status != Status.IDENTICAL for status in project.statuses.values())
    if not written:
        typer.echo(f"{project.directory} is as template {template} makes it: nothing to write.")
    else:
        count = "1 file" if written == 1 else f"{written} files"
        typer.echo(f"Wrote {count} of template {template} to {project.directory}.")
    steps = list(project.next_steps)
    if project.directory.resolve() != Path.cwd():
        steps.insert(0, f"cd {project.directory}")
    if steps:
        typer.echo("\nNext:\n" + "".join(f"  {step}\n" for step in steps), nl=False)
