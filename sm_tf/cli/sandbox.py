"""`sm-tf sandbox`: the project's stacks, lived through in an AWS on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sm_tf.sandbox.kept import KeptSandbox


def sandbox(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", help="The stacks to take, with what they depend on. Default: all."),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave the AWS and what was created running, and say how to use it."),
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the sandboxes that were kept.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="End kept sandboxes: their ids instead of stacks, or the only one.")
    ] = False,
) -> None:
    """Apply the project to an AWS that runs on this machine, show what exists, and destroy it.

    Runs in a folder with cdktf.json. Real Terraform and the real AWS provider do the work; no AWS account
    is used.
    """
    if sum((keep, list_, stop)) > 1:
        raise typer.BadParameter("--keep, --list and --stop exclude each other.")
    if list_:
        _list()
    elif stop:
        _stop(names or [])
    else:
        _live(names or [], keep)


def _live(names: list[str], keep: bool) -> None:
    from sm_tf.cli.report import reporter
    from sm_tf.sandbox.life import live

    kept = live(Path.cwd(), names, reporter(), keep_it=keep)
    if kept:
        _explain(kept)


def _list() -> None:
    from sm_tf.sandbox.kept import kept_sandboxes

    found = kept_sandboxes()
    for kept in found:
        typer.echo(f"{kept.id}  {kept.endpoint_url}  {kept.project}")
    if not found:
        typer.echo("No sandbox was kept.")


def _stop(ids: list[str]) -> None:
    from sm_tf.sandbox.kept import find_kept

    for kept in find_kept(ids):
        kept.stop()
        typer.echo(f"Sandbox {kept.id} has ended.")


def _explain(kept: "KeptSandbox") -> None:
    plans = "\n".join(f"  {kept.terraform} -chdir={directory} plan" for directory in kept.stacks)
    typer.echo(
        f"""
Sandbox {kept.id} goes on at {kept.endpoint_url}. To look into it:

  . {kept.environment_file}
  aws sagemaker list-endpoints
  python -c 'import boto3; print(boto3.client("sagemaker").list_endpoints()["Endpoints"])'
{plans}

To end it:

  sm-tf sandbox --stop {kept.id}"""
    )
