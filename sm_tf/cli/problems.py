"""Shows the problems that Terraform finds."""

from collections.abc import Iterable
from typing import Any

import typer

from sm_tf.project.problem import Problem


def show(problems: Iterable[Problem]) -> None:
    """Print problems for a reader."""
    for problem in problems:
        first, _, rest = str(problem).partition("\n")
        typer.secho(first, fg=typer.colors.RED if problem.severity == "error" else typer.colors.YELLOW)
        typer.echo(f"{rest}\n")


def described(problem: Problem) -> dict[str, Any]:
    """A problem for JSON."""
    return {
        "severity": problem.severity,
        "summary": problem.summary,
        "detail": problem.detail,
        "address": problem.address,
        "path": problem.path,
        "file": problem.source.file if problem.source else None,
        "line": problem.source.line if problem.source else None,
    }
