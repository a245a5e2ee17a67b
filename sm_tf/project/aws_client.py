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
# What AWS answers to credentials that it does not accept.
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

_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def aws_client(
    service: str, *, region: str | None = None, endpoint_url: str | None = None, **config: Any
) -> Any:
    """A boto3 client with the user's own credentials, found as the AWS SDKs do.

    `region` is that of the environment or the profile if absent, `endpoint_url` AWS's own; `config` goes to
    botocore's Config, where the connection has to stand within 10 seconds unless it says otherwise. Raises
    `ToolError` when boto3, the profile or a region is missing.
    """
    if not find_spec("boto3"):
        raise ToolError("This needs boto3, which is not installed here: pip install 'sm-tf[aws]'")
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    if endpoint_url and urlsplit(endpoint_url).hostname in _LOOPBACK:
        # The machine's proxy is not for loopback.
        config = {"proxies": {}, **config}
    with clear_aws_errors():
        # boto3 itself reads AWS_DEFAULT_REGION alone.
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
        try:
            return session.client(
                service, endpoint_url=endpoint_url, config=Config(**{"connect_timeout": 10, **config})
            )
        except ValueError as error:
            # An address, or a region, that is none.
            raise ToolError(f"{_sentence(error)}.") from None


@contextmanager
def clear_aws_errors() -> Iterator[None]:
    """Raise `ToolError` for what keeps a request from AWS, or AWS from granting it, saying what to do.

    An answer that is expected, such as that something is not there, has to be caught inside the block.
    """
    from botocore import exceptions as aws  # type: ignore[import-untyped]

    try:
        yield
    except aws.NoRegionError:
        raise ToolError("No AWS region is known: set AWS_REGION, or a region in the profile.") from None
    except (aws.NoCredentialsError, aws.ProfileNotFound) as error:
        raise ToolError(f"{_sentence(error)}: {_LOG_IN}.") from None
    except (aws.HTTPClientError, aws.ConnectionError) as error:
        raise ToolError(f"AWS cannot be reached: {error}") from None
    except aws.BotoCoreError as error:
        # Credentials that expired, files that cannot be read, a program of the profile that failed.
        raise ToolError(f"AWS cannot be asked: {error}") from None
    except aws.ClientError as error:
        code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in _REFUSED_CREDENTIALS:
            raise ToolError(f"AWS does not accept the credentials: {_LOG_IN}.\n{code}: {said}") from None
        if code in _FORBIDDEN:
            raise ToolError(f"The credentials do not allow this.\n{code}: {said}") from None
        raise ToolError(f"AWS answers {error.operation_name} with {code}: {said}") from None


def _sentence(error: Exception) -> str:
    return str(error).rstrip(".")
