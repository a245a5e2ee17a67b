"""Assets that are published: what the file says, and what stacks make of it."""

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sm_tf import ContainerDefinition, ContainerImage, Model, ModelData
from sm_tf.bindings.core import Fn
from sm_tf.bindings.module_mode import VARIABLE as MODULE
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.published_file import (
    FILE,
    VARIABLE,
    Asset,
    PublishedAsset,
    PublishedFile,
    PublishedStack,
)

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
IMAGE = f"{HOST}/models@sha256:{'0' * 64}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project, with an image to build."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path


def assets_of(
    stack: Any, listed: Path, monkeypatch: pytest.MonkeyPatch, **options: Any
) -> list[dict[str, Any]]:
    """What a program lists to be published, for one model with an image."""
    with monkeypatch.context() as patch:
        patch.setenv(VARIABLE, str(listed))
        model_of(stack, **options)
    return [json.loads(line) for line in listed.read_text().splitlines()]


def model_of(stack: Any, id: str = "Model", **options: Any) -> Model:
    return Model(
        stack, id, containers=[ContainerDefinition(image=ContainerImage.from_asset("image", **options))]
    )


def publish(stack: str, described: dict[str, Any]) -> None:
    """Write the file, with this image."""
    names = ("type", "hash", "region", "destination", "encryption_key")
    asset = Asset(**{name: described[name] for name in names})
    arn = "arn:aws:ecr:eu-west-1:123456789012:repository/models"
    published = PublishedAsset(asset=asset, path="image", location=IMAGE, arn=arn)
    file = PublishedFile({stack: PublishedStack(repository="models", assets=(published,))})
    Path(FILE).write_bytes(file.content())


def test_a_program_lists_what_it_would_build(
    stack: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = assets_of(stack, folder / "listed", monkeypatch, build_args={"A": "1"}, target="serve")
    assert (listed["stack"], listed["path"], listed["type"]) == ("demo", "image", "image")
    assert (listed["region"], listed["destination"], listed["problem"]) == ("eu-west-1", None, None)
    assert listed["build"]["variables"] == {
        "PLATFORM": "linux/amd64",
        "TARGET": "serve",
        "BUILD_ARGS": "A",
        "BUILD_ARG_A": "1",
    }


def test_the_image_is_used_and_may_be_pulled(
    stack: Any, new_stack: Any, folder: Path, synth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = assets_of(new_stack("listing"), folder / "listed", monkeypatch)
    publish("demo", listed)
    model_of(stack)
    synthesized = synth(stack)
    assert synthesized.only("aws_sagemaker_model")["primary_container"]["image"] == IMAGE
    assert synthesized.resources("terraform_data") == synthesized.resources("aws_ecr_repository") == {}
    assert synthesized.allowed("ecr:BatchGetImage") == [
        "arn:aws:ecr:eu-west-1:123456789012:repository/models"
    ]


@pytest.mark.parametrize(
    "change",
    [{"region": "us-east-1"}, {"destination": "other"}, {"hash": "0" * 64}, {"type": "archive"}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_published_elsewhere_or_otherwise_is_not_used(
    stack: Any,
    new_stack: Any,
    folder: Path,
    synth: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
) -> None:
    (listed,) = assets_of(new_stack("listing"), folder / "listed", monkeypatch)
    publish("demo", {**listed, **change})
    model_of(stack)
    assert len(synth(stack).resources("terraform_data")) == 1
    said = "image isn't published as it is now, so Terraform will build it. Run `sm-tf publish`."
    assert said in [entry.data for entry in stack.node.find_child("Model").node.metadata]


def test_a_stack_of_which_nothing_is_published_is_as_before(
    stack: Any, new_stack: Any, folder: Path, synth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = assets_of(new_stack("listing"), folder / "listed", monkeypatch)
    publish("another", listed)
    model = model_of(stack)
    assert len(synth(stack).resources("terraform_data")) == 1
    assert [entry.data for entry in model.node.metadata if "publish" in str(entry.data)] == []


def test_a_module_contains_its_assets(
    stack: Any, new_stack: Any, folder: Path, synth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = assets_of(new_stack("listing"), folder / "listed", monkeypatch)
    publish("demo", {**listed, "region": None})
    monkeypatch.setenv(MODULE, "1")
    model_of(stack)
    assert IMAGE not in synth(stack).text


def test_what_only_terraform_knows_cannot_be_published(
    stack: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_later = Fn.join("", ["a", "b"])
    (listed,) = assets_of(stack, folder / "listed", monkeypatch, build_args={"BASE": known_later, "A": "1"})
    assert listed["problem"] == "only Terraform knows the build_args BASE"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"stacks": {"demo": {"bucket": 1, "repository": null, "assets": []}}}', "is damaged"),
        ('{"stacks": {"demo": {"bucket": null, "repository": null, "assets": [{}]}}}', "is damaged"),
        ("<<<<<<< HEAD\n{}", "has a merge conflict"),
    ],
)
def test_a_damaged_file_says_what_to_do(stack: Any, text: str, what: str) -> None:
    Path(FILE).write_text(text)
    rest = "restore an earlier version, or remove it, and run `sm-tf publish`"
    with pytest.raises(InvalidPropsError, match=f"^{FILE}: the file {what}: {rest}$"):
        model_of(stack)


def test_the_file_is_read_as_it_was_written() -> None:
    asset = Asset(type="archive", hash="0", region=None, destination="b", encryption_key="k")
    published = PublishedAsset(asset=asset, path="modèle.tar.gz", location="s3://b/k", arn="arn")
    file = PublishedFile({"demo": PublishedStack(bucket="b", assets=(published,))})
    Path(FILE).write_bytes(file.content())
    assert PublishedFile.read(Path(FILE)) == file
    assert file.find("demo", asset) == published
    assert file.find("other", asset) is None
    assert PublishedFile.read(Path("missing")) == PublishedFile({})


def test_an_archive_is_used_and_may_be_read(stack: Any, folder: Path, container: Any, synth: Any) -> None:
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(folder / "image" / "Dockerfile", "weights")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    asset = Asset(type="archive", hash=digest, region="eu-west-1", destination=None)
    published = PublishedAsset(
        asset=asset, path="model.tar.gz", location="s3://b/k/model.tar.gz", arn="arn:aws:s3:::b"
    )
    Path(FILE).write_bytes(PublishedFile({"demo": PublishedStack(assets=(published,))}).content())
    Model(stack, "Model", containers=[container(model_data=ModelData.from_asset(path))])
    synthesized = synth(stack)
    assert (
        synthesized.only("aws_sagemaker_model")["primary_container"]["model_data_url"] == published.location
    )
    assert synthesized.allowed("s3:GetObject") == ["arn:aws:s3:::b/k/model.tar.gz"]
    assert synthesized.resources("aws_s3_object") == {}
