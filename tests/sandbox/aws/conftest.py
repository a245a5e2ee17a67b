from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from sm_tf.sandbox.embedded_aws import EmbeddedAws

REGION = "eu-west-1"


@pytest.fixture(scope="session")
def embedded_aws(execution_role: Callable[..., str]) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws()
    execution_role(lambda service: aws.client(service, REGION))
    yield aws
    aws.close()


@pytest.fixture
def client(embedded_aws: EmbeddedAws) -> Callable[[str], Any]:
    return lambda service: embedded_aws.client(service, REGION)


@pytest.fixture
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture
def scaling(client: Callable[[str], Any]) -> Any:
    return client("application-autoscaling")


@pytest.fixture
def name() -> str:
    """A name that no other test uses: they share one AWS."""
    return f"t-{uuid4().hex[:12]}"


@pytest.fixture
def model(sagemaker: Any, name: str) -> str:
    """The name of a model that exists."""
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"},
    )
    return name


@pytest.fixture
def configure(sagemaker: Any, model: str) -> Callable[..., str]:
    """Creates an endpoint configuration: name and what differs from one ml.m5.large."""

    def create(name: str, *variants: dict[str, Any], **options: Any) -> str:
        plain = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        production = [
            {
                "VariantName": "main",
                "ModelName": model,
                "InitialVariantWeight": 1.0,
                **({} if "ServerlessConfig" in variant else plain),
                **variant,
            }
            for variant in variants or [{}]
        ]
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=production, **options)
        return name

    return create


@pytest.fixture
def endpoint(sagemaker: Any, configure: Callable[..., str], name: str) -> str:
    """The name of an endpoint that exists, with the variant `main` on one ml.m5.large."""
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name))
    return name
