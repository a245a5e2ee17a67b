"""The construct: what it writes into the stack, and what it refuses."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.data_aws_ecr_repository import DataAwsEcrRepository
from cdktf_cdktf_provider_aws.ecr_repository import EcrRepository
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf.bindings import core
from sm_tf.bindings.core import App, Construct, LocalBackend, TerraformStack
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.images.image_asset import ImageAsset
from sm_tf.images.image_build import ImageBuild


def stack_in(out: Path, id: str = "Demo") -> TerraformStack:
    stack = TerraformStack(App(outdir=str(out)), id)
    AwsProvider(stack, "Aws", region="eu-west-1")
    LocalBackend(stack, path="terraform.tfstate")
    return stack


@pytest.fixture
def stack(tmp_path: Path) -> TerraformStack:
    return stack_in(tmp_path / "out")


def synthesized(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(core.Testing.synth(stack))
    return content


def builds(stack: TerraformStack) -> list[dict[str, Any]]:
    return list(synthesized(stack)["resource"]["terraform_data"].values())


def environment(stack: TerraformStack) -> dict[str, str]:
    (build,) = builds(stack)
    found: dict[str, str] = build["provisioner"][0]["local-exec"]["environment"]
    return found


def test_image_is_built_when_its_uri_changes(stack: TerraformStack, folder: Path) -> None:
    asset = ImageAsset(stack, "Image", directory=folder)
    (build,) = builds(stack)
    url = "${aws_ecr_repository.SmTfImages.repository_url}"
    assert build["triggers_replace"] == {"image_uri": f"{url}:{asset.content_hash}"}
    script = build["provisioner"][0]["local-exec"]
    assert script["interpreter"] == ["sh"]
    assert script["command"].startswith("${path.module}/assets/")
    assert script["command"].endswith(f"/{asset.content_hash}/build_and_push.sh")
    assert script["environment"] == {
        "REPOSITORY_URL": url,
        "TAG": asset.content_hash,
        "REGION": '${element(split(":", aws_ecr_repository.SmTfImages.arn), 3)}',
        "PLATFORM": "linux/amd64",
        "TARGET": "",
        "BUILD_ARGS": "",
    }


def test_options_reach_the_script(stack: TerraformStack, folder: Path) -> None:
    build_args = {"B": "two words 'quoted'", "A": "1"}
    ImageAsset(
        stack, "Image", directory=folder, build_args=build_args, target="serve", platform="linux/arm64"
    )
    given = environment(stack)
    assert given["BUILD_ARGS"] == "A B"
    assert given["BUILD_ARG_A"] == "1"
    assert given["BUILD_ARG_B"] == "two words 'quoted'"
    assert given["TARGET"] == "serve"
    assert given["PLATFORM"] == "linux/arm64"


def test_own_repository_is_private_scanned_and_immutable(stack: TerraformStack, folder: Path) -> None:
    ImageAsset(stack, "Image", directory=folder)
    (repository,) = synthesized(stack)["resource"]["aws_ecr_repository"].values()
    assert repository == {
        "name": "demo-images-${substr(uuid(), 0, 8)}",
        "lifecycle": {"ignore_changes": ["name"]},
        "image_scanning_configuration": {"scan_on_push": True},
        "image_tag_mutability": "IMMUTABLE",
        "force_delete": True,
    }


def test_images_of_a_stack_share_its_repository(stack: TerraformStack, folder: Path) -> None:
    first = ImageAsset(stack, "First", directory=folder)
    second = ImageAsset(Construct(stack, "Scope"), "Second", directory=folder, exclude=["*.py"])
    assert first.repository is second.repository
    assert len(synthesized(stack)["resource"]["aws_ecr_repository"]) == 1


def test_given_repository_is_used(stack: TerraformStack, folder: Path) -> None:
    given = EcrRepository(stack, "Given", name="given")
    asset = ImageAsset(stack, "Image", directory=folder, repository=given)
    assert asset.repository is given
    assert environment(stack)["REPOSITORY_URL"] == "${aws_ecr_repository.Given.repository_url}"
    assert len(synthesized(stack)["resource"]["aws_ecr_repository"]) == 1


def test_data_source_is_used(stack: TerraformStack, folder: Path) -> None:
    given = DataAwsEcrRepository(stack, "Given", name="given")
    ImageAsset(stack, "Image", directory=folder, repository=given)
    assert environment(stack)["REPOSITORY_URL"] == "${data.aws_ecr_repository.Given.repository_url}"
    assert "aws_ecr_repository" not in synthesized(stack)["resource"]


@pytest.mark.parametrize(
    ("given", "looked_up"),
    [
        ("team/models", {"name": "team/models"}),
        (
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/models",
            {"name": "team/models", "registry_id": "123456789012"},
        ),
        ("${var.repository}", {"name": "${var.repository}"}),
    ],
)
def test_repository_is_looked_up_by_name_or_arn(
    stack: TerraformStack, folder: Path, given: str, looked_up: dict[str, str]
) -> None:
    ImageAsset(stack, "Image", directory=folder, repository=given)
    (data,) = synthesized(stack)["data"]["aws_ecr_repository"].values()
    assert data == looked_up


@pytest.mark.parametrize(
    "options",
    [
        {"build_args": {"A": "1"}},
        {"build_args": {"A": "2"}},
        {"build_args": {"B": "1"}},
        {"target": "serve"},
        {"platform": "linux/arm64"},
        {"exclude": ["model.py"]},
    ],
)
def test_every_option_that_changes_the_image_changes_the_hash(
    stack: TerraformStack, folder: Path, options: dict[str, Any]
) -> None:
    plain = ImageAsset(stack, "Plain", directory=folder)
    assert ImageAsset(stack, "Other", directory=folder, **options).content_hash != plain.content_hash


def test_tag_follows_build_arguments_that_only_terraform_knows(stack: TerraformStack, folder: Path) -> None:
    base = EcrRepository(stack, "Base", name="base")
    asset = ImageAsset(stack, "Image", directory=folder, build_args={"BASE": base.repository_url, "A": "1"})
    tag = f'${{sha256(jsonencode(["{asset.content_hash}", aws_ecr_repository.Base.repository_url]))}}'
    assert environment(stack)["TAG"] == tag
    assert environment(stack)["BUILD_ARG_BASE"] == "${aws_ecr_repository.Base.repository_url}"


def test_same_image_is_built_once_in_a_stack(stack: TerraformStack, folder: Path) -> None:
    one = ImageAsset.in_stack_of(
        Construct(stack, "One"), ImageBuild.checked("demo", folder, build_args={"A": "1", "B": "2"})
    )
    two = ImageAsset.in_stack_of(
        Construct(stack, "Two"), ImageBuild.checked("demo", str(folder), build_args={"B": "2", "A": "1"})
    )
    assert one is two
    assert len(builds(stack)) == 1


def test_other_images_of_a_stack_are_built_too(stack: TerraformStack, folder: Path) -> None:
    given = EcrRepository(stack, "Given", name="given")
    Construct(stack, "Image-my-image-2")
    assets = [
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder)),
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder, target="serve")),
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder, repository=given)),
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder, repository="given")),
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder, build_args={"A": given.arn})),
        ImageAsset.in_stack_of(
            stack, ImageBuild.checked("demo", folder, build_args={"A": given.repository_url})
        ),
    ]
    assert len({asset.node.path for asset in assets}) == 6
    assert len(builds(stack)) == 6


def test_each_stack_builds_its_own(tmp_path: Path, folder: Path) -> None:
    app = App(outdir=str(tmp_path / "out"))
    one, two = TerraformStack(app, "One"), TerraformStack(app, "Two")
    first, second = (
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder)) for stack in (one, two)
    )
    assert first is not second
    assert first.content_hash == second.content_hash
    assert first.repository is not second.repository


def test_json_is_the_same_wherever_and_whenever_it_is_made(tmp_path: Path, folder: Path) -> None:
    texts = []
    for out in ("one", "two"):
        stack = stack_in(tmp_path / out)
        moved = folder.rename(tmp_path / out / folder.name) if out == "two" else folder
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", moved))
        App.of(stack).synth()
        texts.append((tmp_path / out / "stacks" / "Demo" / "cdk.tf.json").read_text())
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]


def test_stack_folder_holds_all_that_the_build_needs(tmp_path: Path, folder: Path) -> None:
    stack = stack_in(tmp_path / "out")
    ImageAsset(stack, "Image", directory=folder)
    App.of(stack).synth()
    made = tmp_path / "out" / "stacks" / "Demo"
    (build,) = json.loads((made / "cdk.tf.json").read_text())["resource"]["terraform_data"].values()
    script = Path(build["provisioner"][0]["local-exec"]["command"].replace("${path.module}", str(made)))
    assert sorted(file.name for file in script.parent.iterdir()) == ["build_and_push.sh", "image.tar"]
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_every_mistake_is_named_at_once(stack: TerraformStack, tmp_path: Path) -> None:
    with pytest.raises(InvalidPropsError) as raised:
        ImageAsset(
            stack,
            "Image",
            directory=tmp_path / "nowhere",
            build_args={"1A": "x", "B-C": "y"},
            target=" ",
            platform="windows/amd64",
            repository="https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/x",
        )
    assert raised.value.where == "Demo/Image"
    given = [
        "nowhere' does not exist",
        "'1A'",
        "'B-C'",
        "target ' '",
        "windows",
        "repository",
    ]
    assert len(raised.value.problems) == len(given)
    for problem, expected in zip(raised.value.problems, given, strict=True):
        assert expected in problem


def test_folder_without_dockerfile_is_refused(stack: TerraformStack, folder: Path) -> None:
    (folder / "Dockerfile").unlink()
    with pytest.raises(
        InvalidPropsError, match="has no file 'Dockerfile'; add a Dockerfile, or pass its name as file="
    ):
        ImageAsset.in_stack_of(stack, ImageBuild.checked("demo", folder))
    with pytest.raises(InvalidPropsError, match="has no file 'gpu/Dockerfile'"):
        ImageAsset(stack, "Image", directory=folder, file="gpu/Dockerfile")


def test_file_in_place_of_a_folder_is_refused(stack: TerraformStack, folder: Path) -> None:
    with pytest.raises(InvalidPropsError, match="is a file, not a folder"):
        ImageAsset(stack, "Image", directory=folder / "Dockerfile")


def test_token_in_place_of_a_folder_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(InvalidPropsError, match="known at synth"):
        ImageAsset(stack, "Image", directory="${path.module}/image")


@pytest.mark.parametrize("repository", ["Upper", "a", "a//b", "-a", "arn:aws:s3:::bucket", "x:latest"])
def test_anything_but_a_repository_is_refused(stack: TerraformStack, folder: Path, repository: Any) -> None:
    with pytest.raises(InvalidPropsError, match=r"is not (the ARN of )?an ECR repository"):
        ImageAsset(stack, "Image", directory=folder, repository=repository)
