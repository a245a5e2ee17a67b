"""`sm-tf publish` with images: real podman, a registry with a password, and Terraform without both."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.published_file import FILE
from sm_tf.sandbox.embedded_aws import ACCESS_KEY
from sm_tf.sandbox.sandbox import Sandbox

PAGE = Path(__file__).parents[2] / "docs" / "publish.md"
SM_TF = Path(sys.executable).with_name("sm-tf")
REPOSITORY = "team/models"
MAIN = """\
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import ContainerDefinition, ContainerImage, Model

app = App()
stack = TerraformStack(app, "scorer")
LocalBackend(stack, path="terraform.tfstate")
AwsProvider(stack, "aws", region="eu-west-1")
for name in {images}:
    Model(stack, name, containers=[ContainerDefinition(image=ContainerImage.from_asset(name))])
app.synth()
"""
HOLD = """\
#!/bin/sh
if [ "$1" = "{command}" ] && mkdir "{reached}" 2>/dev/null; then
    while [ -d "{reached}" ]; do sleep 0.1; done
    exit 1
fi
exec {podman} "$@"
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project with these images, by their Dockerfiles."""

    def make(**images: str) -> Path:
        project = tmp_path / "project"
        for name, dockerfile in images.items():
            (project / name).mkdir(parents=True)
            (project / name / "Dockerfile").write_text(dockerfile)
        (project / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        (project / "main.py").write_text(MAIN.format(images=list(images)))
        return project

    return make


@pytest.fixture
def environment(sandbox: Sandbox, registry: Any, podman: Any) -> dict[str, str]:
    """What `sm-tf publish` needs to find the AWS and podman. The repository exists."""
    assert registry.address
    sandbox.client("ecr").create_repository(repositoryName=REPOSITORY)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own = {
        "AWS_ENDPOINT_URL": sandbox.endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "SM_TF_CONTAINER_BUILDER": "podman",
    }
    return {
        **inherited,
        **podman.environment,
        "PATH": f"{SM_TF.parent}{os.pathsep}{os.environ['PATH']}",
        **own,
    }


def publish(project: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [SM_TF, "publish", "--repository", REPOSITORY],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.needs("git")
def test_the_commands_of_the_page_do_what_it_shows(
    sandbox: Sandbox, registry: Any, project: Any, environment: dict[str, str]
) -> None:
    folder = project(image="FROM scratch\nCOPY . /opt/\n")
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        archive.add(folder / "image", "weights")
    main = folder / "main.py"
    data = 'from_asset(name), model_data=ModelData.from_asset("model.tar.gz")'
    main.write_text(
        main.read_text().replace("Model\n", "Model, ModelData\n").replace("from_asset(name)", data)
    )
    sandbox.client("ecr").create_repository(repositoryName="models")
    here = {"LocationConstraint": "eu-west-1"}
    sandbox.client("s3", "eu-west-1").create_bucket(Bucket="acme-models", CreateBucketConfiguration=here)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    shown, said = "", ""
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for command in re.findall(r"^\$ (.*)", block, re.MULTILINE):
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
            )
            said += f"$ {command}\n{done.stdout}"
        shown += block
    shown, said = (re.sub("[0-9a-f]{64}", "HASH", text) for text in (shown, said))
    assert said.replace(registry.address, "123456789012.dkr.ecr.eu-west-1.amazonaws.com") == shown


def without_engine(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "SM_TF_CONTAINER_BUILDER": "nothing"}


def test_terraform_needs_no_engine_for_what_was_published(
    sandbox: Sandbox, registry: Any, bin_folder: Any, project: Any, environment: dict[str, str]
) -> None:
    folder = project(image="FROM scratch\nCOPY . /opt/\n")
    done = publish(folder, environment)
    assert done.returncode == 0, done.stderr
    (asset,) = json.loads((folder / FILE).read_text())["stacks"]["scorer"]["assets"]
    url, _, digest = asset["location"].partition("@")
    assert url == f"{registry.address}/{REPOSITORY}"
    assert registry.tags(REPOSITORY) == {asset["hash"]}
    assert done.stdout.splitlines()[0] == f"published  image  {url}@{digest}"

    # What the registry has is neither built nor pushed again.
    again = publish(folder, without_engine(environment))
    assert again.stdout.splitlines()[0] == f"present  image  {url}@{digest}"

    bin_folder.remove("podman")
    subprocess.run([SM_TF, "synth"], cwd=folder, check=True, capture_output=True, timeout=120)
    assert "local-exec" not in (folder / "cdktf.out/stacks/scorer/cdk.tf.json").read_text()
    stack = sandbox.stack(folder / "cdktf.out/stacks/scorer")
    stack.apply()
    assert stack.plan().empty
    client = sandbox.client("sagemaker")
    (model,) = client.list_models()["Models"]
    described = client.describe_model(ModelName=model["ModelName"])
    assert described["PrimaryContainer"]["Image"] == f"{url}@{digest}"
    stack.destroy()


def test_one_that_fails_is_named_while_the_others_finish(
    registry: Any, project: Any, environment: dict[str, str]
) -> None:
    folder = project(good="FROM scratch\nCOPY . /\n", broken="FROM scratch\nCOPY nothing /\n")
    done = publish(folder, environment)
    assert done.returncode == 1
    first, second, *log, last = done.stdout.splitlines()
    assert first.startswith(f"published  good  {registry.address}/{REPOSITORY}@sha256:")
    assert (second, last) == ("failed     broken", f"Wrote {FILE}. Commit it.")
    assert any("nothing" in line for line in log)
    assert any(line.startswith("  Error: podman could not build ") for line in log)
    (asset,) = json.loads((folder / FILE).read_text())["stacks"]["scorer"]["assets"]
    assert asset["path"] == "good"

    (folder / "good" / "more").write_text("more")
    done = publish(folder, without_engine(environment))
    assert done.stdout.count("  Error: no container builder works here (tried: nothing).") == 2
    assert not list(folder.glob("cdktf.out/.publishing-*"))


@pytest.mark.parametrize(
    ("command", "number"), [("build", signal.SIGKILL), ("push", signal.SIGKILL), ("build", signal.SIGINT)]
)
def test_a_run_that_ends_while_it_works_is_gone_on_with(
    registry: Any,
    project: Any,
    environment: dict[str, str],
    bin_folder: Any,
    start: Callable[..., Any],
    wait_until: Any,
    tmp_path: Path,
    command: str,
    number: signal.Signals,
) -> None:
    folder = project(image="FROM scratch\nCOPY . /\n")
    reached = tmp_path / "reached"
    podman = (bin_folder.path / "podman").read_text().split("exec ")[1].split()[0]
    bin_folder.fake("held", HOLD.format(command=command, reached=reached, podman=podman))
    held = {**environment, "SM_TF_CONTAINER_BUILDER": str(bin_folder.path / "held")}
    process = start(SM_TF, "publish", "--repository", REPOSITORY, cwd=folder, env=held)
    wait_until(reached.exists)
    os.kill(process.pid, number)
    assert process.wait(60) == (130 if number == signal.SIGINT else -number)
    reached.rmdir()
    assert not (folder / FILE).exists()
    done = publish(folder, environment)
    assert done.returncode == 0, done.stderr
    assert len(registry.tags(REPOSITORY)) == 1
    assert not list(folder.glob("cdktf.out/.publishing-*"))
