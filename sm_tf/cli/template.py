"""Finds the template of a command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sm_tf.cli.answers import prompt
from sm_tf.foundation.errors import UsageError

if TYPE_CHECKING:
    from sm_tf.scaffold.template import Template

DEFAULT = "realtime"


@contextmanager
def opened(source: str, *, relative_to: Path | None = None) -> Iterator["Template"]:
    """The template that `source` names; on a terminal, says that a repository is being fetched."""
    from sm_tf.scaffold.source import is_git_url, open_template, without_credentials

    if is_git_url(source) and sys.stderr.isatty():
        typer.echo(f"Fetching {without_credentials(source)}", err=True)
    with open_template(source, relative_to=relative_to) as template:
        yield template


def choose(*, interactive: bool, defaults: bool) -> str:
    """The template if none is named."""
    from sm_tf.scaffold.source import is_git_url, is_path
    from sm_tf.scaffold.template import builtin_templates

    if defaults:
        return DEFAULT
    templates = builtin_templates()
    names = ", ".join(template.name for template in templates)
    if not interactive:
        raise UsageError(
            f"No template is given: pass --template NAME ({names}), or --defaults for {DEFAULT}."
        )
    for template in templates:
        typer.echo(f"  {template.name:12} {template.description}")
    while True:
        chosen = prompt("Template", DEFAULT)
        if chosen in names.split(", ") or is_path(chosen) or is_git_url(chosen):
            return chosen
        typer.secho(f"  {chosen!r} must be one of {names}, a folder or a git URL.", fg=typer.colors.RED)
