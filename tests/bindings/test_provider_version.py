import json

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import ContainerDefinition, ContainerImage, Model, ModelData
from sm_tf.bindings.core import App, TerraformStack

CONTEXT_KEY = "sm_tf:aws_provider_version"

IMAGE = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
USERS = "terraform.required_providers.aws.version"


def version(content):
    return content.content["terraform"]["required_providers"]["aws"]["version"]


def add_model(stack, id="Model", **fields):
    Model(stack, id, containers=[ContainerDefinition(image=IMAGE, **fields)])


def test_a_stack_with_a_construct_accepts_both_majors(stack, synth) -> None:
    add_model(stack)
    assert version(synth(stack)) == ">= 5.100.0, < 7.0.0"


def test_a_stack_without_one_is_left_alone(stack, synth) -> None:
    assert "," not in version(synth(stack))


def test_every_stack_of_an_app_has_its_own(app, new_stack, tmp_path) -> None:
    add_model(new_stack("plain"))
    add_model(
        new_stack("adapters"), additional_model_data={"a": ModelData.from_s3_data_source("s3://models/a/")}
    )
    app.synth()
    found = {
        id: json.loads((tmp_path / "out" / "stacks" / id / "cdk.tf.json").read_text())["terraform"]
        for id in ("plain", "adapters")
    }
    assert found["plain"]["required_providers"]["aws"]["version"] == ">= 5.100.0, < 7.0.0"
    assert found["adapters"]["required_providers"]["aws"]["version"] == ">= 6.25.0, < 7.0.0"


def test_the_highest_need_wins_in_any_order(stack, synth) -> None:
    add_model(stack, "New", additional_model_data={"a": ModelData.from_s3_data_source("s3://models/a/")})
    add_model(stack, "Old")
    assert version(synth(stack)) == ">= 6.25.0, < 7.0.0"


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_the_users_override_wins(stack, synth, first) -> None:
    if first:
        stack.add_override(USERS, "~> 5.100")
    add_model(stack)
    if not first:
        stack.add_override(USERS, "~> 5.100")
    assert version(synth(stack)) == "~> 5.100"


def test_the_context_wins(synth, tmp_path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path), context={CONTEXT_KEY: "5.100.0"}), "demo")
    AwsProvider(stack, "aws")
    add_model(stack)
    assert version(synth(stack)) == "5.100.0"


def test_more_providers_of_one_stack_share_the_range(stack, synth) -> None:
    AwsProvider(stack, "other", alias="other", region="us-east-1")
    add_model(stack)
    AwsProvider(stack, "late", alias="late", region="us-west-1")
    assert version(synth(stack)) == ">= 5.100.0, < 7.0.0"


def test_a_second_synthesis_is_the_same(stack, synth) -> None:
    add_model(stack)
    assert synth(stack) == synth(stack)
