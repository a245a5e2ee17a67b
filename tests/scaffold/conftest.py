"""Templates made for a test, and looks at folders."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

NewTemplate = Callable[..., Path]


@pytest.fixture
def new_template(tmp_path: Path) -> NewTemplate:
    """Writes a template's folder: its files by their paths, and the fields of its template.json."""

    def write(files: Mapping[str, str], /, folder: str = "mine", **fields: Any) -> Path:
        path = tmp_path / folder
        described = {"name": "mine", "description": "A template.", "version": "1.0.0", **fields}
        for name, content in {"template.json": json.dumps(described), **files}.items():
            file = path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return path

    return write


@pytest.fixture
def tree() -> Callable[[Path], dict[str, str]]:
    """Every file below a folder with its content; folders end in a slash."""

    def look(folder: Path) -> dict[str, str]:
        return {
            str(path.relative_to(folder)) + ("/" if path.is_dir() else ""): ""
            if path.is_dir()
            else path.read_text()
            for path in sorted(folder.rglob("*"))
        }

    return look


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs git in a folder, without the settings of who runs the tests."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n  name = Test\n  email = test@example.com\n[init]\n  defaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run
