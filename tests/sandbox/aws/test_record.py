from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.embedded_aws import EmbeddedAws


def named(aws: EmbeddedAws, name: str) -> list[dict[str, Any]]:
    return [call for call in aws.calls() if name in str(call["parameters"])]


def test_accepted_writes_are_remembered_with_their_parameters(embedded_aws: EmbeddedAws, model: str) -> None:
    (call,) = named(embedded_aws, model)
    assert (call["service"], call["action"]) == ("sagemaker", "CreateModel")
    assert call["parameters"]["PrimaryContainer"] == {
        "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"
    }


def test_refused_writes_and_reads_are_not(embedded_aws: EmbeddedAws, sagemaker: Any, name: str) -> None:
    with pytest.raises(ClientError):
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="missing")
    sagemaker.list_endpoints(NameContains=name)
    assert named(embedded_aws, name) == []
