"""Stacks that are committed: the same on every machine, and enough for Terraform alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.vcs.committed_stacks import MARKER, write_stacks
from sm_tf.vcs.lock_file import LOCK_FILE

PROGRAM = """\
from cdktf import App, LocalBackend, TerraformAsset, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import Metric

metric = Metric(namespace="N", metric_name="M")
app = App()
for name in ("one", "two"):
    stack = TerraformStack(app, name)
    LocalBackend(stack, path="terraform.tfstate")
    AwsProvider(stack, "aws", region="eu-west-1")
    SnsTopic(stack, "topic", name=name)
    metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    asset = TerraformAsset(stack, "asset", path="data.txt")
    TerraformOutput(stack, "data", value=asset.path)
{more}
app.synth()
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project whose program has these lines too."""

    def make(more: str = "", folder: str = "project") -> Path:
        path = tmp_path / folder
        path.mkdir(parents=True, exist_ok=True)
        (path / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        (path / "data.txt").write_text("data")
        (path / "main.py").write_text(PROGRAM.format(more=more))
        return path

    return make


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


@pytest.mark.terraform
def test_two_machines_write_the_same(
    project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_stacks(project(), tmp_path / "first")
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    write_stacks(project(folder="else/where"), tmp_path / "second")
    written = content(tmp_path / "first")
    assert written == content(tmp_path / "second")
    assert [stack.name for stack in first] == ["one", "two"]
    stack = json.loads(written["one/cdk.tf.json"])
    assert stack["terraform"].keys() == {"required_providers"}
    assert str(tmp_path) not in b"".join(written.values()).decode()
    assert any(path.startswith("one/assets/") for path in written)
    assert b"registry.terraform.io/hashicorp/aws" in written[f"two/{LOCK_FILE}"]
    assert b".terraform/" in written[".terraformignore"]


@pytest.mark.terraform
def test_a_lock_file_that_fits_stays_and_another_one_is_made_again(
    project: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "deploy"
    write_stacks(project(), folder)
    lock = folder / "one" / LOCK_FILE
    other = '"h1:9eqpOvoOPnqJWP7cyMTS8LlKE4JcmLbvoHWDUXSx0qM=",'
    noted = lock.read_text().replace("  hashes = [", f"  hashes = [\n    {other}")
    lock.write_text(noted)
    write_stacks(project(), folder)
    assert lock.read_text() == noted
    lock.write_text(noted.replace("5.100.0", "5.99.0"))
    write_stacks(project(), folder)
    assert 'version     = "5.100.0"' in lock.read_text()


@pytest.mark.terraform
def test_a_stack_that_is_gone_leaves_the_folder_and_other_files_stay(
    project: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "deploy"
    write_stacks(project(), folder)
    (folder / "one" / "terraform.tfvars").write_text("mine")
    program = project() / "main.py"
    program.write_text(program.read_text().replace('("one", "two")', '("one",)'))
    write_stacks(tmp_path / "project", folder)
    assert not (folder / "two" / "cdk.tf.json").exists()
    assert (folder / "one" / "terraform.tfvars").read_text() == "mine"
    assert "two/cdk.tf.json" not in json.loads((folder / MARKER).read_text())["files"]


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        (
            "TerraformOutput(stack, 'here', value=__file__)",
            ToolError,
            r"Stack two: output.here.value has the path .*main.py of this machine",
        ),
        (
            "SnsTopic(stack, 'other', name=app.node.find_child('one').node.find_child('topic').arn)",
            UsageError,
            "Stack two reads .* from a state file",
        ),
        ("raise SystemExit('broken')", ToolError, "broken"),
    ],
)
def test_what_another_machine_lacks_is_refused(
    project: Callable[..., Path], tmp_path: Path, more: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        write_stacks(project(more), tmp_path / "deploy")
    assert not (tmp_path / "deploy").exists()


@pytest.mark.terraform
def test_a_path_of_a_container_is_none_of_this_machine(project: Callable[..., Path], tmp_path: Path) -> None:
    more = f"TerraformOutput(stack, 'home', value='{tmp_path}/project/cache')"
    write_stacks(project(more), tmp_path / "deploy")


def test_a_folder_of_something_else_is_left_alone(project: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "main.tf").write_text("")
    with pytest.raises(UsageError, match="no stack was written there before"):
        write_stacks(project(), tmp_path / "deploy")


def test_without_a_project_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no cdktf\.json"):
        write_stacks(tmp_path, tmp_path / "deploy")


@pytest.mark.terraform
def test_warnings_and_images_that_are_built_on_apply_are_told(
    project: Callable[..., Path], tmp_path: Path
) -> None:
    folder = project(
        "from sm_tf import ContainerDefinition, ContainerImage, Model\n"
        "image = ContainerImage.from_asset('image')\n"
        "Model(stack, 'Model', containers=[ContainerDefinition(image=image)])\n"
        "from cdktf import Annotations\n"
        "Annotations.of(stack).add_warning('Look here.')"
    )
    (folder / "image").mkdir()
    (folder / "image" / "Dockerfile").write_text("FROM scratch\n")
    _, two = write_stacks(folder, tmp_path / "deploy")
    assert any("needs docker, podman or finch" in warning for warning in two.warnings)
    assert "two: Look here." in two.warnings
    shutil.rmtree(tmp_path / "deploy")
