"""A committed stack of each template lives where there is Terraform and nothing else."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.scaffold.template import builtin_templates
from sm_tf.vcs.committed_stacks import write_stacks

ANSWERS = {"backend": "hcp", "runs": "vcs", "ci": "none"}
TEMPLATES = [
    pytest.param(template.name, marks=() if template.name == "realtime" else (pytest.mark.long,))
    for template in builtin_templates()
    if template.name != "module"  # It is committed in another way.
]


def linked(source: Path, target: Path) -> None:
    """Put a program into another folder, without a copy where the file system allows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def alone(tmp_path: Path, sagemaker_sandbox: Sandbox) -> Callable[[Path], Callable[..., str]]:
    """Runs Terraform on a committed stack, in a root folder with it, the provider and the stack alone."""

    def make(committed: Path) -> Callable[..., str]:
        stack = sagemaker_sandbox.stack(committed)
        assert stack.plan().creates  # The provider is installed then.
        root = tmp_path / "root"
        shutil.copytree(stack.directory, root / "stack", ignore=shutil.ignore_patterns(".terraform"))
        (root / "tmp").mkdir()
        linked(
            Path(shutil.which(sagemaker_sandbox.terraform.command[0]) or "").resolve(), root / "bin/terraform"
        )
        providers = stack.directory / ".terraform" / "providers"
        for folder, _, files in os.walk(providers, followlinks=True):
            for file in files:
                program = Path(folder, file)
                linked(program.resolve(), root / "plugins" / program.relative_to(providers))
        given = {
            name: value for name, value in sagemaker_sandbox.environment.items() if name.startswith("AWS_")
        }
        given.pop("AWS_CA_BUNDLE", None)
        environment = {**given, "PATH": "/bin", "HOME": "/", "CHECKPOINT_DISABLE": "1"}

        def run(*arguments: str) -> str:
            done = subprocess.run(
                [shutil.which("chroot") or "chroot", root, "/bin/terraform", "-chdir=/stack", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        return run

    return make


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the root folder")
@pytest.mark.parametrize("template", TEMPLATES)
def test_from_init_to_destroy(
    make_project: Callable[..., Path],
    tmp_path: Path,
    sagemaker_sandbox: Sandbox,
    alone: Callable[[Path], Callable[..., str]],
    template: str,
) -> None:
    (written,) = write_stacks(make_project(template, "served", **ANSWERS), tmp_path / "deploy")
    terraform = alone(written.directory)
    terraform("init", "-input=false", "-plugin-dir=/plugins", "-lockfile=readonly")
    terraform("validate")
    terraform("plan", "-input=false", "-out=/tmp/plan")
    terraform("apply", "-input=false", "/tmp/plan")
    assert "No changes" in terraform("plan", "-input=false", "-no-color")
    (endpoint,) = sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]
    assert endpoint["EndpointName"] == json.loads(terraform("output", "-json"))["endpoint_name"]["value"]
    terraform("destroy", "-input=false", "-auto-approve")
    assert sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"] == []
