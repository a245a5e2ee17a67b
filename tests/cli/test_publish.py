"""The progress of `sm-tf publish` on a terminal."""

import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_tf.sandbox.embedded_aws import ACCESS_KEY, EmbeddedAws

pytestmark = pytest.mark.slow

MAIN = """\
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import ContainerDefinition, ContainerImage, Model, ModelData

app = App()
stack = TerraformStack(app, "scorer")
AwsProvider(stack, "aws", region="us-east-1")
image = ContainerImage.from_ecr_repository("serving", "1")
data = ModelData.from_asset("model.tar.gz")
Model(stack, "Model", containers=[ContainerDefinition(image=image, model_data=data)])
app.synth()
"""


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws()
    yield aws
    aws.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text(MAIN)
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        archive.add(folder / "main.py", "weights")
    return folder


def test_a_terminal_shows_bars(terminal: Callable[..., Any], aws: EmbeddedAws, project: Path) -> None:
    aws.client("s3", "us-east-1").create_bucket(Bucket="models")
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": ACCESS_KEY}
    environment = {
        **os.environ,
        **keys,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "TERM": "xterm",
        "COLUMNS": "200",
    }
    shell = terminal("publish", "--bucket", "models", cwd=project, env=environment, stdout=subprocess.PIPE)
    shown = shell.end()
    assert shell.process.returncode == 0, shown
    assert shown.index("synthesizing") < shown.index("model.tar.gz: uploading")
    first, last = shell.process.stdout.read().splitlines()
    assert first.startswith("published  model.tar.gz  s3://models/sm-tf/")
    assert last == "Wrote sm-tf.assets.json. Commit it."
