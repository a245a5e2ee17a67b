"""Resources and data sources of the AWS provider that users can pass."""

from typing import Protocol


class HasId(Protocol):
    """A resource or data source with an id, such as `SecurityGroup`, `DataAwsSubnet` or `Vpc`."""

    @property
    def id(self) -> str:
        """The id that AWS assigned."""


class HasArn(Protocol):
    """A resource or data source with an ARN: an SNS topic, a Lambda function, a scaling policy, …"""

    @property
    def arn(self) -> str:
        """The ARN."""


class EcrRepositoryLike(Protocol):
    """A repository: the resource `EcrRepository` or the data source `DataAwsEcrRepository`."""

    @property
    def repository_url(self) -> str:
        """The repository's URL without a tag."""

    @property
    def arn(self) -> str:
        """The repository's ARN."""


class BucketLike(Protocol):
    """A bucket: the resource `S3Bucket` or the data source `DataAwsS3Bucket`."""

    @property
    def bucket(self) -> str:
        """The bucket's name."""

    @property
    def arn(self) -> str:
        """The bucket's ARN."""


class KeyLike(Protocol):
    """A key: the resource `KmsKey` or the data source `DataAwsKmsKey`."""

    @property
    def arn(self) -> str:
        """The key's ARN."""


class TopicLike(Protocol):
    """A topic: the resource `SnsTopic` or the data source `DataAwsSnsTopic`."""

    @property
    def arn(self) -> str:
        """The topic's ARN."""
