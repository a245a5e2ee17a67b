from typing import Any

import pytest

from sm_tf.aws.api_rules import Rule, cloudwatch, sagemaker
from sm_tf.module.validation import example, rules_of_variables, validations, wrong_value

VARIANT = "aws_sagemaker_endpoint_configuration"


def test_a_variable_has_the_rules_of_the_arguments_that_are_it() -> None:
    resources = {
        VARIANT: {
            "a": {
                "production_variants": [{"volume_size_in_gb": "${var.size}", "variant_name": "${var.name}"}]
            },
            "b": {"name": "x-${var.name}", "tags": {"size": "${var.size}"}},
        },
        "aws_sagemaker_model": {"m": {"primary_container": {"container_hostname": "${var.name}"}}},
    }
    found = rules_of_variables(resources)
    assert set(found) == {"size", "name"}
    assert sagemaker("ProductionVariantVolumeSizeInGB") in found["size"]
    assert found["name"] == [sagemaker("VariantName")]


@pytest.mark.parametrize(
    ("type", "rule", "condition", "said"),
    [
        (
            "number",
            sagemaker("ProductionVariantVolumeSizeInGB"),
            "${var.x >= 1 && var.x <= 512}",
            "x must be 1 to 512.",
        ),
        ("number", sagemaker("InitialTaskCount"), "${var.x >= 1}", "x must be 1 or more."),
        ("number", sagemaker("SamplingPercentage"), "${var.x >= 0 && var.x <= 100}", "x must be 0 to 100."),
        (
            "string",
            cloudwatch("AlarmDescription"),
            "${length(var.x) <= 1024}",
            "x must be at most 1024 characters long.",
        ),
        (
            "string",
            sagemaker("RepositoryAccessMode"),
            '${contains(["Platform", "Vpc"], var.x)}',
            "x must be one of Platform, Vpc.",
        ),
    ],
)
def test_a_rule_is_a_condition_and_a_sentence(type: str, rule: Rule, condition: str, said: str) -> None:
    (found,) = validations("x", type, [rule], nullable=False)
    assert found == {"condition": condition, "error_message": said}


def test_a_pattern_is_a_condition_of_its_own() -> None:
    length, pattern = validations("x", "string", [sagemaker("VariantName")], nullable=False)
    assert length["condition"] == "${length(var.x) <= 63}"
    assert pattern["condition"] == '${can(regex("^(?:[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62})$", var.x))}'


def test_terraform_cannot_look_around() -> None:
    assert all(
        "regex" not in each["condition"]
        for each in validations("x", "string", [sagemaker("AlarmName")], nullable=False)
    )


def test_null_passes_where_it_is_the_default() -> None:
    (found,) = validations("x", "number", [sagemaker("InitialTaskCount")], nullable=True)
    assert found["condition"] == "${var.x == null || var.x >= 1}"


@pytest.mark.parametrize(
    ("type", "rule"),
    [
        ("number", sagemaker("ProductionVariantVolumeSizeInGB")),
        ("string", sagemaker("VariantName")),
        ("string", sagemaker("Url")),
        ("string", sagemaker("RoleArn")),
        ("string", sagemaker("SnsTopicArn")),
        ("string", sagemaker("RepositoryAccessMode")),
    ],
)
def test_examples_are_allowed_and_wrong_values_are_not(type: str, rule: Rule) -> None:
    allowed: Any = example(type, [rule])
    wrong: Any = wrong_value(type, [rule])
    assert allowed is not None
    assert wrong is not None
    if type == "string":
        assert rule.allows(allowed)
        assert not rule.allows(wrong)
    else:
        assert rule.lowest is not None
        assert wrong < rule.lowest <= allowed
