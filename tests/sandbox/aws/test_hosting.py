"""What AWS refuses, or fails at, because of image, AMI and instance type."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/r"
DLC = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("vllm/vllm-openai:v0.6.0", "without Vpc repository access mode is not supported"),
        ("public.ecr.aws/docker/library/python:3", "without Vpc repository access mode is not supported"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:1", "Cross region ECR image pulls"),
        ("123456789012.dkr-ecr.us-east-1.on.aws/app:1", "Cross region ECR image pulls"),
    ],
)
def test_an_image_that_sagemaker_cant_pull_is_refused(
    sagemaker: Any, name: str, image: str, said: str
) -> None:
    with pytest.raises(ClientError, match=said):
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": image})


@pytest.mark.parametrize(
    "image",
    [
        {"Image": "ghcr.io/team/app:1", "ImageConfig": {"RepositoryAccessMode": "Vpc"}},
        {"Image": "123456789012.dkr-ecr.eu-west-1.on.aws/app:1"},
        {"Image": f"{OWN}/app@sha256:{'0' * 64}"},
    ],
)
def test_other_images_are_taken(sagemaker: Any, name: str, image: dict[str, Any]) -> None:
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=image)


def test_direct_invocation_needs_host_names(sagemaker: Any, name: str) -> None:
    with pytest.raises(ClientError, match="needs a ContainerHostname for direct invocation"):
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=ROLE,
            Containers=[{"Image": f"{OWN}/app:1"}] * 2,
            InferenceExecutionConfig={"Mode": "Direct"},
        )


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ({"InstanceType": "ml.g5.2xlarge", "VolumeSizeInGB": 256}, "VolumeSizeInGB of variant main"),
        (
            {"ManagedInstanceScaling": {"Status": "ENABLED", "MaxInstanceCount": 2}},
            "only supported for inference component endpoints",
        ),
    ],
)
def test_a_variant_that_its_type_doesnt_fit_is_refused(
    configure: Callable[..., str], name: str, variant: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError, match=said):
        configure(name, variant)


@pytest.mark.parametrize(
    ("image", "instance_type", "options", "reason"),
    [
        (f"{DLC}/djl-inference:0.36.0-lmi28.0.0-cu130", "ml.g5.2xlarge", {}, "CannotStartContainerError"),
        (f"{OWN}/app:1-arm64", "ml.m5.large", {}, "Request to service failed"),
        (f"{OWN}/app:1-neuronx", "ml.g5.2xlarge", {}, "did not pass the ping health check"),
        (f"{OWN}/app:1", "ml.g5.2xlarge", {"SM_NUM_GPUS": "4"}, "did not pass the ping health check"),
        (f"{OWN}/app:1", "ml.m5.large", {}, None),
    ],
)
def test_a_container_that_cant_run_there_leaves_a_failed_endpoint(
    sagemaker: Any,
    configure: Callable[..., str],
    name: str,
    image: str,
    instance_type: str,
    options: dict[str, str],
    reason: str | None,
) -> None:
    model = f"{name}-m"
    container = {"Image": image, "Environment": options}
    sagemaker.create_model(ModelName=model, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    configure(name, {"ModelName": model, "InstanceType": instance_type})
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    described = sagemaker.describe_endpoint(EndpointName=name)
    assert described["EndpointStatus"] == ("Failed" if reason else "InService")
    assert reason is None or reason in described["FailureReason"]
