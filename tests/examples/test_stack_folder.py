"""A synthesized stack is a folder that Terraform applies wherever it is, without Python and Node."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox

# What the image build asks of a machine besides Terraform and podman.
SHELL_TOOLS = """
    awk base64 cat chmod cut curl date dirname env grep head mkdir mktemp od rm sed sh sleep sort tar tr
    uname wc
"""
PODMAN = "podman conmon crun runc netavark fuse-overlayfs newuidmap newgidmap"


def only(programs: str, folder: Path) -> str:
    """A PATH that holds nothing but these programs."""
    folder.mkdir()
    for program in programs.split():
        if found := shutil.which(program):
            (folder / program).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize(
    ("example", "programs"),
    [
        ("quickstart", ""),
        pytest.param(
            "aws_cdk_port",
            f"{SHELL_TOOLS} {PODMAN}",
            marks=[pytest.mark.needs("curl", "podman", "docker-registry"), pytest.mark.long],
        ),
    ],
)
def test_a_copied_folder_applies_without_python_and_node(
    example, programs, copy_of_example, tmp_path, sagemaker_sandbox: Sandbox
):
    project = copy_of_example(example)
    stack = sagemaker_sandbox.stack(project.synthesize())
    elsewhere = Path(shutil.copytree(stack.directory, tmp_path / "elsewhere"))
    shutil.rmtree(project.directory)

    path = only(f"terraform {programs}", tmp_path / "bin")
    hidden = ("python", "python3", "node", "npm", "aws")
    assert not any(shutil.which(program, path=path) for program in hidden)
    environment = {**sagemaker_sandbox.environment, "PATH": path}

    def terraform(*arguments: str) -> int:
        command = [Path(path) / "terraform", *arguments]
        return subprocess.run(command, cwd=elsewhere, env=environment, stdin=subprocess.DEVNULL).returncode

    assert terraform("init", "-input=false") == 0
    assert terraform("apply", "-input=false", "-auto-approve") == 0
    assert terraform("plan", "-input=false", "-detailed-exitcode") == 0
    assert sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]
