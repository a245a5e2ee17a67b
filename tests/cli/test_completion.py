import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ProjectFolder = Callable[..., Path]
PROGRAM = str(Path(sys.executable).parent / "sm-tf")
EMPTY: dict[str, Any] = {"resource": {}}


def completed(folder: Path, line: str) -> list[str]:
    """What bash gets for the last word of the line."""
    words = line.split(" ")
    variables = {
        "_SM_TF_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [PROGRAM], cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("sm-tf init --template ", ["ab-test", "module", "pipeline", "realtime", "serverless"]),
        ("sm-tf init -t re", ["realtime"]),
        ("sm-tf update --template s", ["serverless"]),
        ("sm-tf init --backend ", ["local", "s3", "hcp"]),
        ("sm-tf init --ci g", ["github", "gitlab"]),
        ("sm-tf syn", ["synth"]),
    ],
)
def test_values_of_options(tmp_path: Path, line: str, values: list[str]) -> None:
    assert completed(tmp_path, line) == values


@pytest.mark.parametrize("command", ["validate", "plan", "verify", "sandbox"])
def test_names_of_stacks(run: Run, project_folder: ProjectFolder, command: str) -> None:
    folder = project_folder(app=(EMPTY, ["data"]), data=(EMPTY, []))
    assert completed(folder, f"sm-tf {command} ") == []
    assert run(folder, "synth").returncode == 0
    assert completed(folder, f"sm-tf {command} ") == ["app", "data"]
    assert completed(folder, f"sm-tf {command} app d") == ["data"]


@pytest.mark.parametrize("manifest", ["", "{}", "[]", '{"stacks": {"a": {}}}'])
def test_a_broken_manifest_completes_nothing(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py"}')
    (tmp_path / "cdktf.out").mkdir()
    (tmp_path / "cdktf.out" / "manifest.json").write_text(manifest)
    assert completed(tmp_path, "sm-tf plan ") == []
