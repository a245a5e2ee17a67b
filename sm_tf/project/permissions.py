"""What the owners of roles must allow, for the program of a project."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.access.permissions_file import VARIABLE, read
from sm_tf.project.synthesis import synthesize


@dataclass(frozen=True, kw_only=True)
class RequiredPermissions:
    """The policy that a role needs for a stack."""

    role: str
    stack: str
    policy: dict[str, Any]


def required_permissions(
    directory: Path | str, *, on_output: Callable[[str], None] | None = None
) -> list[RequiredPermissions]:
    """Run the program of the project in `directory`, and return what it needs from each ImmutableRole.

    Raises:
        UsageError: the folder has no project.
        ToolError: the program failed or synthesized nothing; the message quotes it.
    """
    with tempfile.TemporaryDirectory(prefix="sm-tf-") as folder:
        file = Path(folder, "permissions.json")
        synthesize(directory, Path(folder, "out"), variables={VARIABLE: str(file)}, on_output=on_output)
        found = read(file)
    return [
        RequiredPermissions(
            role=each["role"],
            stack=each["stack"],
            policy={"Version": "2012-10-17", "Statement": each["statements"]},
        )
        for each in sorted(found, key=lambda each: (each["role"], each["stack"]))
    ]
