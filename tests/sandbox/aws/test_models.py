from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/r"
IMAGE = {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"}


def refused(sagemaker: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as error:
        sagemaker.create_model(ExecutionRoleArn=ROLE, **request)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return str(error.value)


def test_a_model_is_described_as_it_was_created(sagemaker: Any, name: str) -> None:
    containers = [{**IMAGE, "ContainerHostname": "a"}, {**IMAGE, "ContainerHostname": "b"}]
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        Containers=containers,
        InferenceExecutionConfig={"Mode": "Direct"},
        EnableNetworkIsolation=True,
    )

    described = sagemaker.describe_model(ModelName=name)

    assert described["Containers"] == [{**container, "Mode": "SingleModel"} for container in containers]
    assert described["InferenceExecutionConfig"] == {"Mode": "Direct"}
    assert described["EnableNetworkIsolation"] is True
    assert "PrimaryContainer" not in described
    assert "VpcConfig" not in described


def test_a_name_that_exists_is_refused(sagemaker: Any, model: str) -> None:
    assert "already existing model" in refused(sagemaker, ModelName=model, PrimaryContainer=IMAGE)


def test_a_deleted_name_is_free_again(sagemaker: Any, model: str) -> None:
    sagemaker.delete_model(ModelName=model)
    sagemaker.create_model(ModelName=model, ExecutionRoleArn=ROLE, PrimaryContainer=IMAGE)


@pytest.mark.parametrize("bad", ["under_score", "-first", "last-"])
def test_an_invalid_name_is_refused(sagemaker: Any, bad: str) -> None:
    assert "satisfy regular expression" in refused(sagemaker, ModelName=bad, PrimaryContainer=IMAGE)


@pytest.mark.parametrize(
    ("containers", "said"),
    [
        ({}, "must be specified"),
        ({"PrimaryContainer": IMAGE, "Containers": [IMAGE]}, "both"),
        ({"PrimaryContainer": {"Mode": "SingleModel"}}, "needs an Image"),
        ({"Containers": [IMAGE] * 16}, "less than or equal to 15"),
        ({"Containers": [{**IMAGE, "ContainerHostname": "a"}] * 2}, "used 2 times"),
        ({"Containers": [{**IMAGE, "ContainerHostname": "a"}, IMAGE]}, "every container or none"),
    ],
)
def test_impossible_containers_are_refused(
    sagemaker: Any, name: str, containers: dict[str, Any], said: str
) -> None:
    assert said in refused(sagemaker, ModelName=name, **containers)


def test_a_tag_that_is_there_gets_the_new_value(sagemaker: Any, model: str) -> None:
    arn = sagemaker.describe_model(ModelName=model)["ModelArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "b"}]
