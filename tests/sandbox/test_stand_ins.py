"""Real Terraform finds the stand-ins for everything that a stack names or asks data sources for."""

from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox
from sm_tf.sandbox.existing import Existing
from sm_tf.sandbox.stand_ins import describe

EXISTING = Path(__file__).parent / "stacks" / "existing"


def test_a_stack_is_applied_on_what_exists_already(sagemaker_sandbox: Sandbox) -> None:
    stack = sagemaker_sandbox.stack(EXISTING)
    plan = stack.plan()
    made = {describe(thing) for thing in sagemaker_sandbox.stand_ins}
    assert {"role shared", "role x (account 222222222222)", "topic alerts (us-east-1)"} <= made
    assert sagemaker_sandbox.unmet == []
    stack.apply(plan)
    assert stack.plan().empty
    # They were made once, and are no calls of the program.
    assert len(made) == len(sagemaker_sandbox.stand_ins)
    assert sagemaker_sandbox.calls("CreateRole") == sagemaker_sandbox.calls("CreateVpc") == []


@pytest.mark.parametrize(
    ("kind", "name", "more", "words"),
    [
        ("role", "hosting", {"region": ""}, "role hosting"),
        ("topic", "alerts", {}, "topic alerts (eu-west-1)"),
        ("topic", "t", {"account": "999999999999"}, "topic t (eu-west-1, account 999999999999)"),
        (
            "subnet",
            "subnet-01234567",
            {"plural": True, "filters": (("tag:Tier", ("private",)),)},
            "subnets subnet-01234567 (eu-west-1, Tier=private)",
        ),
        ("policy", "P", {"region": "", "account": "aws"}, "policy P"),
    ],
)
def test_a_stand_in_is_described_in_words(kind: str, name: str, more: dict[str, str], words: str) -> None:
    place = {"region": "eu-west-1", "account": "123456789012"}
    assert describe(Existing(kind=kind, name=name, **{**place, **more})) == words  # type: ignore[arg-type]
