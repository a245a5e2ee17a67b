import json
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.project.stack_json import SynthesizedResource, SynthesizedStackJson


def made_by(path: str) -> dict[str, Any]:
    return {"//": {"metadata": {"path": path, "uniqueId": path}}}


@pytest.fixture
def content(tmp_path: Path) -> SynthesizedStackJson:
    stack = {
        "resource": {"aws_iam_role": {"b": made_by("demo/B"), "a": {}}},
        "data": {"aws_region": {"here": made_by("demo/Here")}},
        "module": {"network": made_by("demo/Network")},
    }
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack))
    return SynthesizedStackJson(tmp_path)


def test_resources_have_the_path_of_their_construct(content: SynthesizedStackJson) -> None:
    assert content.resources == [
        SynthesizedResource(address="aws_iam_role.a", type="aws_iam_role", path=None),
        SynthesizedResource(address="aws_iam_role.b", type="aws_iam_role", path="demo/B"),
    ]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("aws_iam_role.b", "demo/B"),
        ("aws_iam_role.b[0]", "demo/B"),
        ('aws_iam_role.b["x.y"]', "demo/B"),
        ("aws_iam_role.b.lifecycle.precondition[0]", "demo/B"),
        ("data.aws_region.here", "demo/Here"),
        ("module.network.aws_vpc.main", "demo/Network"),
        ("aws_iam_role.a", None),
        ("aws_iam_role.gone", None),
        ("", None),
    ],
)
def test_an_address_leads_to_the_construct(
    content: SynthesizedStackJson, address: str, path: str | None
) -> None:
    assert content.path(address) == path


def test_a_folder_without_stack_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"is not a synthesized stack: it has no cdk\.tf\.json\."):
        SynthesizedStackJson(tmp_path)
