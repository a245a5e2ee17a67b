"""The two steps of docs/rollback-alarms.md leave no gap."""

import re
import textwrap
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox, synthesize

PAGE = (Path(__file__).parents[2] / "docs" / "rollback-alarms.md").read_text()
BLOCKS = re.findall(r"^ *```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
SHARED, FIRST, SECOND = map(textwrap.dedent, BLOCKS)


def program(folder: Path, *parts: str) -> Path:
    """The folder of the program's stack."""
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text("".join((SHARED, *parts, "app.synth()\n")))
    (stack,) = synthesize(folder, folder / "cdktf.out")
    return stack.directory


@pytest.mark.long
def test_a_second_endpoint_takes_over(tmp_path: Path, sagemaker_sandbox: Sandbox) -> None:
    sandbox = sagemaker_sandbox
    stack = sandbox.stack(program(tmp_path / "today", FIRST))
    stack.apply()

    # In place, it would be replaced.
    alarms = "endpoint.add_recommended_alarms(rollback=True)\n"
    stack.update_from(program(tmp_path / "in-place", FIRST, alarms))
    (replaced,) = stack.plan().replaces
    assert replaced.startswith("aws_sagemaker_endpoint.Endpoint_")

    stack.update_from(program(tmp_path / "first", FIRST, SECOND))
    first = stack.plan()
    assert (first.updates, first.replaces, first.deletes) == ((), (), ())
    stack.apply(first)
    sagemaker = sandbox.client("sagemaker")
    for name in ("scorer-endpoint", "scorer-guarded-rollback"):
        assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"

    stack.update_from(program(tmp_path / "second", SECOND))
    second = stack.plan()
    assert (second.creates, second.updates, second.replaces) == ((), (), ())
    assert second.deletes == (replaced,)
    stack.apply(second)
    assert stack.plan().empty
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    assert endpoint["EndpointName"] == "scorer-guarded-rollback"
    described = sagemaker.describe_endpoint(EndpointName=endpoint["EndpointName"])
    assert described["LastDeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
