"""The two APIs of AWS that a load test calls."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sm_tf.aws.invocation_limits import CLIENT_TIMEOUT_SECONDS
from sm_tf.errors import ToolError, UsageError
from sm_tf.load_test.payload import Payload

MAX_CONNECTIONS = 500


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a request did not succeed: an error code with its HTTP status, and AWS's words."""

    kind: str
    message: str


class Aws:
    """SageMaker in one region, by boto3 and the credentials that it finds.

    `region` is AWS_REGION or boto3's own choice if absent; `endpoint_url` leads to another AWS, such as the
    embedded one. Raises `UsageError` without a region, `ToolError` without boto3 or credentials.
    """

    def __init__(self, *, region: str | None = None, endpoint_url: str | None = None) -> None:
        try:
            import boto3  # type: ignore[import-untyped]
            from botocore.config import Config  # type: ignore[import-untyped]
        except ModuleNotFoundError:
            raise ToolError("A load test needs boto3, not installed here: pip install 'sm-tf[aws]'") from None
        # What is sent again would count twice.
        once = Config(
            retries={"total_max_attempts": 1},
            max_pool_connections=MAX_CONNECTIONS,
            read_timeout=CLIENT_TIMEOUT_SECONDS,
        )
        with _explaining():
            session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        if not session.region_name:
            raise UsageError("No AWS region is set: give one with --region or AWS_REGION.")
        with _explaining():
            self._sagemaker = session.client("sagemaker", endpoint_url=endpoint_url)
            self._runtime = session.client("sagemaker-runtime", endpoint_url=endpoint_url, config=once)

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        """AWS's DescribeEndpoint; `UsageError` where there is none of this name."""
        with _explaining():
            described: dict[str, Any] = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        return described

    def invoke(self, endpoint_name: str, variant_name: str | None, payload: Payload) -> Failure | None:
        """Send one request and read its answer; None when all is well."""
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

        variant = {} if variant_name is None else {"TargetVariant": variant_name}
        try:
            self._runtime.invoke_endpoint(
                EndpointName=endpoint_name, Body=payload.body, ContentType=payload.content_type, **variant
            )["Body"].read()
        except ClientError as error:
            answer = error.response
            status = answer.get("OriginalStatusCode") or answer["ResponseMetadata"]["HTTPStatusCode"]
            told = answer.get("OriginalMessage") or answer["Error"].get("Message", "")
            return Failure(kind=f"{answer['Error']['Code']} {status}", message=told)
        except BotoCoreError as error:
            return Failure(kind=type(error).__name__, message=str(error))
        return None


@contextmanager
def _explaining() -> Iterator[None]:
    """Say what to do about the errors of boto3."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        PartialCredentialsError,
        ProfileNotFound,
    )

    try:
        yield
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        raise ToolError(
            f"No AWS credentials: {error}. `aws configure`, `aws sso login` or AWS_PROFILE give some."
        ) from None
    except ClientError as error:
        message = error.response["Error"].get("Message") or str(error)
        if message.startswith("Could not find endpoint"):
            raise UsageError(message) from None
        raise ToolError(f"AWS refuses {error.operation_name}: {message}") from None
    except (BotoCoreError, ValueError) as error:
        raise ToolError(f"AWS can't be reached: {error}") from None
