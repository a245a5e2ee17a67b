import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.project.synthesis import SynthesizedStack
from sm_tf.project.terraform import Terraform
from sm_tf.project.terraform_runner import TerraformRunner
from sm_tf.project.terraform_state import AppliedVariant, read_applied

ReadState = Callable[..., Any]
CONFIG = "${aws_sagemaker_endpoint_configuration.c.name}"


def endpoint(config: str, **fields: Any) -> dict[str, Any]:
    return {
        "address": "aws_sagemaker_endpoint.e",
        "mode": "managed",
        "type": "aws_sagemaker_endpoint",
        "values": {
            "arn": "arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:endpoint/demo",
            "name": "demo",
            "endpoint_config_name": config,
            "deployment_config": [],
            **fields,
        },
    }


def config(name: str, *, id: str = "c", **fields: Any) -> dict[str, Any]:
    variant = {"variant_name": "main", "model_name": f"{name}-model", "initial_variant_weight": 2}
    return {
        "address": f"aws_sagemaker_endpoint_configuration.{id}",
        "mode": "managed",
        "type": "aws_sagemaker_endpoint_configuration",
        "values": {"name": name, "production_variants": [variant], **fields},
    }


@pytest.fixture
def read(tmp_path: Path) -> ReadState:
    """Reads a state with these resources, of a program whose endpoint has this configuration."""

    def read(*resources: dict[str, Any], program: str = CONFIG, output: str | None = None) -> Any:
        stack = tmp_path / "stack"
        stack.mkdir()
        metadata = {"metadata": {"path": "demo/Endpoint/Resource"}}
        block = {"endpoint_config_name": program, "//": metadata}
        content = {"resource": {"aws_sagemaker_endpoint": {"e": block}}}
        (stack / "cdk.tf.json").write_text(json.dumps(content))
        state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
        (tmp_path / "state").write_text(json.dumps(state) if output is None else output)
        terraform = tmp_path / "terraform"
        terraform.write_text(f"#!/bin/sh\ncat {tmp_path / 'state'}\n")
        terraform.chmod(0o755)
        found = TerraformRunner(
            program=Terraform(command=(str(terraform),), version="1.5.0"), environment={}, folder=tmp_path
        )
        return read_applied(found, SynthesizedStack(name="demo", directory=stack, dependencies=()))

    return read


@pytest.fixture
def endpoints(read: ReadState) -> ReadState:
    return lambda *resources, **options: read(*resources, **options).endpoints


def test_an_endpoint_has_the_configuration_that_the_program_refers_to(endpoints: ReadState) -> None:
    """Not the one in the endpoint's own state: after a rollback the provider notes the old one there."""
    (found,) = endpoints(endpoint("old"), config("other", id="b"), config("new"))
    assert (found.name, found.region, found.account) == ("demo", "us-gov-west-1", "123456789012")
    assert (found.address, found.path) == ("aws_sagemaker_endpoint.e", "demo/Endpoint/Resource")
    assert found.config_name == "new"
    assert found.variants == {"main": AppliedVariant(model="new-model", weight=2)}
    assert found.alarms == ()


@pytest.mark.parametrize("program", ["theirs", "${var.config}"])
def test_another_stacks_configuration_is_known_by_its_name_only(endpoints: ReadState, program: str) -> None:
    (found,) = endpoints(endpoint("theirs"), config("other"), program=program)
    assert (found.config_name, found.variants) == ("theirs", None)


def test_a_configuration_may_be_found_by_its_name(endpoints: ReadState) -> None:
    (found,) = endpoints(endpoint("new"), config("new"), program="${local.config}")
    assert found.variants == {"main": AppliedVariant(model="new-model", weight=2)}


def test_shadow_variants_are_variants(endpoints: ReadState) -> None:
    shadow = {"variant_name": "shadow", "model_name": "s", "initial_variant_weight": 1}
    (found,) = endpoints(endpoint("new"), config("new", shadow_production_variants=[shadow]))
    assert sorted(found.variants) == ["main", "shadow"]


def test_the_alarms_are_those_that_roll_back(endpoints: ReadState) -> None:
    alarms = [{"alarm_name": "latency"}, {"alarm_name": "errors"}]
    deployment = [{"auto_rollback_configuration": [{"alarms": alarms}]}]
    (found,) = endpoints(endpoint("new", deployment_config=deployment), config("new"))
    assert found.alarms == ("errors", "latency")


def test_only_what_the_stack_manages_counts(endpoints: ReadState) -> None:
    data = {**endpoint("new"), "address": "data.aws_sagemaker_endpoint.e", "mode": "data"}
    waiting = {**config("old"), "deposed_key": "00000001"}
    (found,) = endpoints(data, endpoint("old"), waiting, config("new"))
    assert found.config_name == "new"


def test_modules_are_part_of_the_stack(endpoints: ReadState) -> None:
    module = {"resources": [{**endpoint("c"), "address": "module.m.aws_sagemaker_endpoint.e"}]}
    nested = {"values": {"root_module": {"child_modules": [{"child_modules": [module]}]}}}
    (found,) = endpoints(output=json.dumps(nested))
    assert (found.address, found.path) == ("module.m.aws_sagemaker_endpoint.e", None)
    assert (found.config_name, found.variants) == ("c", None)


def test_an_endpoint_that_was_not_applied_is_missing(read: ReadState) -> None:
    assert read(config("new")).missing == ("demo/Endpoint/Resource",)


@pytest.mark.parametrize("address", ["aws_sagemaker_endpoint.e", "aws_sagemaker_endpoint.e[0]"])
def test_an_endpoint_that_was_applied_is_not_missing(read: ReadState, address: str) -> None:
    assert read({**endpoint("new"), "address": address}, config("new")).missing == ()


def test_an_empty_state_says_so(read: ReadState) -> None:
    with pytest.raises(ToolError, match="Stack demo has not been applied yet"):
        read(output='{"format_version": "1.0"}')


def test_a_state_that_is_none_is_quoted(read: ReadState) -> None:
    with pytest.raises(ToolError, match=r"The state of stack demo cannot be read\.\nnonsense"):
        read(output="nonsense")
