"""What AWS answers, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.load_test import Payload, SageMakerClients
from sm_tf.load_test.client import Failure

PAYLOAD = Payload(body=b"[1]", content_type="application/json")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SageMakerClients:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    return SageMakerClients(region="eu-west-1")


@pytest.fixture
def sagemaker(aws: SageMakerClients) -> Iterator[Stubber]:
    with Stubber(aws._sagemaker) as stubber:
        yield stubber


@pytest.fixture
def runtime(aws: SageMakerClients) -> Iterator[Stubber]:
    with Stubber(aws._runtime) as stubber:
        yield stubber


def test_an_endpoint_that_is_missing_or_has_no_name_is_wrong_usage(
    aws: SageMakerClients, sagemaker: Stubber
) -> None:
    def refuse(message: str) -> None:
        sagemaker.add_client_error("describe_endpoint", "ValidationException", message)

    refuse('Could not find endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/demo".')
    with pytest.raises(UsageError, match=r"^No endpoint is named demo in eu-west-1\.$"):
        aws.describe("demo")
    refuse("1 validation error detected: Value 'no_name' at 'endpointName' failed to satisfy constraint")
    with pytest.raises(
        UsageError, match=r"^AWS refused to describe endpoint no_name: 1 validation error detected"
    ):
        aws.describe("no_name")


def test_what_the_credentials_do_not_allow_is_said(aws: SageMakerClients, sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_endpoint", "AccessDeniedException", "User: a is not authorized")
    with pytest.raises(ToolError, match=r"^The credentials do not allow DescribeEndpoint\.\nAccess.*: User"):
        aws.describe("demo")


def test_failures_have_their_code_and_status(aws: SageMakerClients, runtime: Stubber) -> None:
    runtime.add_client_error("invoke_endpoint", "ThrottlingException", "Rate exceeded", http_status_code=400)
    assert aws.invoke("demo", None, PAYLOAD) == Failure(
        kind="ThrottlingException 400", message="Rate exceeded"
    )


def test_failures_of_the_model_have_its_own_status(aws: SageMakerClients, runtime: Stubber) -> None:
    runtime.add_client_error(
        "invoke_endpoint",
        "ModelError",
        "Received server error (500) from primary",
        http_status_code=424,
        modeled_fields={"OriginalStatusCode": 500, "OriginalMessage": "out of memory"},
    )
    assert aws.invoke("demo", None, PAYLOAD) == Failure(kind="ModelError 500", message="out of memory")


def test_no_answer_is_a_failure(aws: SageMakerClients, monkeypatch: pytest.MonkeyPatch) -> None:
    def time_out(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://runtime")

    monkeypatch.setattr(aws._runtime, "invoke_endpoint", time_out)
    failure = aws.invoke("demo", None, PAYLOAD)
    assert failure
    assert failure.kind == "ReadTimeoutError"


def test_a_request_is_sent_once(aws: SageMakerClients) -> None:
    assert aws._runtime.meta.config.retries["total_max_attempts"] == 1
    assert aws._runtime.meta.config.read_timeout == 70
