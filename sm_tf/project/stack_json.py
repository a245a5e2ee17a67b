"""The resources of a synthesized stack: their addresses in Terraform and the paths of their constructs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.bindings.engine import ASSETS, STACK_FILE
from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.foreign import parse_json

# An index, a block inside, or a resource of a module may follow.
_BLOCK = re.compile(r"(data\.)?[\w-]+\.[\w-]+")


@dataclass(frozen=True, kw_only=True)
class SynthesizedResource:
    """A resource of a stack; `path` is its construct's, None if it was not made by a construct."""

    address: str
    type: str
    path: str | None


class SynthesizedStackJson:
    """The content of a stack folder's cdk.tf.json."""

    def __init__(self, directory: Path) -> None:
        self.content = read_stack(directory)
        self._paths = dict(_paths(self.content))

    @property
    def resources(self) -> list[SynthesizedResource]:
        """The resources that the stack manages, sorted by address."""
        found = (
            SynthesizedResource(address=f"{type}.{name}", type=type, path=self.path(f"{type}.{name}"))
            for type, named in self.content.get("resource", {}).items()
            for name in named
        )
        return sorted(found, key=lambda resource: resource.address)

    @property
    def is_planned_remotely(self) -> bool:
        """Whether HCP Terraform makes the plans."""
        terraform = self.content.get("terraform", {})
        return "cloud" in terraform or "remote" in terraform.get("backend", {})

    def path(self, address: str) -> str | None:
        """The path of the construct behind an address such as `aws_iam_role.a[0]` or `data.aws_region.b`."""
        block = _BLOCK.match(address)
        return self._paths.get(block[0]) if block else None


def read_stack(directory: Path) -> dict[str, Any]:
    """The content of a stack folder's cdk.tf.json.

    Raises:
        ToolError: the folder has no such file, or a malformed one.
    """
    file = directory / STACK_FILE
    if not file.is_file():
        raise ToolError(f"{directory} is not a synthesized stack: it has no {STACK_FILE}.")
    try:
        content: dict[str, Any] = parse_json(file.read_text())
    except ValueError as error:
        raise ToolError(f"{file} is not JSON: {error}") from None
    return content


def assets_of(directory: Path) -> dict[str, Path]:
    """The files that a stack's resources read, by their paths in its folder."""
    files = (file for file in sorted((directory / ASSETS).rglob("*")) if file.is_file())
    return {file.relative_to(directory).as_posix(): file for file in files}


def _paths(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for section, start in (("resource", ""), ("data", "data.")):
        for type, named in content.get(section, {}).items():
            for name, block in named.items():
                if path := _path(block):
                    yield f"{start}{type}.{name}", path
    for section in ("module", "output", "variable"):
        for name, block in content.get(section, {}).items():
            if path := _path(block):
                yield f"{section}.{name}", path


def _path(block: Any) -> str | None:
    metadata = block.get("//", {}).get("metadata", {}) if isinstance(block, dict) else {}
    path = metadata.get("path")
    return str(path) if path else None
