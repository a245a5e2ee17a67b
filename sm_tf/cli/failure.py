"""Reports the error that ends a command: in words, and as JSON."""

import json
import sys
from typing import Any

import typer

from sm_tf.cli.columns import fit
from sm_tf.foundation.foreign import printable
from sm_tf.project.problem import TerraformError
from sm_tf.project.program_error import ProgramError


def report(error: Exception) -> None:
    """Print an error to standard error, its first line in red."""
    if isinstance(error, ProgramError) and error.printed:
        typer.echo(error.printed, err=True)
    first, _, rest = fit(_message(error), sys.stderr).partition("\n")
    typer.secho(first, fg=typer.colors.RED, err=True)
    if rest:
        typer.echo(rest, err=True)


def describe(error: Exception) -> dict[str, Any]:
    """An error for JSON: its type, the construct or line that it is about, and one sentence a mistake."""
    if isinstance(error, TerraformError) and error.problems:
        first = error.problems[0]
        return {
            "type": type(error).__name__,
            "where": first.path,
            "problems": [str(problem) for problem in error.problems],
            "file": first.source.file if first.source else None,
            "line": first.source.line if first.source else None,
        }
    if not isinstance(error, ProgramError):
        problems = [_message(error)]
        return {"type": type(error).__name__, "where": None, "problems": problems, "file": None, "line": None}
    return {
        "type": error.type,
        "where": error.where or (str(error.line) if error.line else None),
        "problems": error.problems,
        "file": error.line.file if error.line else None,
        "line": error.line.line if error.line else None,
    }


def print_json(error: Exception) -> None:
    """Print an error to standard output as JSON."""
    typer.echo(json.dumps({"ok": False, "error": describe(error)}, indent=2))


def _message(error: Exception) -> str:
    if isinstance(error, OSError):
        # The system's own words, for a full disk or a folder without permission to write.
        return printable(": ".join(str(part) for part in (error.filename, error.strerror) if part))
    return printable(str(error))
