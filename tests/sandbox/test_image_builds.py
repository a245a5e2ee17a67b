import json
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.sandbox import Sandbox
from sm_tf.sandbox.image_builds import image_builds

BUILD = {
    "triggers_replace": {"image_uri": "${aws_ecr_repository.images.repository_url}:1"},
    "provisioner": [
        {
            "local-exec": {
                "command": "./build.sh",
                "interpreter": ["sh"],
                "environment": {
                    "IMAGE": "${aws_ecr_repository.images.repository_url}:1",
                    "PYTHON": sys.executable,
                },
            }
        }
    ],
}
SCRIPT = """\
set -e
cd "$(dirname "$0")"
registry=${IMAGE%%/*}
token=$("$PYTHON" -c '
import base64, boto3
data = boto3.client("ecr").get_authorization_token()["authorizationData"][0]
print(base64.b64decode(data["authorizationToken"]).decode().split(":")[1])')
export REGISTRY_AUTH_FILE=$PWD/auth.json
echo "$token" | podman login --username AWS --password-stdin "$registry"
podman build --tag "$IMAGE" context
podman push "$IMAGE"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack that builds an image from an empty one and pushes it."""
    folder = tmp_path / "images"
    (folder / "context").mkdir(parents=True)
    (folder / "context" / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    (folder / "build.sh").write_text(SCRIPT)
    content = {
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "resource": {
            "aws_ecr_repository": {"images": {"name": "team/images", "force_delete": True}},
            "terraform_data": {"build": BUILD, "other": {"input": 1}},
        },
    }
    (folder / "cdk.tf.json").write_text(json.dumps(content))
    return folder


def test_image_builds_are_told_from_other_resources(folder: Path) -> None:
    content = json.loads((folder / "cdk.tf.json").read_text())
    assert image_builds(content) == ["build"]
    assert image_builds({}) == []


@pytest.mark.needs("podman", "docker-registry")
def test_images_are_built_and_pushed_to_a_real_registry(
    folder: Path, sagemaker_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SM_TF_CONTAINER_BUILDER", "podman")
    aws = sagemaker_sandbox
    stack = aws.stack(folder)
    stack.apply()
    assert aws.builds_images
    assert stack.plan().empty

    repository = aws.client("ecr").describe_repositories()["repositories"][0]["repositoryUri"]
    registry, name = repository.split("/", 1)
    assert registry.startswith("127.0.0.1:")
    tags = f"http://{registry}/v2/{name}/tags/list"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(tags)
    token = aws.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    request = urllib.request.Request(tags, headers={"Authorization": f"Basic {token}"})
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["tags"] == ["1"]
    wrong = {"Authorization": f"Basic {b64encode(b'AWS:wrong').decode()}"}
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(tags, headers=wrong))

    stack.destroy()
    aws.close()
    listed = subprocess.run(["podman", "images"], capture_output=True, text=True).stdout
    assert registry not in listed


@pytest.mark.terraform
def test_without_a_builder_the_image_is_left_out(folder: Path, hide: Callable[[str], None]) -> None:
    hide("docker-registry")
    with Sandbox() as aws:
        stack = aws.stack(folder)
        assert stack.image_builds == ["build"]
        stack.apply()
        assert not aws.builds_images
        repository: dict[str, Any] = aws.client("ecr").describe_repositories()["repositories"][0]
        assert repository["repositoryUri"].endswith(".amazonaws.com/team/images")
