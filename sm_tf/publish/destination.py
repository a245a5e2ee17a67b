"""The repositories and buckets that assets are published to."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sm_tf.aws.ecr_image import REPOSITORY, REPOSITORY_PATTERN, REPOSITORY_RULE
from sm_tf.aws.partitions import partition_of
from sm_tf.aws.s3_bucket_name import BUCKET, BUCKET_RULE
from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.aws_client import aws_client, clear_aws_errors
from sm_tf.publish.registry import Registry

_FORBIDDEN, _MISSING = 403, 404
_ARN = re.compile(rf"arn:[^:]+:ecr:([^:]+):(\d{{12}}):repository/({REPOSITORY_PATTERN})")


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket in the region of the stack."""

    client: Any
    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Repository:
    """An ECR repository: `url` is `<registry>/<name>`."""

    registry: Registry
    name: str
    url: str
    arn: str
    region: str


def check_names(bucket: str | None, repository: str | None) -> None:
    """Check names that somebody has typed.

    Raises:
        UsageError: One is malformed.
    """
    if bucket is not None and not BUCKET.fullmatch(bucket):
        raise UsageError(f"--bucket {bucket!r} is not a bucket name: {BUCKET_RULE}.")
    if repository is not None and not (REPOSITORY.fullmatch(repository) or _ARN.fullmatch(repository)):
        raise UsageError(
            f"--repository {repository!r} is neither an ECR repository's ARN nor a name: {REPOSITORY_RULE}."
        )


def find_bucket(name: str, region: str | None) -> Bucket:
    """Return a bucket.

    Raises:
        ToolError: It doesn't exist, belongs to somebody else, or is in another region.
    """
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    # Every thread that sends parts has a connection.
    client = aws_client("s3", region=region, max_pool_connections=16)
    here = client.meta.region_name
    with clear_aws_errors():
        try:
            found = client.head_bucket(Bucket=name)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == _MISSING:
                raise ToolError(
                    f"Bucket {name} doesn't exist. Create it, for example with "
                    f"`aws s3 mb s3://{name} --region {here}`."
                ) from None
            if status == _FORBIDDEN:
                raise ToolError(
                    f"Bucket {name} can't be used: it belongs to another account, or the credentials lack "
                    "s3:ListBucket."
                ) from None
            raise
    there = found.get("BucketRegion") or here
    if there != here:
        raise ToolError(
            f"Bucket {name} is in {there}, but the stack is in {here}. SageMaker reads model data in its own "
            f"region only, so pass a bucket in {here}."
        )
    return Bucket(client=client, name=name, arn=f"arn:{partition_of(here)}:s3:::{name}")


def find_repository(name: str, region: str | None) -> Repository:
    """Return an ECR repository, given by its name or ARN.

    Raises:
        ToolError: It doesn't exist or is in another region.
    """
    client = aws_client("ecr", region=region)
    here = client.meta.region_name
    wanted: dict[str, Any] = {"repositoryNames": [name]}
    if found := _ARN.fullmatch(name):
        there, account, own = found.groups()
        if there != here:
            raise ToolError(
                f"Repository {name} is in {there}, but the stack is in {here}. SageMaker pulls images of its "
                f"own region only, so pass a repository in {here}."
            )
        wanted = {"repositoryNames": [own], "registryId": account}
    with clear_aws_errors():
        try:
            (described,) = client.describe_repositories(**wanted)["repositories"]
        except client.exceptions.RepositoryNotFoundException:
            raise ToolError(
                f"Repository {name} doesn't exist. Create it, for example with `aws ecr create-repository "
                f"--region {here} --repository-name {wanted['repositoryNames'][0]}`."
            ) from None
        (token,) = client.get_authorization_token()["authorizationData"]
    host, _, path = described["repositoryUri"].partition("/")
    registry = Registry(
        url=f"{urlsplit(token['proxyEndpoint']).scheme}://{host}", authorization=token["authorizationToken"]
    )
    return Repository(
        registry=registry,
        name=path,
        url=described["repositoryUri"],
        arn=described["repositoryArn"],
        region=here,
    )
