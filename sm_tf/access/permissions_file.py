"""The file that a program writes what the owners of roles must allow to, if it is told its path."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VARIABLE = "SM_TF_PERMISSIONS"
"""The environment variable with the path of the file. Without it, nothing is written."""


def write(stack: str, role: str, statements: Sequence[dict[str, Any]]) -> None:
    """Write what a role must be allowed for a stack, in place of what was written before."""
    file = Path(os.environ[VARIABLE])
    known = {(each["stack"], each["role"]): each for each in read(file)}
    known[stack, role] = {"stack": stack, "role": role, "statements": statements}
    file.write_text(json.dumps(list(known.values())))


def read(file: Path) -> list[dict[str, Any]]:
    """Return what was written: objects with `stack`, `role` and `statements`."""
    found: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    return found
