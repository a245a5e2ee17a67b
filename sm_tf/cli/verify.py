"""`sm-tf verify`: whether AWS has the endpoints that were applied."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sm_tf.project.verification import VerifiedEndpoint, VerifiedStack


def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="STACK", help="The stacks to verify. Default: all.")
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            "--endpoint-url",
            metavar="URL",
            help="An AWS API to ask in place of AWS's own, such as a sandbox's.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compare the endpoints in AWS with what was applied.

    A deployment that AWS rolled back looks like success to Terraform. Runs in a folder with cdktf.json, after
    an apply, with your own AWS credentials and the stacks' own backends; changes nothing in AWS. Exits 1 when
    an endpoint differs, and says what to do. Instance counts and weights may have moved. Needs boto3:
    pip install 'sm-tf[aws]'.
    """
    from sm_tf.cli.progress import progress
    from sm_tf.project.verification import verify as compare

    said: list[str] = []
    with progress("synthesizing") as step:
        found = compare(
            Path.cwd(), names or [], endpoint_url=endpoint_url, on_step=step, on_output=said.append
        )
    for text in said:
        typer.echo(text, err=True)
    verified = all(stack.verified for stack in found)
    if as_json:
        stacks = [
            {
                "name": stack.stack,
                "verified": stack.verified,
                "missing": list(stack.missing),
                "endpoints": [_described(endpoint) for endpoint in stack.endpoints],
            }
            for stack in found
        ]
        typer.echo(json.dumps({"verified": verified, "stacks": stacks}, indent=2))
    else:
        for stack in found:
            _show(stack)
    if not verified:
        raise typer.Exit(1)


def _described(endpoint: "VerifiedEndpoint") -> dict[str, Any]:
    applied = endpoint.applied
    return {
        "name": applied.name,
        "region": applied.region,
        "address": applied.address,
        "path": applied.path,
        "verified": endpoint.verified,
        "checks": [vars(check) for check in endpoint.checks],
    }


def _show(stack: "VerifiedStack") -> None:
    from sm_tf.cli.columns import print_columns

    rows = [(endpoint.applied.name, check) for endpoint in stack.endpoints for check in endpoint.checks]
    told = "as applied" if stack.verified else "not as applied"
    if not (rows or stack.missing):
        told = "no endpoints"
    typer.secho(f"{stack.stack}: {told}", fg=None if stack.verified else typer.colors.RED)
    if rows:
        print_columns(*((f"  {check.outcome}", name, check.subject, check.found) for name, check in rows))
    for path in stack.missing:
        typer.echo(f"{path} is in the program and was not applied: apply again.")
    for name, check in rows:
        if check.todo:
            typer.echo(f"{name}, {check.subject}: {check.todo}.")
