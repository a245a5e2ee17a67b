"""What the last release wrote and applied stays when its programs are run with this code.

Each folder of `data/released` holds a program and the JSON that the last release wrote for it. With a new
release, both are taken anew: from `examples`, and from `__snapshots__/test_golden`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sm_tf.sandbox import Sandbox

RELEASED = sorted((Path(__file__).parent / "data" / "released").iterdir())


def write_modules(folder: Path, stacks: dict[str, str]) -> Path:
    """One stack that has others as its modules, since a plan takes long whatever its size."""
    root: dict[str, Any] = {"provider": {"aws": [{"region": "eu-west-1"}]}, "module": {}}
    for name, written in stacks.items():
        content = json.loads(written)
        assert content.pop("provider") == root["provider"]
        del content["terraform"]["backend"]
        root["module"][name] = {"source": f"./{name}"}
        module = folder / name
        module.mkdir(parents=True)
        (module / "cdk.tf.json").write_text(json.dumps(content))
    (folder / "cdk.tf.json").write_text(json.dumps(root))
    return folder


def test_an_upgrade_replaces_nothing(
    tmp_path: Path, sagemaker_sandbox: Sandbox, run_program: Callable[[Path], str]
) -> None:
    before = {folder.name: (folder / "cdk.tf.json").read_text() for folder in RELEASED}
    stack = sagemaker_sandbox.stack(write_modules(tmp_path / "before", before))
    stack.apply()
    endpoints = sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]
    assert len(endpoints) >= len(RELEASED)

    after = {folder.name: run_program(folder) for folder in RELEASED}
    stack.update_from(write_modules(tmp_path / "after", after))
    plan = stack.plan()
    assert not plan.replaces
    # The grants on an endpoint stand in one policy of the stack.
    assert all(".aws_iam_role_policy.Endpoint_InvokeBy" in address for address in plan.deletes)
    granted = [address for address in plan.creates if ".aws_iam_role_policy.SmTfGrants" in address]
    assert len(granted) == len(plan.deletes)

    stack.apply(plan)
    assert stack.plan().empty
