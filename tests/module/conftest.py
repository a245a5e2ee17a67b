"""Programs whose stacks become modules."""

from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = """\
from cdktf import App, LocalBackend, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)

app = App()
stack = TerraformStack(app, "scorer")
LocalBackend(stack, path="terraform.tfstate")
AwsProvider(stack, "aws", region="eu-west-1")
tag = TerraformVariable(stack, "image_tag", type="string", description="The tag of the scorer's image.")
threshold = TerraformVariable(
    stack, "threshold", type="number", description="Errors that raise the alarm.", default=10
)
count = TerraformVariable(stack, "instances", type="number", description="The instances.", default=1)
host = TerraformVariable(stack, "hostname", type="string", description="The container's host name.")
model = Model(
    stack,
    "Model",
    containers=[
        ContainerDefinition(
            image=ContainerImage.from_ecr_repository("scorer", tag.string_value),
            container_hostname=host.string_value,
        )
    ],
)
config = EndpointConfig(
    stack,
    "Config",
    instance_production_variants=[
        InstanceProductionVariantProps(
            model=model,
            variant_name="main",
            instance_type=InstanceType.M5_LARGE,
            initial_instance_count=count.number_value,
        )
    ],
)
endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
variant = endpoint.find_instance_production_variant("main")
variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations("Load", max_requests_per_second=30)
variant.metric_invocations().create_alarm(
    stack, "Busy", threshold=threshold.number_value, evaluation_periods=3
)
app.synth()
"""

NewProject = Callable[..., Path]


@pytest.fixture
def new_project(tmp_path: Path) -> NewProject:
    """Makes the project of a program."""

    def make(program: str = PROGRAM, name: str = "project") -> Path:
        directory = tmp_path / name
        directory.mkdir()
        (directory / "main.py").write_text(program)
        (directory / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        return directory

    return make
