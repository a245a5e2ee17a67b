"""boto3 for the commands that ask the user's own AWS account."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from sm_tf.foundation.errors import ToolError

_LOG_IN = "log in with `aws configure` or `aws sso login`, or name a profile in AWS_PROFILE"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# The error codes of AWS for credentials that it does not accept.
_REFUSED_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}

# An answer without a body has its status alone.
_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


def aws_client(
    service: str, *, region: str | None = None, endpoint_url: str | None = None, **config: Any
) -> Any:
    """A boto3 client with the user's own credentials, found as the AWS SDKs find them.

    Args:
        service: boto3's name of the service.
        region: Defaults to the region of the environment, else of the profile.
        endpoint_url: the address of another AWS API. Defaults to AWS's own.
        config: options of botocore's Config. `connect_timeout` defaults to 10 seconds.

    Raises:
        ToolError: boto3, the profile or a region is missing.
    """
    if not find_spec("boto3"):
        raise ToolError("This command needs boto3, which is not installed: pip install 'sm-tf[aws]'")
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    if endpoint_url and urlsplit(endpoint_url).hostname in _LOOPBACK:
        # The machine's proxy does not lead to loopback.
        config = {"proxies": {}, **config}
    with clear_aws_errors():
        # boto3 itself reads only AWS_DEFAULT_REGION.
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
        try:
            return session.client(
                service, endpoint_url=endpoint_url, config=Config(**{"connect_timeout": 10, **config})
            )
        except ValueError as error:
            # A malformed address or region.
            raise ToolError(f"{_sentence(error)}.") from None


@contextmanager
def clear_aws_errors() -> Iterator[None]:
    """Raise `ToolError` with advice if AWS cannot be reached or refuses a request.

    Catch expected errors, such as that a resource does not exist, inside the block.
    """
    from botocore import exceptions as aws  # type: ignore[import-untyped]

    try:
        yield
    except aws.NoRegionError:
        raise ToolError("No AWS region is set: set AWS_REGION, or a region in the profile.") from None
    except (aws.NoCredentialsError, aws.ProfileNotFound) as error:
        raise ToolError(f"{_sentence(error)}: {_LOG_IN}.") from None
    except (aws.HTTPClientError, aws.ConnectionError) as error:
        raise ToolError(f"AWS cannot be reached: {error}") from None
    except aws.BotoCoreError as error:
        # Expired credentials, unreadable files, or a failed program of the profile.
        raise ToolError(f"The request to AWS failed: {error}") from None
    except aws.ClientError as error:
        described = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = described.get("Code", str(status))
        told = ": ".join(filter(None, (code, described.get("Message"))))
        if code in _REFUSED_CREDENTIALS:
            raise ToolError(f"AWS does not accept the credentials: {_LOG_IN}.\n{told}") from None
        if code in _FORBIDDEN:
            raise ToolError(f"The credentials do not allow {error.operation_name}.\n{told}") from None
        raise ToolError(f"AWS answers {error.operation_name} with {told}") from None


def _sentence(error: Exception) -> str:
    return str(error).rstrip(".")
