"""The commands of the page on the sandbox are run, in the order of the page."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "sandbox.md").read_text()
LIFE = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)[-1].splitlines()
(SETUP,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """The quickstart, applied to a sandbox that is kept: the project's folder and the file with variables."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=os.pathsep)
    project = tmp_path / "quickstart"
    ignored = shutil.ignore_patterns("cdktf.out", "*.tfstate")
    shutil.copytree(REPOSITORY / "examples" / "quickstart", project, ignore=ignored)
    done = run(project, "sm-tf sandbox --keep --json")
    kept = json.loads(done)["kept"]
    yield project, kept["environment_file"]
    if Path(kept["environment_file"]).exists():
        run(project, f"sm-tf sandbox --stop {kept['id']}")


def run(project: Path, commands: str) -> str:
    done = subprocess.run(
        ["sh", "-ec", commands],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commands_of_the_page(environment_file: str) -> list[str]:
    names = {
        "/tmp/sm-tf-sandbox-abc123/env": environment_file,
        "my-endpoint": "quickstart-endpoint",
        "my-stack": "quickstart",
    }
    text = "\n".join(LIFE)
    for name, ours in names.items():
        text = text.replace(name, ours)
    return text.splitlines()


@pytest.mark.terraform
def test_a_kept_sandbox_serves_everyday_life(kept: tuple[Path, str]) -> None:
    project, environment_file = kept
    (project / "request.json").write_text("{}")
    (project / "setup.py").write_text(SETUP)
    enter, *life = commands_of_the_page(environment_file)
    *life, stop = [command for command in life if not command.startswith("cdktf")]
    said = {command.split()[1]: run(project, f"{enter}\n{command}") for command in life}
    assert said["plan"] == "quickstart: no changes\n"
    assert "quickstart: as applied" in said["verify"]
    assert "max_requests_per_second" in said["load-test"] or "requests per second" in said["load-test"]
    assert "0 added, 0 changed, 0 destroyed" in said['-chdir="$CDKTF_OUTDIR/stacks/quickstart"']
    ask = "import boto3; print(boto3.client('ssm').get_parameter(Name='/scorer/image')['Parameter']['Value'])"
    assert run(project, f'{enter}\npython setup.py\npython -c "{ask}"') == "scorer:1\n"
    run(project, stop)
    assert not Path(environment_file).exists()


@pytest.mark.terraform
def test_the_cdktf_cli_deploys_to_a_kept_sandbox(kept: tuple[Path, str], cdktf: Callable[..., str]) -> None:
    project, environment_file = kept
    (command,) = [line for line in commands_of_the_page(environment_file) if line.startswith("cdktf")]
    exported = run(project, f". {environment_file}\nenv -0").split("\0")
    environment: dict[str, Any] = dict(line.split("=", 1) for line in exported if "=" in line)
    arguments = command.replace('"$CDKTF_OUTDIR"', environment["CDKTF_OUTDIR"]).split()[1:]
    environment = {name: value for name, value in environment.items() if name not in ("PATH", "CI")}
    assert "0 added, 0 changed, 0 destroyed" in cdktf(project, *arguments, "--auto-approve", **environment)
