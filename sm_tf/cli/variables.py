"""The options of the commands that take values of Terraform variables."""

from pathlib import Path
from typing import Annotated

import typer

VarFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--var-file", metavar="FILE", help="A file with values of Terraform variables; may be repeated."
    ),
]
Vars = Annotated[
    list[str] | None,
    typer.Option(
        "--var",
        metavar="NAME=VALUE",
        help="The value of a Terraform variable, as TF_VAR_NAME in the environment; may be repeated.",
    ),
]
