"""`sm-tf sandbox`: the whole lifecycle of the project's stacks, in an AWS on this machine."""

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted
from sm_tf.cli.variables import VarFiles, Vars
from sm_tf.foundation.errors import UsageError

if TYPE_CHECKING:
    from sm_tf.project.variables import VariableOptions
    from sm_tf.sandbox.kept import KeptSandbox
    from sm_tf.sandbox.lifecycle import Lifecycle


def sandbox(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="STACK",
            help="The stacks to apply, together with those that they depend on. Defaults to all.",
            autocompletion=stacks,
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave the AWS and its resources running, and show how to use them."),
    ] = False,
    fail: Annotated[
        EndpointFailure | None,
        typer.Option(
            "--fail", help="Let the creation of the first endpoint fail for this reason, and apply again."
        ),
    ] = None,
    setup: Annotated[
        Path | None,
        typer.Option(
            "--setup",
            metavar="FILE",
            help="A Python script that makes what exists already, with boto3. Runs before the first plan.",
        ),
    ] = None,
    var_files: VarFiles = None,
    variables: Vars = None,
    list_: Annotated[bool, typer.Option("--list", help="List the sandboxes that were kept.")] = False,
    stop: Annotated[
        bool,
        typer.Option(
            "--stop", help="Stop kept sandboxes: pass their ids instead of stacks, or stop the only one."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Apply the project to an AWS on this machine, and destroy it.

    Lists the resources in between. Run it in a folder with cdktf.json. Real Terraform and the real AWS
    provider do the work; no AWS account is used. What the program names or asks data sources for but doesn't
    make, such as a VPC or a role, gets a stand-in.
    """
    from sm_tf.project.variables import VariableOptions

    if sum((keep, list_, stop)) > 1:
        raise UsageError("Pass only one of --keep, --list and --stop.")
    if fail and (list_ or stop):
        raise UsageError("--fail applies the project; it can't be combined with --list or --stop.")
    if (setup or var_files or variables) and (list_ or stop):
        raise UsageError("--setup, --var and --var-file can't be combined with --list or --stop.")
    if setup and not setup.is_file():
        raise UsageError(f"There is no file {setup}: --setup takes a Python script.")
    if list_:
        _list(as_json)
    elif stop:
        _stop(names or [], as_json)
    else:
        given = VariableOptions(files=tuple(var_files or ()), values=tuple(variables or ()))
        _run(names or [], keep, fail, setup, given, as_json)


def _run(
    names: list[str],
    keep: bool,
    fail: EndpointFailure | None,
    setup: Path | None,
    variables: "VariableOptions",
    as_json: bool,
) -> None:
    from sm_tf.cli.report import reporter
    from sm_tf.sandbox.lifecycle import run

    with if_interrupted("the sandbox was stopped, and everything in it was removed."):
        done = run(
            Path.cwd(),
            names,
            reporter(with_table=not as_json),
            keep_it=keep,
            fail=fail,
            setup=setup,
            variables=variables,
        )
    if as_json:
        typer.echo(json.dumps({"ok": True, **_described(done)}, indent=2))
    elif done.kept:
        _explain(done.kept)


def _described(done: "Lifecycle") -> dict[str, Any]:
    def resources(stack: str) -> list[dict[str, str]]:
        fields = ("address", "kind", "name", "state")
        return [{f: getattr(row, f) for f in fields} for row in done.resources if row.stack == stack]

    return {
        "stacks": [{"name": stack, "resources": resources(stack)} for stack in done.stacks],
        "stand_ins": [
            {"kind": thing.kind, "name": thing.name, "region": thing.region or None, "account": thing.account}
            for thing in done.stand_ins
        ],
        "unmet": [vars(unmet) for unmet in done.unmet],
        "silent_failures": [vars(failure) for failure in done.silent_failures],
        "failed_apply": done.failed_apply,
        "kept": _described_kept(done.kept) if done.kept else None,
    }


def _described_kept(kept: "KeptSandbox") -> dict[str, Any]:
    return {
        "id": kept.id,
        "endpoint_url": kept.endpoint_url,
        "project": kept.project,
        "environment_file": str(kept.environment_file),
        "directories": [str(directory) for directory in kept.stacks],
    }


def _list(as_json: bool) -> None:
    from sm_tf.cli.columns import print_columns
    from sm_tf.sandbox.kept import kept_sandboxes

    sandboxes = kept_sandboxes()
    if as_json:
        typer.echo(
            json.dumps({"ok": True, "sandboxes": [_described_kept(kept) for kept in sandboxes]}, indent=2)
        )
    elif sandboxes:
        print_columns(*((kept.id, kept.endpoint_url, kept.project) for kept in sandboxes))
    else:
        typer.echo("No sandbox was kept.")


def _stop(ids: list[str], as_json: bool) -> None:
    from sm_tf.sandbox.kept import find_kept

    stopped = find_kept(ids)
    for kept in stopped:
        kept.stop()
        if not as_json:
            typer.echo(f"Sandbox {kept.id} was stopped.")
    if as_json:
        typer.echo(json.dumps({"ok": True, "stopped": [kept.id for kept in stopped]}, indent=2))


def _explain(kept: "KeptSandbox") -> None:
    plans = "\n".join(
        f"  {kept.terraform} -chdir={shlex.quote(str(directory))} plan" for directory in kept.stacks
    )
    typer.echo(
        f"""
Sandbox {kept.id} is still running at {kept.endpoint_url}. To look into it:

  . {shlex.quote(str(kept.environment_file))}
  aws sagemaker list-endpoints
  python -c 'import boto3; print(boto3.client("sagemaker").list_endpoints()["Endpoints"])'
{plans}

To stop it:

  sm-tf sandbox --stop {kept.id}"""
    )
