"""A CDKTF project: a folder with a cdktf.json."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.bindings.engine import OUTDIR, OUTDIR_VARIABLE, PROJECT_FILE
from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.foreign import parse_json


@dataclass(frozen=True, kw_only=True)
class Project:
    """The content of a cdktf.json.

    `app` is the command that runs the program, `context` is handed to the program, and `output` is the folder
    that it synthesizes to.
    """

    directory: Path
    app: str
    context: dict[str, Any]
    output: str

    @property
    def outdir(self) -> Path:
        """The folder for the program's stacks. Defaults to `output`; CDKTF_OUTDIR overrides it."""
        return self.directory / (os.environ.get(OUTDIR_VARIABLE) or self.output)


def read_project(directory: Path) -> Project:
    """Read the cdktf.json of a folder.

    Raises:
        UsageError: the file is missing or malformed.
    """
    file = directory / PROJECT_FILE
    if not file.is_file():
        raise UsageError(f"{directory} has no {PROJECT_FILE}: run this in the folder of a CDKTF project.")
    try:
        content = parse_json(file.read_text())
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from None
    app = content.get("app") if isinstance(content, dict) else None
    # No command line can hold a null character.
    if not app or not isinstance(app, str) or "\0" in app:
        raise UsageError(f'{file} has no "app", the command that runs the program, such as "python main.py".')
    context, output = content.get("context") or {}, content.get("output") or OUTDIR
    return Project(directory=directory, app=app, context=context, output=str(output))
