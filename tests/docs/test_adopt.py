"""The ways of docs/adopt.md keep an endpoint that serves."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.sandbox import Plan, Sandbox, Stack, synthesize

PAGE = (Path(__file__).parents[2] / "docs" / "adopt.md").read_text()
(BY_HAND,) = re.findall(r"```hcl\n(.*?)```", PAGE, re.DOTALL)
PROGRAM, MOVE, OVERRIDE, IMPORT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def program(folder: Path, *parts: str) -> Path:
    """The folder of the program's stack."""
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text("".join((PROGRAM, *parts, "app.synth()\n")))
    (stack,) = synthesize(folder, folder / "cdktf.out")
    return stack.directory


def endpoint_actions(plan: Plan) -> list[str]:
    actions = {
        "create": plan.creates,
        "update": plan.updates,
        "replace": plan.replaces,
        "delete": plan.deletes,
    }
    return [
        action
        for action, addresses in actions.items()
        for address in addresses
        if address.startswith("aws_sagemaker_endpoint.")
    ]


def assert_kept(sandbox: Sandbox, stack: Stack) -> None:
    """One endpoint was ever created, and it has the program's configuration."""
    assert len(sandbox.calls("CreateEndpoint")) == 1
    assert sandbox.calls("DeleteEndpoint") == []
    endpoint = sandbox.client("sagemaker").describe_endpoint(EndpointName="scorer")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"].startswith("scorer-config-")
    assert stack.plan().empty


@pytest.mark.parametrize(
    "step", [pytest.param(MOVE, id="move"), pytest.param(OVERRIDE, id="override", marks=pytest.mark.long)]
)
def test_an_endpoint_written_by_hand_is_kept(
    tmp_path: Path, sagemaker_sandbox: Sandbox, execution_role: Callable[..., str], step: str
) -> None:
    execution_role(sagemaker_sandbox.client, "scorer")
    by_hand = tmp_path / "by-hand"
    by_hand.mkdir()
    (by_hand / "main.tf").write_text(BY_HAND)
    provider = {"provider": {"aws": [{"region": "eu-west-1"}]}}
    (by_hand / "cdk.tf.json").write_text(json.dumps(provider))
    stack = sagemaker_sandbox.stack(by_hand)
    stack.apply()
    stack.update_from(program(tmp_path / "program", step))
    plan = stack.plan()
    assert endpoint_actions(plan) == ["update"]
    stack.apply(plan)
    assert_kept(sagemaker_sandbox, stack)
    models = sagemaker_sandbox.client("sagemaker").list_models()["Models"]
    assert [model["ModelName"].startswith("scorer-model-") for model in models] == [True]
    if step == MOVE:
        stack.update_from(program(tmp_path / "afterwards"))
        assert stack.plan().empty


def test_an_endpoint_from_outside_terraform_is_kept(
    tmp_path: Path, sagemaker_sandbox: Sandbox, execution_role: Callable[..., str]
) -> None:
    execution_role(sagemaker_sandbox.client, "scorer")
    stack = sagemaker_sandbox.stack(program(tmp_path / "program", IMPORT))
    sagemaker = sagemaker_sandbox.client("sagemaker")
    sagemaker.create_model(
        ModelName="scorer-1",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/scorer",
        PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scorer:1"},
    )
    variant = {
        "VariantName": "main",
        "ModelName": "scorer-1",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName="scorer-1", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="scorer", EndpointConfigName="scorer-1")
    plan = stack.plan()
    assert endpoint_actions(plan) == ["update"]
    stack.apply(plan)
    assert_kept(sagemaker_sandbox, stack)
