"""The commands of the page on HCP Terraform are run, up to HCP Terraform itself."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.project.terraform_runner import terraform_runner

PAGE = (Path(__file__).parents[2] / "docs" / "hcp.md").read_text()
BY_CLI, COMMIT, COMPARE, IN_CI = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def run(
    make_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Runs commands in a project in a repository of its own."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n  name = Test\n  email = test@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    project = make_project("serverless", "scorer", ci="none", backend="local")

    def in_project(script: str) -> str:
        done = subprocess.run(
            ["sh", "-ec", script], cwd=project, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    in_project("git init --quiet && git add . && git commit --quiet --message start")
    return in_project


@pytest.mark.terraform
@pytest.mark.needs("git")
def test_what_is_committed_stays_the_same(run: Callable[..., str]) -> None:
    assert "scorer: wrote 2 files to deploy/scorer" in run(COMMIT)
    run(COMPARE)
    deployed = Path(run("pwd").strip()) / "deploy" / "scorer"
    with terraform_runner() as terraform:
        assert terraform.init("scorer", deployed, "-backend=false", "-lockfile=readonly") == []
        assert terraform.validate("scorer", deployed) == []
    run(COMPARE)
    run("echo >>deploy/scorer/cdk.tf.json")
    run(COMMIT.splitlines()[0])
    run(COMPARE)


@pytest.mark.parametrize("commands", [BY_CLI, IN_CI])
def test_the_other_ways_name_the_stack_of_the_program(commands: str) -> None:
    synth, *terraform = commands.splitlines()
    assert synth == "sm-tf synth"
    assert all(command.startswith("terraform -chdir=cdktf.out/stacks/scorer ") for command in terraform)
