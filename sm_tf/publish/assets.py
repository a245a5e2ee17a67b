"""The images and archives that a project's program would have Terraform build and upload."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sm_tf.foundation.published_file import VARIABLE, Asset
from sm_tf.project.synthesis import only, synthesize


@dataclass(frozen=True, kw_only=True)
class WantedAsset:
    """An asset of a stack, its local path, what an image is built from, and why it can't be published."""

    stack: str
    path: str
    asset: Asset
    build: dict[str, Any] | None
    problem: str | None


@dataclass(frozen=True)
class WantedAssets:
    """The assets of the chosen stacks, and the names of all stacks."""

    assets: list[WantedAsset]
    stacks: list[str]
    chosen: list[str]


def find_assets(
    project: Path, folder: Path, names: Collection[str], on_output: Callable[[str], None] | None = None
) -> WantedAssets:
    """Run the program of a project, and return the assets of the stacks of these names, or of all.

    `folder` is an empty folder for what the program writes.

    Raises:
        UsageError: There is no project, or no stack of such a name.
        ToolError: The program failed.
    """
    listed = folder / "assets"
    listed.touch()
    stacks = synthesize(project, folder / "out", variables={VARIABLE: str(listed)}, on_output=on_output)
    chosen = [stack.name for stack in only(stacks, names)]
    # An asset that several constructs use is listed by each.
    found = {line: _wanted(json.loads(line)) for line in listed.read_text(encoding="utf-8").splitlines()}
    return WantedAssets(
        [wanted for wanted in found.values() if wanted.stack in chosen],
        [stack.name for stack in stacks],
        chosen,
    )


def _wanted(described: dict[str, Any]) -> WantedAsset:
    asset = Asset(**{field.name: described.pop(field.name) for field in fields(Asset)})
    return WantedAsset(asset=asset, **described)
