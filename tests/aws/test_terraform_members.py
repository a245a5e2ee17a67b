import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_tf.aws.terraform_members import _OPERATIONS, rule_at

KEPT = Path(__file__).parents[1] / "data" / "synthesized"
OF_TERRAFORM = {"depends_on", "lifecycle", "provider", "name_prefix", "//", "count", "for_each", "tags"}
OF_THE_PROVIDER = {
    "actions_suppressor",
    "dimensions",
    "metric",
    "scalable_target_action",
    "step_adjustment",
}
"""Blocks and arguments that the provider has in another form than the API."""


def arguments(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    match value:
        case dict():
            for name, inner in value.items():
                if name not in OF_TERRAFORM | OF_THE_PROVIDER:
                    yield from arguments(inner, (*path, name))
        case list():
            for inner in value:
                yield from arguments(inner, path)
        case _:
            yield path


def test_the_arguments_that_are_written_are_found() -> None:
    written = {
        (type, *path)
        for file in KEPT.glob("*.json")
        for type, named in json.loads(file.read_text())["resource"].items()
        if type in _OPERATIONS
        for values in named.values()
        for path in arguments(values)
    }
    unknown = {argument for argument in written if rule_at(argument[0], argument[1:]) is None}
    assert len(written) > 60
    assert sorted(unknown) == []


@pytest.mark.parametrize(
    ("type", "path", "expected"),
    [
        ("aws_sagemaker_model", ("name",), (None, 63)),
        ("aws_sagemaker_model", ("primary_container", "image"), (None, 255)),
        ("aws_sagemaker_model", ("container", "container_hostname"), (None, 63)),
        ("aws_sagemaker_model", ("primary_container", "environment", "A"), (None, 1024)),
        ("aws_sagemaker_model", ("vpc_config", "subnets"), (1, 16)),
        (
            "aws_sagemaker_endpoint_configuration",
            ("production_variants", "initial_instance_count"),
            (1, None),
        ),
        (
            "aws_sagemaker_endpoint_configuration",
            ("production_variants", "serverless_config", "memory_size_in_mb"),
            (1024, 6144),
        ),
        ("aws_sagemaker_endpoint_configuration", ("kms_key_arn",), (None, 2048)),
        ("aws_cloudwatch_metric_alarm", ("alarm_description",), (None, 1024)),
        ("aws_cloudwatch_metric_alarm", ("metric_query", "expression"), (1, 2048)),
        ("aws_appautoscaling_policy", ("name",), (1, 256)),
    ],
)
def test_members_have_their_rules(type: str, path: tuple[str, ...], expected: tuple[Any, Any]) -> None:
    rule = rule_at(type, path)
    assert rule is not None
    assert (rule.lowest, rule.highest) == expected


@pytest.mark.parametrize(
    ("type", "path"), [("aws_s3_bucket", ("bucket",)), ("aws_sagemaker_model", ("tags_all",))]
)
def test_other_arguments_have_none(type: str, path: tuple[str, ...]) -> None:
    assert rule_at(type, path) is None
