"""The whole way: real Terraform, podman and a registry that asks for a password."""

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf.bindings.core import App, TerraformOutput, TerraformStack
from sm_tf.images.image_asset import ImageAsset
from sm_tf.images.image_build import ImageBuild
from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.sandbox.stack import Stack

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def synthesize(out: Path, folder: Path) -> Path:
    stack = TerraformStack(App(outdir=str(out)), "demo")
    AwsProvider(stack, "Aws", region="eu-west-1")
    image = ImageAsset.in_stack_of(
        stack, ImageBuild.checked("demo", folder, build_args={"VERSION": "one and a half"})
    )
    TerraformOutput(stack, "image", value=image.image_uri)
    # The same image once more, at the same time: both runs must end well.
    ImageAsset(stack, "Twin", directory=folder, build_args={"VERSION": "one and a half"})
    late = ImageAsset(stack, "Late", directory=folder, build_args={"VERSION": image.repository_arn})
    TerraformOutput(stack, "late", value=late.image_uri)
    App.of(stack).synth()
    return out / "stacks" / "demo"


def test_image_is_built_pushed_and_left_alone(
    sandbox: Sandbox,
    registry: Any,
    podman: Any,
    bin_folder: Any,
    folder: Path,
    tmp_path: Path,
    image_files: Callable[[str], dict[str, str]],
) -> None:
    (folder / "Dockerfile").write_text("FROM scratch\nARG VERSION\nLABEL version=$VERSION\nCOPY . /opt/\n")
    (folder / ".dockerignore").write_text("*.log\n")
    (folder / "serve").write_text("#!/bin/sh\n")
    (folder / "serve").chmod(0o755)
    (folder / "latest").symlink_to("model.py")
    (folder / "train.log").write_text("epoch 1")
    stack = sandbox.stack(synthesize(tmp_path / "out", folder))
    output: list[Any] = []
    stack.on_event = output.append

    stack.apply()

    uri, late = stack.outputs()["image"], stack.outputs()["late"]
    repository_url, _, tag = uri.rpartition(":")
    name = repository_url.removeprefix(f"{registry.address}/")
    assert re.fullmatch("demo-images-[0-9a-f]{8}", name)
    assert registry.tags(name) == {tag, late.rpartition(":")[2]}
    builds = [r for r in stack.resources() if r.type == "terraform_data"]
    built = [build.attributes["triggers_replace"]["value"]["image_uri"] for build in builds]
    assert sorted(built) == sorted([uri, uri, late])
    (repository,) = sandbox.client("ecr").describe_repositories()["repositories"]
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["imageTagMutability"] == "IMMUTABLE"

    manifest = registry.get(f"{name}/manifests/{tag}", DOCKER_MANIFEST)
    assert manifest["mediaType"] == DOCKER_MANIFEST
    podman.run("rmi", "--all", "--force")
    podman.run("pull", "--quiet", "--creds", f"AWS:{registry.password}", uri)
    inspected = json.loads(podman.run("inspect", uri))[0]
    assert (inspected["Os"], inspected["Architecture"]) == ("linux", "amd64")
    assert inspected["Labels"]["version"] == "one and a half"
    files = image_files(uri)
    assert files["opt/model.py"] == "644"
    assert files["opt/serve"] == "755"
    assert files["opt/latest"] == "->model.py"
    assert "opt/train.log" not in files
    podman.run("pull", "--quiet", "--creds", f"AWS:{registry.password}", late)
    arn = json.loads(podman.run("inspect", late))[0]["Labels"]["version"]
    assert arn == repository["repositoryArn"]

    # What the registry has is not built again.
    before = len(bin_folder.lines("podman [build]"))
    assert before in (2, 3)
    script = next(stack.directory.glob("assets/*/*/build_and_push.sh"))
    given = {
        "REPOSITORY_URL": repository_url,
        "TAG": tag,
        "REGION": "eu-west-1",
        "PLATFORM": "linux/amd64",
        "TARGET": "",
        "BUILD_ARGS": "",
    }
    again = subprocess.run(
        ["sh", str(script)],
        env=sandbox.environment | given,
        cwd=stack.directory,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert again.stdout == f"{uri} is already in the registry.\n", again.stderr
    assert len(bin_folder.lines("podman [build]")) == before

    # Nothing changed, or nothing that is in the image: an empty plan.
    assert stack.plan().empty
    (folder / "train.log").write_text("epoch 2")
    (folder / "model.py").touch()
    stack.update_from(synthesize(tmp_path / "again", folder))
    assert stack.plan().empty

    # A change of a file: a new tag, pushed beside the old one.
    (folder / "model.py").write_text("print('bye')\n")
    stack.update_from(synthesize(tmp_path / "changed", folder))
    plan = stack.plan()
    assert plan.file is not None
    with zipfile.ZipFile(plan.file) as content:
        planned = b"".join(content.read(name) for name in content.namelist())
    stack.apply(plan)
    assert len(registry.tags(name)) == 4
    assert stack.plan().empty

    # The password is nowhere but on its way to podman.
    state = "".join(file.read_text() for file in stack.directory.glob("*.tfstate*"))
    for secret in (registry.password, registry.authorization):
        assert secret.encode() not in planned
        assert secret not in state
        assert secret not in repr(output)
        assert secret not in "\n".join(bin_folder.lines())
    left = {file.name for folder in stack.directory.glob("assets/*/*") for file in folder.iterdir()}
    assert left == {"build_and_push.sh", "image.tar"}

    stack.destroy()
    assert sandbox.client("ecr").describe_repositories()["repositories"] == []


def terraform(stack: Stack, sandbox: Sandbox, *arguments: str) -> None:
    command = [*sandbox.terraform.command, f"-chdir={stack.directory}", *arguments]
    subprocess.run(command, env=dict(sandbox.environment), check=True, capture_output=True, timeout=300)


@pytest.mark.long
@pytest.mark.parametrize("how", ["taint", "replace"])
def test_repository_and_builds_can_be_made_again(
    sandbox: Sandbox, registry: Any, folder: Path, tmp_path: Path, how: str
) -> None:
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /opt/\n")
    stack = sandbox.stack(synthesize(tmp_path / "out", folder))
    stack.apply()
    for address in sorted(resource.address for resource in stack.resources()):
        if how == "taint":
            terraform(stack, sandbox, "taint", address)
            stack.apply()
        else:
            terraform(stack, sandbox, "apply", "-auto-approve", "-input=false", f"-replace={address}")
        assert stack.plan().empty, address
        (repository,) = sandbox.client("ecr").describe_repositories()["repositories"]
        images = {stack.outputs()[output].rpartition(":") for output in ("image", "late")}
        assert {url for url, _, _ in images} == {f"{registry.address}/{repository['repositoryName']}"}
        assert registry.tags(repository["repositoryName"]) == {tag for _, _, tag in images}
