"""The clients of the two AWS APIs that a load test calls."""

from dataclasses import dataclass
from typing import Any

from sm_tf.aws.invocation_limits import CLIENT_TIMEOUT_SECONDS
from sm_tf.foundation.errors import UsageError
from sm_tf.load_test.payload import Payload
from sm_tf.project.aws_client import aws_client, clear_aws_errors

MAX_CONNECTIONS = 500


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed request: the error code with the HTTP status, and AWS's message."""

    kind: str
    message: str


class SageMakerClients:
    """The clients of SageMaker and its runtime in one region, with the user's own credentials.

    Args:
        region: Defaults to the region of the environment, else of the profile.
        endpoint_url: the address of another AWS API, such as a sandbox's. Defaults to AWS's own.

    Raises:
        ToolError: boto3, the profile or a region is missing.
    """

    def __init__(self, *, region: str | None = None, endpoint_url: str | None = None) -> None:
        self._sagemaker = aws_client("sagemaker", region=region, endpoint_url=endpoint_url)
        self._runtime = aws_client(
            "sagemaker-runtime",
            region=region,
            endpoint_url=endpoint_url,
            # A repeated request would count twice.
            retries={"total_max_attempts": 1},
            max_pool_connections=MAX_CONNECTIONS,
            read_timeout=CLIENT_TIMEOUT_SECONDS,
        )

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        """AWS's DescribeEndpoint. Raises `UsageError` if no endpoint has this name."""
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        with clear_aws_errors():
            try:
                described: dict[str, Any] = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
            except ClientError as error:
                message = error.response["Error"].get("Message", "")
                if message.startswith("Could not find endpoint"):
                    region = self._sagemaker.meta.region_name
                    raise UsageError(f"No endpoint is named {endpoint_name} in {region}.") from None
                if error.response["Error"]["Code"] == "ValidationException":
                    raise UsageError(f"AWS refused to describe endpoint {endpoint_name}: {message}") from None
                raise
        return described

    def invoke(self, endpoint_name: str, variant_name: str | None, payload: Payload) -> Failure | None:
        """Send one request and read the response; None if it succeeded."""
        from botocore.exceptions import BotoCoreError, ClientError

        variant = {} if variant_name is None else {"TargetVariant": variant_name}
        try:
            self._runtime.invoke_endpoint(
                EndpointName=endpoint_name, Body=payload.body, ContentType=payload.content_type, **variant
            )["Body"].read()
        except ClientError as error:
            response = error.response
            status = response.get("OriginalStatusCode") or response["ResponseMetadata"]["HTTPStatusCode"]
            message = response.get("OriginalMessage") or response["Error"].get("Message", "")
            return Failure(kind=f"{response['Error']['Code']} {status}", message=message)
        except BotoCoreError as error:
            return Failure(kind=type(error).__name__, message=str(error))
        return None
