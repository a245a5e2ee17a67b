"""`sm-tf publish`: builds images and uploads archives before Terraform runs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sm_tf.cli.completion import stacks
from sm_tf.cli.interruption import if_interrupted

if TYPE_CHECKING:
    from sm_tf.publish.publisher import Outcome, Watcher


def publish(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", help="The stacks. Defaults to all.", autocompletion=stacks),
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option(
            "--bucket",
            metavar="NAME",
            help="The bucket for archives whose program names none. Defaults to that of the last time.",
        ),
    ] = None,
    repository: Annotated[
        str | None,
        typer.Option(
            "--repository",
            metavar="NAME",
            help="The ECR repository, by name or ARN, for images whose program names none. Defaults to that "
            "of the last time.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Build images and upload archives before Terraform runs.

    Run it in a folder with cdktf.json, with your own AWS credentials. Images are pushed to ECR, and archives
    go to S3. What AWS has is skipped. The file sm-tf.assets.json lists the result; commit it. From then on
    the stacks refer to what was published, and Terraform needs no container engine. Needs boto3: pip install
    'sm-tf[aws]'.
    """
    from sm_tf.foundation.published_file import FILE
    from sm_tf.publish.publication import publish as publish_assets

    printed: list[str] = []
    outcome = f"what is in AWS already stays and is used the next time. {FILE} is as it was."
    with if_interrupted(outcome), _watcher() as watcher:
        outcomes = publish_assets(
            Path.cwd(),
            names or [],
            watcher,
            bucket=bucket,
            repository=repository,
            on_output=printed.append,
        )
    for text in printed:
        typer.echo(text, err=True)
    failed = [outcome for outcome in outcomes if outcome.error]
    if as_json:
        described = {"ok": not failed, "file": FILE, "assets": [vars(outcome) for outcome in outcomes]}
        typer.echo(json.dumps(described, indent=2))
    else:
        _show(outcomes)
        if not outcomes:
            typer.echo("Nothing to publish: no stack has an image to build or an archive to upload.")
        elif len(failed) < len(outcomes):
            typer.echo(f"Wrote {FILE}. Commit it.")
    if failed:
        raise typer.Exit(1)


def _show(outcomes: "list[Outcome]") -> None:
    from sm_tf.cli.columns import print_columns

    done = [outcome for outcome in outcomes if outcome.location]
    if done:
        print_columns(*((outcome.status, outcome.path, outcome.location or "") for outcome in done))
    for outcome in outcomes:
        if outcome.error:
            typer.secho(f"failed     {outcome.path}", fg=typer.colors.RED)
            typer.echo("\n".join(f"  {line}" for line in outcome.error.splitlines()))


class _Lines:
    """Tells of each step in a line."""

    def started(self, path: str, step: str, size: int | None) -> None:
        typer.echo(f"{path}: {step}" + (f" {size:,} bytes" if size is not None else ""), err=True)

    def advanced(self, path: str, size: int) -> None:
        pass

    def ended(self, outcome: "Outcome") -> None:
        typer.echo(f"{outcome.path}: {outcome.status}", err=True)


@contextmanager
def _watcher() -> "Iterator[Watcher]":
    """Progress bars on a terminal, lines elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, Task, TaskID, TextColumn
    from rich.text import Text

    class Amount(DownloadColumn):
        """The bytes of an upload; nothing for what has none."""

        def render(self, task: Task) -> Text:
            return super().render(task) if task.fields.get("is_upload") else Text()

    columns = (TextColumn("{task.description}"), BarColumn(), Amount())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        synthesis = bars.add_task("synthesizing", total=None)
        tasks: dict[str, TaskID] = {}

        class Bars:
            def started(self, path: str, step: str, size: int | None) -> None:
                bars.update(synthesis, visible=False)
                tasks[path] = bars.add_task(f"{path}: {step}", total=size, is_upload=size is not None)

            def advanced(self, path: str, size: int) -> None:
                bars.advance(tasks[path], size)

            def ended(self, outcome: "Outcome") -> None:
                if outcome.path in tasks:
                    description = f"{outcome.path}: {outcome.status}"
                    bars.update(
                        tasks[outcome.path], description=description, total=1, completed=1, is_upload=False
                    )

        yield Bars()
