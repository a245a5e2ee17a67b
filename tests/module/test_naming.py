"""Names in HCL, from the paths of constructs."""

import pytest

from sm_tf.module.naming import resource_names, snake_case


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ModelLatencyAlarm", "model_latency_alarm"),
        ("mainInstanceCount", "main_instance_count"),
        ("LimitRPS", "limit_rps"),
        ("my-endpoint.v2", "my_endpoint_v_2"),
        ("main-5xx-error-rate", "main_5xx_error_rate"),
        ("Endpoint/Resource", "endpoint_resource"),
        ("2024", "_2024"),
        ("模型", "_"),
    ],
)
def test_snake_case(text: str, name: str) -> None:
    assert snake_case(text) == name


def named(**paths: str) -> dict[str, str]:
    return resource_names({address.replace("__", "."): path for address, path in paths.items()})


def test_words_that_the_type_says_are_left_out() -> None:
    names = named(
        aws_iam_role__a="app/Sentiment/Role",
        aws_sagemaker_model__b="app/Sentiment/Resource",
        aws_cloudwatch_metric_alarm__c="app/Endpoint/Alarms/main-cpu/Resource",
        aws_iam_role_policy__d="app/SmTfGrants0BC97F0D/Resource",
        data__aws_caller_identity__e="app/SmTfCallerIdentity",
    )
    assert list(names.values()) == ["endpoint_main_cpu", "sentiment", "grants", "sentiment", "current"]


def test_two_that_would_meet_keep_all_words_and_then_a_number() -> None:
    names = named(
        aws_iam_role__a="app/Model", aws_iam_role__b="app/Model/Role", aws_iam_role__c="app/Model-Role"
    )
    assert list(names.values()) == ["model", "model_role", "model_role_2"]


def test_a_resource_without_a_path_keeps_its_id() -> None:
    assert resource_names({"aws_iam_role.MyRole": None}) == {"aws_iam_role.MyRole": "my"}


def test_a_construct_that_is_called_as_its_type_says_keeps_its_name() -> None:
    assert named(aws_sagemaker_endpoint__a="app/Endpoint/Resource") == {
        "aws_sagemaker_endpoint.a": "endpoint"
    }
