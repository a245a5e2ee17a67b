"""The real CDKTF CLI reads our projects."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLI = "cdktf-cli@0.21.0"
# One worker installs it, and all that use it are its tests.
pytestmark = pytest.mark.xdist_group("cdktf-cli")


@pytest.fixture(scope="session")
def cdktf() -> Path:
    """The CLI from npm, installed once beside the interpreter."""
    home = Path(sys.prefix) / CLI
    program = home / "node_modules" / ".bin" / "cdktf"
    if not program.exists():
        home.mkdir(exist_ok=True)
        options = ["--no-audit", "--no-fund", "--silent"]
        subprocess.run(["npm", "install", *options, "--prefix", home, CLI], check=True, timeout=600)
    return program


def test_cdktf_synth_writes_what_the_program_writes(cdktf, copy_of_example):
    project = copy_of_example("quickstart")
    by_program = (project.synthesize() / "cdk.tf.json").read_bytes()

    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CHECKPOINT_DISABLE": "1",
        "CI": "1",
    }
    environment.pop("TF_CLI_CONFIG_FILE", None)
    subprocess.run([cdktf, "synth", "--output", "by-cli"], cwd=project.directory, env=environment, check=True)
    by_cli = project.directory / "by-cli" / "stacks" / "quickstart" / "cdk.tf.json"

    assert by_cli.read_bytes() == by_program
    assert json.loads(by_program)["resource"]["aws_sagemaker_endpoint"]
