"""Where a container's model artifacts come from: a bucket, a local archive, or any S3 URI."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sm_tf.access.iam import PolicyHolder, PolicyStatement
from sm_tf.access.kms import check_key, key_arn
from sm_tf.access.provider_types import BucketLike, KeyLike
from sm_tf.artifacts.model_data_asset import ModelDataAsset, check_archive
from sm_tf.aws.s3_bucket_name import BUCKET, BUCKET_RULE
from sm_tf.bindings.core import Construct, Fn, Token
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.checks import check_choice
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public


class S3DataType(StrEnum):
    """What the S3 URI of uncompressed model data names."""

    S3_PREFIX = "S3Prefix"
    S3_OBJECT = "S3Object"


class CompressionType(StrEnum):
    """How model data is packed in S3."""

    NONE = "None"
    GZIP = "Gzip"


@public
@dataclass(frozen=True, kw_only=True)
class ModelDataConfig:
    """What bound model data gives its container.

    A `uri` alone is a gzipped tar archive (or, for a multi-model container, the prefix that holds them). With
    `s3_data_type` and `compression_type` it is data that SageMaker copies as it is, which large models start
    faster from.
    """

    uri: str
    s3_data_type: S3DataType | None = None
    compression_type: CompressionType | None = None
    accept_eula: bool | None = None


@public
class ModelData(ABC):
    """Model artifacts, made by one of the `from_*` methods; subclass it and write `bind` for another
    source.
    """

    @abstractmethod
    def bind(self, scope: Construct, model: PolicyHolder) -> ModelDataConfig:
        """Make what the artifacts need, below `scope`, and grant `model` what it needs to read them."""

    @staticmethod
    def from_bucket(
        bucket: BucketLike | str, object_key: str, *, encryption_key: KeyLike | str | None = None
    ) -> "ModelData":
        """A gzipped tar archive in a bucket; the model may read that object.

        Args:
            bucket: the provider's resource or data source, or the bucket's name.
            object_key: ends in `.tar.gz`. A new archive under the same key changes nothing in AWS: use a new
                key.
            encryption_key: the KMS key (or its ARN) where the bucket is encrypted with one; the model may
                decrypt with it.

        Raises:
            InvalidPropsError: a malformed bucket name, or a key that doesn't end in `.tar.gz`.
        """
        with checking("ModelData.from_bucket") as check:
            _check_bucket(check, bucket)
            _check_archive_key(check, object_key)
            check_key(check, encryption_key)
        return _S3ModelData(bucket, object_key, encryption_key=encryption_key)

    @staticmethod
    def from_asset(path: str | Path, *, bucket: BucketLike | str | None = None) -> "ModelData":
        """A local gzipped tar archive, which Terraform uploads from inside the stack's folder.

        Its key holds a hash of its content, so that a new archive makes a new model and an unchanged one
        changes nothing; one object is uploaded however often a stack uses the file.

        Args:
            path: a file that ends in `.tar.gz` and is one.
            bucket: where to put it; if absent, the stack gets one private, encrypted bucket for all its
                artifacts, which is destroyed with the stack.

        Raises:
            InvalidPropsError: no such file, another ending, another content, or a malformed bucket name.
        """
        with checking("ModelData.from_asset") as check:
            check_archive(check, str(path))
            if bucket is not None:
                _check_bucket(check, bucket)
        return _AssetModelData(str(path), bucket)

    @staticmethod
    def from_s3_uri(uri: str, *, encryption_key: KeyLike | str | None = None) -> "ModelData":
        """A gzipped tar archive by its `s3://` URI, or, ending in `/`, the prefix of a multi-model
        container's archives.

        The model may read that object or what is below the prefix; a Terraform token must stand for such a
        URI.

        Raises:
            InvalidPropsError: not `s3://<bucket>/<key>`, or a key that ends neither in `.tar.gz` nor in `/`.
        """
        with checking("ModelData.from_s3_uri") as check:
            location = _split(check, uri)
            if location and is_known(uri) and not location[1].endswith("/"):
                _check_archive_key(check, location[1])
            check_key(check, encryption_key)
        assert location is not None
        return _S3ModelData(*location, encryption_key=encryption_key)

    @staticmethod
    def from_s3_data_source(
        uri: str,
        *,
        s3_data_type: S3DataType = S3DataType.S3_PREFIX,
        compression_type: CompressionType = CompressionType.NONE,
        accept_eula: bool | None = None,
        encryption_key: KeyLike | str | None = None,
    ) -> "ModelData":
        """Model data that isn't one gzipped tar archive: by default every object below a prefix,
        uncompressed.

        Args:
            uri: `s3://<bucket>/<key>`; a prefix ends in `/`.
            s3_data_type: whether the URI names a prefix or one object.
            compression_type: `GZIP` for one gzipped tar archive (an object), else `NONE`.
            accept_eula: accept the end-user license agreement of a gated model.
            encryption_key: the KMS key (or its ARN) that the data is encrypted with; the model may decrypt
                with it.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3ModelDataSource.html

        Raises:
            InvalidPropsError: not an `s3://` URI, or a URI, type and compression that don't fit each other.
        """
        with checking("ModelData.from_s3_data_source") as check:
            location = _split(check, uri)
            check_choice(check, "s3_data_type", s3_data_type, S3DataType)
            check_choice(check, "compression_type", compression_type, CompressionType)
            check_key(check, encryption_key)
            if location and is_known(uri):
                is_prefix = s3_data_type == S3DataType.S3_PREFIX
                check.require(
                    location[1].endswith("/") == is_prefix,
                    f"{uri!r} doesn't fit s3_data_type {str(s3_data_type)!r}: a prefix ends in '/', an "
                    "object doesn't",
                )
                check.require(
                    not (is_prefix and compression_type == CompressionType.GZIP),
                    "compression_type 'Gzip' needs one object; pass s3_data_type=S3DataType.S3_OBJECT",
                )
        assert location is not None
        return _S3ModelData(
            *location,
            encryption_key=encryption_key,
            s3_data_type=s3_data_type,
            compression_type=compression_type,
            accept_eula=accept_eula,
        )


def _check_bucket(check: Checks, bucket: BucketLike | str) -> None:
    if not isinstance(bucket, str):
        valid = hasattr(bucket, "bucket") and hasattr(bucket, "arn")
        check.require(
            valid, f"bucket is {bucket!r}; pass the provider's S3Bucket, DataAwsS3Bucket, or a name"
        )
        return
    valid = not is_known(bucket) or BUCKET.fullmatch(bucket) is not None
    check.require(
        valid,
        f"bucket {bucket!r} is not a bucket name: {BUCKET_RULE}",
    )


def _check_archive_key(check: Checks, key: str) -> None:
    valid = not is_known(key) or (key.endswith(".tar.gz") and len(key.encode()) <= 1024)
    check.require(valid, f"object_key {key!r} must end in '.tar.gz' and have at most 1024 bytes")


def _split(check: Checks, uri: str) -> tuple[str, str] | None:
    if not is_known(uri):
        token = as_token(uri)
        key = Fn.element(Token.as_list(Fn.regex("^s3://[^/]+/(.+)$", token)), 0)
        return str(Fn.element(Fn.split("/", token), 2)), str(key)
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    if found is None:
        check.require(False, f"{uri!r} is not an S3 URI of the form s3://<bucket>/<key>")
        return None
    _check_bucket(check, found[1])
    return found[1], found[2]


def grant_read(
    model: PolicyHolder, *, bucket_arn: str, key: str, encryption_key: KeyLike | str | None = None
) -> None:
    """Let the model's role read one object, or, where `key` ends in `/`, every object below that prefix."""
    if is_known(key):
        pattern = f"{key}*" if key.endswith("/") else key
    else:
        pattern = str(Fn.replace(as_token(key), "/[/]$/", "/*"))
    model.add_to_role_policy(PolicyStatement(actions=["s3:GetObject"], resources=[f"{bucket_arn}/{pattern}"]))
    model.add_to_role_policy(
        PolicyStatement(
            actions=["s3:ListBucket"],
            resources=[bucket_arn],
            conditions={"StringLike": {"s3:prefix": pattern}},
        )
    )
    if arn := key_arn(encryption_key):
        model.add_to_role_policy(PolicyStatement(actions=["kms:Decrypt"], resources=[arn]))


class _S3ModelData(ModelData):
    def __init__(
        self,
        bucket: BucketLike | str,
        key: str,
        *,
        encryption_key: KeyLike | str | None = None,
        s3_data_type: S3DataType | None = None,
        compression_type: CompressionType | None = None,
        accept_eula: bool | None = None,
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._encryption_key = encryption_key
        self._s3_data_type = s3_data_type
        self._compression_type = compression_type
        self._accept_eula = accept_eula

    def __repr__(self) -> str:
        bucket = self._bucket if isinstance(self._bucket, str) else self._bucket.bucket
        return f"<ModelData s3://{bucket}/{self._key}>"

    def bind(self, scope: Construct, model: PolicyHolder) -> ModelDataConfig:
        if isinstance(self._bucket, str):
            name, arn = self._bucket, f"arn:{Environment(scope).partition}:s3:::{self._bucket}"
        else:
            name, arn = self._bucket.bucket, self._bucket.arn
        grant_read(model, bucket_arn=arn, key=self._key, encryption_key=self._encryption_key)
        return ModelDataConfig(
            uri=f"s3://{name}/{self._key}",
            s3_data_type=self._s3_data_type,
            compression_type=self._compression_type,
            accept_eula=self._accept_eula,
        )


class _AssetModelData(ModelData):
    def __init__(self, path: str, bucket: BucketLike | str | None) -> None:
        self._path = path
        self._bucket = bucket

    def __repr__(self) -> str:
        return f"<ModelData uploaded from {self._path}>"

    def bind(self, scope: Construct, model: PolicyHolder) -> ModelDataConfig:
        asset = ModelDataAsset.in_stack_of(scope, path=self._path, bucket=self._bucket)
        grant_read(model, bucket_arn=asset.bucket_arn, key=asset.prefix)
        return ModelDataConfig(uri=asset.uri)
