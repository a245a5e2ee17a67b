import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

StackFolder = Callable[..., Path]
PROGRAM = """\
import json, os, pathlib

out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
described = {}
for name, stack in json.loads(pathlib.Path("stacks.json").read_text()).items():
    folder = out / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(stack["content"]))
    described[name] = {
        "name": name,
        "workingDirectory": f"stacks/{name}",
        "dependencies": stack["dependencies"],
    }
(out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": described}))
"""


@pytest.fixture
def stack_folder(tmp_path: Path) -> StackFolder:
    """Writes a stack without a provider, quick to apply: its name, its terraform_data resources, the rest."""

    def write(name: str, inputs: Mapping[str, Any], **rest: Any) -> Path:
        folder = tmp_path / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        resources = {resource: {"input": value} for resource, value in inputs.items()}
        content = {"resource": {"terraform_data": resources}, **rest} if resources else rest
        (folder / "cdk.tf.json").write_text(json.dumps(content))
        return folder

    return write


@pytest.fixture
def project_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a project whose program synthesizes the stacks given by name: content and dependencies."""

    def write(**stacks: tuple[dict[str, Any], list[str]]) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        (folder / "main.py").write_text(PROGRAM)
        described = {
            name: {"content": content, "dependencies": needs} for name, (content, needs) in stacks.items()
        }
        (folder / "stacks.json").write_text(json.dumps(described))
        return folder

    return write


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, of this process and its children: nobody else's sandboxes are in it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Takes a program off PATH; the others stay."""

    def take_off(program: str) -> None:
        kept = []
        for number, folder in enumerate(os.environ["PATH"].split(os.pathsep)):
            if not (Path(folder) / program).exists():
                kept.append(folder)
                continue
            shadow = tmp_path / f"path-{program}-{number}"
            shadow.mkdir()
            for tool in Path(folder).iterdir():
                if tool.name != program:
                    (shadow / tool.name).symlink_to(tool)
            kept.append(str(shadow))
        monkeypatch.setenv("PATH", os.pathsep.join(kept))

    return take_off
