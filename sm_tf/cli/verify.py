"""`sm-tf verify`: compares the endpoints in AWS with the applied ones."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted

if TYPE_CHECKING:
    from sm_tf.project.verification import VerifiedEndpoint, VerifiedStack
    from sm_tf.sandbox.silent_failure import SilentFailure


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", help="The stacks to verify. Defaults to all.", autocompletion=stacks),
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            "--endpoint-url",
            metavar="URL",
            help="The address of another AWS API, such as a sandbox's. Defaults to AWS's own.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compare the endpoints in AWS with the applied ones.

    To Terraform, a deployment that AWS rolled back looks like a success. Run it in a folder with cdktf.json,
    after an apply. It uses your own AWS credentials and the stacks' own backends, and changes nothing in AWS.
    Exits 1 if an endpoint differs, and says what to do. Instance counts and weights may differ. Needs boto3:
    pip install 'sm-tf[aws]'.
    """
    from sm_tf.cli.progress import progress
    from sm_tf.project.verification import verify as compare

    printed: list[str] = []
    with if_interrupted("nothing in AWS was changed."), progress("synthesizing") as step:
        results = compare(
            Path.cwd(), names or [], endpoint_url=endpoint_url, on_step=step, on_output=printed.append
        )
    for text in printed:
        typer.echo(text, err=True)
    verified = all(stack.verified for stack in results)
    silent = _silent_failures(endpoint_url)
    if as_json:
        stacks_described = [
            {
                "name": stack.stack,
                "verified": stack.verified,
                "missing": list(stack.missing),
                "endpoints": [_described(endpoint) for endpoint in stack.endpoints],
            }
            for stack in results
        ]
        described = {"ok": verified, "verified": verified, "stacks": stacks_described}
        typer.echo(json.dumps({**described, "silent_failures": [vars(each) for each in silent]}, indent=2))
    else:
        for stack in results:
            _show(stack)
        for failure in silent:
            typer.echo(str(failure))
    if not verified:
        raise typer.Exit(1)


def _silent_failures(endpoint_url: str | None) -> "list[SilentFailure]":
    """What only a sandbox tells; nothing for AWS itself."""
    from sm_tf.sandbox.silent_failures import silent_failures

    url = endpoint_url or os.environ.get("AWS_ENDPOINT_URL", "")
    if not url.startswith("http://127.0.0.1:"):
        return []
    try:
        return silent_failures(url)
    except (OSError, ValueError):  # It is something else than a sandbox.
        return []


def _described(endpoint: "VerifiedEndpoint") -> dict[str, Any]:
    applied = endpoint.applied
    return {
        "name": applied.name,
        "region": applied.region,
        "address": applied.address,
        "path": applied.path,
        "verified": endpoint.verified,
        "checks": [vars(comparison) for comparison in endpoint.comparisons],
    }


def _show(stack: "VerifiedStack") -> None:
    from sm_tf.cli.columns import print_columns

    rows = [
        (endpoint.applied.name, comparison)
        for endpoint in stack.endpoints
        for comparison in endpoint.comparisons
    ]
    result = "as applied" if stack.verified else "not as applied"
    if not (rows or stack.missing):
        result = "no endpoints"
    typer.secho(f"{stack.stack}: {result}", fg=None if stack.verified else typer.colors.RED)
    if rows:
        print_columns(*((f"  {row.outcome}", name, row.subject, row.found) for name, row in rows))
    for path in stack.missing:
        typer.echo(f"{path} is in the program, but was not applied: apply again.")
    for name, row in rows:
        if row.todo:
            typer.echo(f"{name}, {row.subject}: {row.todo}.")
