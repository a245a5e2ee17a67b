"""The rules of AWS's APIs, against the API's own model."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from sm_tf.aws.api_rules import api_table, rule_of, sagemaker, shapes


def tool() -> Any:
    """The program that writes the tables."""
    file = Path(__file__).parents[2] / "tools" / "api_rules.py"
    spec = importlib.util.spec_from_file_location("api_rules_tool", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = tool()


@pytest.mark.parametrize("service", sorted(TOOL.OPERATIONS))
def test_botocore_says_the_same(service: str) -> None:
    table = api_table(service)
    assert {name: table[name] for name in ("operations", "shapes")} == TOOL.rules_of(service), (
        "botocore has changed: write the tables again with make api-rules"
    )
    assert table["source"].startswith("botocore ")
    assert len(table["date"]) == len("2026-11-26")


def test_the_program_writes_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TOOL, "FOLDER", tmp_path)
    TOOL.main()
    for service in TOOL.OPERATIONS:
        written = (tmp_path / f"{service}.json").read_text().splitlines()
        committed = (
            (Path(TOOL.__file__).parents[1] / f"sm_tf/aws/api/{service}.json").read_text().splitlines()
        )
        # The first lines have the version and the day.
        assert written[3:] == committed[3:]


def test_every_pattern_is_one_of_python() -> None:
    assert len(shapes()) > 300
    for service, shape in shapes():
        rule_of(service, shape)


@pytest.mark.parametrize(
    ("shape", "text", "taken"),
    [
        ("TagKey", "Größe 1", True),
        ("TagKey", "模型", True),
        ("TagKey", "a,b", False),
        ("TagKey", "tab\t", False),
        ("EnvironmentKey", "MODEL_1", True),
        ("EnvironmentKey", "größe", False),
        ("VersionedArnOrName", "package/1", True),
        ("VersionedArnOrName", "package-/1", False),
        ("RoleArn", "arn:aws-cn:iam::123456789012:role/team/x", True),
        ("RoleArn", "arn:aws:iam::12:role/x", False),
        ("EndpointName", "x" * 63, True),
        ("EndpointName", "x" * 64, False),
        ("ModelCacheSetting", "Enabled", True),
        ("ModelCacheSetting", "enabled", False),
    ],
)
def test_texts(shape: str, text: str, taken: bool) -> None:
    assert sagemaker(shape).allows(text) == taken


@pytest.mark.parametrize(
    ("shape", "text", "taken"),
    [
        ("PolicyName", "a b/c", True),
        ("PolicyName", "größe", False),
        ("ResourceIdMaxLen1600", "endpoint/😀", True),
        ("ResourceIdMaxLen1600", "bell\a", False),
        ("ScheduledActionName", "every night", True),
        ("ScheduledActionName", "a:b", False),
        ("ScheduledActionName", " a", False),
    ],
)
def test_texts_of_scaling(shape: str, text: str, taken: bool) -> None:
    assert rule_of("application-autoscaling", shape).allows(text) == taken


def test_sets_to_which_aws_adds_often_stay_open() -> None:
    assert sagemaker("ProductionVariantInstanceType").choices == ()
    assert sagemaker("ProductionVariantInferenceAmiVersion").choices == ()
