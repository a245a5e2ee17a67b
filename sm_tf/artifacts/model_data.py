"""Sources of a container's model artifacts: a bucket, a local archive, or any S3 URI."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sm_tf.access.iam import PolicyHolder, PolicyStatement
from sm_tf.access.kms import check_key, key_arn
from sm_tf.access.provider_types import BucketLike, KeyLike
from sm_tf.access.role_permissions import allow_for
from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.s3_bucket_name import BUCKET, BUCKET_PATTERN, BUCKET_RULE
from sm_tf.bindings.core import Construct, Fn, Token
from sm_tf.bindings.template import groups, readable, split
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_text_rule
from sm_tf.foundation.texts import check_text, fits


class S3DataType(StrEnum):
    """The kind of S3 URI of a model data source: a prefix or an object."""

    S3_PREFIX = "S3Prefix"
    S3_OBJECT = "S3Object"


class CompressionType(StrEnum):
    """How model data is compressed in S3."""

    NONE = "None"
    GZIP = "Gzip"


@public
@dataclass(frozen=True, kw_only=True)
class ModelDataConfig:
    """The result of binding model data.

    A `uri` alone is a gzipped tar archive or, for a multi-model container, the prefix of its archives. With
    `s3_data_type` and `compression_type` it is an S3 data source, such as uncompressed data, which large
    models load faster.
    """

    uri: str
    s3_data_type: S3DataType | None = None
    compression_type: CompressionType | None = None
    accept_eula: bool | None = None


@public
class ModelData(ABC):
    """Model artifacts. Create them with a `from_*` method, or subclass this class for another source."""

    @abstractmethod
    def bind(self, scope: Construct, model: PolicyHolder) -> ModelDataConfig:
        """Create the resources that the artifacts need below `scope`, and allow `model` to read them."""

    @staticmethod
    def from_bucket(
        bucket: BucketLike | str,
        object_key: str,
        *,
        s3_data_type: S3DataType | None = None,
        compression_type: CompressionType | None = None,
        accept_eula: bool | None = None,
        encryption_key: KeyLike | str | None = None,
    ) -> "ModelData":
        """Use a gzipped tar archive in a bucket or, with `s3_data_type`, all objects below a prefix or one
        object, uncompressed. The model is allowed to read them.

        Args:
            bucket: The provider's resource or data source, or the bucket's name.
            object_key: The archive's key, which ends in `.tar.gz`, a prefix, which ends in `/`, or an
                object's key. Replacing an object under the same key changes nothing in AWS, so use a new key
                for new data.
            s3_data_type: Whether the key is a prefix or an object of an S3 data source. Defaults to an
                archive without a data source.
            compression_type: `GZIP` for a gzipped tar archive, which must be an object. Needs `s3_data_type`.
                Defaults to `NONE` with it.
            accept_eula: Whether you accept the end-user license agreement of a gated model. Needs
                `s3_data_type`.
            encryption_key: The KMS key (or its ARN) that the bucket is encrypted with. The model is allowed
                to decrypt with it. Defaults to no KMS permission.

        Raises:
            InvalidPropsError: If the bucket name is malformed, the key doesn't fit the type and the
            compression, or the key of an archive doesn't end in `.tar.gz`.
        """
        with checking("ModelData.from_bucket") as check:
            _check_bucket(check, bucket)
            if s3_data_type is None:
                _check_key(check, "object_key", object_key, _ARCHIVE, "must end in '.tar.gz'")
                for argument, value in {
                    "compression_type": compression_type,
                    "accept_eula": accept_eula,
                }.items():
                    check.require(
                        value is None, f"{argument} needs s3_data_type, such as S3DataType.S3_PREFIX"
                    )
            else:
                compression_type = compression_type or CompressionType.NONE
                _check_data_source(check, "object_key", object_key, s3_data_type, compression_type)
            if not check.problems:
                name = bucket if isinstance(bucket, str) else "${bucket}"
                check_text_rule(check, "the URI", f"s3://{name}/{object_key}", sagemaker("S3ModelUri"))
            check_key(check, encryption_key)
        return _S3ModelData(
            bucket,
            object_key,
            encryption_key=encryption_key,
            s3_data_type=s3_data_type,
            compression_type=compression_type,
            accept_eula=accept_eula,
        )

    @staticmethod
    def from_asset(
        path: str | Path,
        *,
        bucket: BucketLike | str | None = None,
        encryption_key: KeyLike | str | None = None,
    ) -> "ModelData":
        """Use a local gzipped tar archive, which Terraform uploads from the stack's folder.

        The object's key contains a hash of the content, so a new archive creates a new model and an unchanged
        one changes nothing. A stack uploads each archive once, however often it uses it. One that `sm-tf
        publish` has uploaded before isn't in the stack's folder.

        Args:
            path: The path of a gzipped tar archive, which ends in `.tar.gz`.
            bucket: The bucket to upload to. Defaults to a private, encrypted bucket that the stack creates
                for all its artifacts and that is destroyed with the stack.
            encryption_key: The KMS key (or its ARN) to encrypt the object with. The model is allowed to
                decrypt with it. Defaults to the bucket's own encryption, without a KMS permission.

        Raises:
            InvalidPropsError: If the file doesn't exist, doesn't end in `.tar.gz` or is not a gzipped tar
            archive, or the bucket name is malformed.
        """
        # Its imports are needed for this kind of artifacts only.
        from sm_tf.artifacts.model_data_asset import check_archive

        with checking("ModelData.from_asset") as check:
            check_archive(check, str(path))
            if bucket is not None:
                _check_bucket(check, bucket)
            check_key(check, encryption_key)
        return _AssetModelData(str(path), bucket, encryption_key)

    @staticmethod
    def from_s3_uri(uri: str, *, encryption_key: KeyLike | str | None = None) -> "ModelData":
        """Use a gzipped tar archive by its `s3://` URI or, if the URI ends in `/`, all archives below that
        prefix in a multi-model container.

        The model is allowed to read that object or all objects below the prefix. A Terraform token must
        resolve to such a URI, and one between `s3://` and the next `/` to the bucket's name.

        Raises:
            InvalidPropsError: If `uri` is not of the form `s3://<bucket>/<key>`, or its key ends neither in
            `.tar.gz` nor in `/`.
        """
        with checking("ModelData.from_s3_uri") as check:
            if location := _split(check, uri):
                must = "must end in '.tar.gz' or '/'"
                check_text(check, "object_key", location[1], _ARCHIVE_OR_PREFIX, must)
            check_key(check, encryption_key)
        assert location is not None
        return _S3ModelData(*location, uri=uri, encryption_key=encryption_key)

    @staticmethod
    def from_s3_data_source(
        uri: str,
        *,
        s3_data_type: S3DataType = S3DataType.S3_PREFIX,
        compression_type: CompressionType = CompressionType.NONE,
        accept_eula: bool | None = None,
        encryption_key: KeyLike | str | None = None,
    ) -> "ModelData":
        """Use an S3 data source, by default all objects below a prefix, uncompressed.

        Args:
            uri: `s3://<bucket>/<key>`. A prefix ends in `/`.
            s3_data_type: Whether the URI is a prefix or an object. Defaults to `S3_PREFIX`.
            compression_type: `GZIP` for a gzipped tar archive, which must be an object. Defaults to `NONE`.
            accept_eula: Whether you accept the end-user license agreement of a gated model.
            encryption_key: The KMS key (or its ARN) that the data is encrypted with. The model is allowed to
                decrypt with it. Defaults to no KMS permission.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3ModelDataSource.html

        Raises:
            InvalidPropsError: If `uri` is not an `s3://` URI, or doesn't fit the type and the compression.
        """
        with checking("ModelData.from_s3_data_source") as check:
            location = _split(check, uri)
            _check_data_source(check, "uri", location and uri, s3_data_type, compression_type)
            check_key(check, encryption_key)
        assert location is not None
        return _S3ModelData(
            *location,
            uri=uri,
            encryption_key=encryption_key,
            s3_data_type=s3_data_type,
            compression_type=compression_type,
            accept_eula=accept_eula,
        )


_ARCHIVE = re.compile(r".*\.tar\.gz")
_ARCHIVE_OR_PREFIX = re.compile(r".*(?:\.tar\.gz|/)")
_PREFIX = re.compile(r".*/")
_OBJECT = re.compile(r".*[^/]")
_S3_URI = re.compile(rf"s3://{BUCKET_PATTERN}/.+")
_S3_URI_PARTS = re.compile(r"s3://([^/]+)/(.+)")


def _check_bucket(check: Checks, bucket: BucketLike | str) -> None:
    if isinstance(bucket, str):
        check_text(check, "bucket", bucket, BUCKET, f"is not a bucket name: {BUCKET_RULE}")
        return
    valid = hasattr(bucket, "bucket") and hasattr(bucket, "arn")
    check.require(valid, f"bucket is {bucket!r}; pass the provider's S3Bucket, DataAwsS3Bucket, or a name")


def _check_key(check: Checks, what: str, key: str, pattern: re.Pattern[str], rule: str) -> None:
    check_text(check, what, key, pattern, rule)
    size = sum(len(literal.encode()) for literal in split(key)[::2])
    check.require(size <= 1024, f"{what} {readable(key)} has {size} bytes; at most 1024 bytes are allowed")


def _check_data_source(
    check: Checks, what: str, key: str | None, data_type: S3DataType, compression: CompressionType
) -> None:
    """Check that a key, or a URI that ends with it, fits the type and the compression."""
    is_prefix = data_type == S3DataType.S3_PREFIX
    if key is not None and is_known(data_type):
        rule = f"doesn't fit s3_data_type {str(data_type)!r}; a prefix must end in '/', an object must not"
        _check_key(check, what, key, _PREFIX if is_prefix else _OBJECT, rule)
    check.require(
        not (is_prefix and compression == CompressionType.GZIP),
        "compression_type 'Gzip' needs one object; pass s3_data_type=S3DataType.S3_OBJECT",
    )


def _split(check: Checks, uri: str) -> tuple[str, str] | None:
    """Return the bucket and the key of a URI. Terraform splits a URI that begins with a reference."""
    rule, must = sagemaker("S3ModelUri"), "is not an S3 URI; pass one of the form s3://<bucket>/<key>"
    check_text_rule(check, "uri", uri, rule, must, form=None if groups(_S3_URI_PARTS, uri) else _S3_URI)
    if found := groups(_S3_URI_PARTS, uri):
        _check_bucket(check, found[0])
        return found[0], found[1]
    if not fits(_S3_URI, uri):
        return None
    token = as_token(uri)
    key = Fn.element(Token.as_list(Fn.regex("^s3://[^/]+/(.+)$", token)), 0)
    return str(Fn.element(Fn.split("/", token), 2)), str(key)


def grant_read(
    model: PolicyHolder,
    *,
    bucket_arn: str,
    key: str,
    is_prefix: bool | None,
    encryption_key: KeyLike | str | None = None,
) -> None:
    """Allow the model's role to read one object or all objects below a prefix. If `is_prefix` is None, the
    key is a prefix if Terraform finds that it ends in `/`.
    """
    if is_prefix is None:
        pattern = str(Fn.replace(as_token(key), "/[/]$/", "/*"))
    else:
        pattern = f"{key}*" if is_prefix else key
    allow_for(model, "ModelData.from_bucket.bucket", f"{bucket_arn}/{pattern}")
    model.add_to_role_policy(
        PolicyStatement(
            actions=["s3:ListBucket"],
            resources=[bucket_arn],
            conditions={"StringLike": {"s3:prefix": pattern}},
        )
    )
    if arn := key_arn(encryption_key):
        allow_for(model, "ModelData.from_bucket.encryption_key", arn)


class _S3ModelData(ModelData):
    def __init__(
        self,
        bucket: BucketLike | str,
        key: str,
        *,
        uri: str | None = None,
        encryption_key: KeyLike | str | None = None,
        s3_data_type: S3DataType | None = None,
        compression_type: CompressionType | None = None,
        accept_eula: bool | None = None,
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._uri = uri
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
        grant_read(
            model,
            bucket_arn=arn,
            key=self._key,
            is_prefix=self._is_prefix,
            encryption_key=self._encryption_key,
        )
        return ModelDataConfig(
            uri=self._uri or f"s3://{name}/{self._key}",
            s3_data_type=self._s3_data_type,
            compression_type=self._compression_type,
            accept_eula=self._accept_eula,
        )

    @property
    def _is_prefix(self) -> bool | None:
        """Whether it is a prefix, or None if only Terraform knows."""
        if self._s3_data_type is not None and is_known(self._s3_data_type):
            return self._s3_data_type == S3DataType.S3_PREFIX
        end = split(self._uri or self._key)[-1]
        return end.endswith("/") if end else None


class _AssetModelData(ModelData):
    def __init__(
        self, path: str, bucket: BucketLike | str | None, encryption_key: KeyLike | str | None
    ) -> None:
        self._path = path
        self._bucket = bucket
        self._encryption_key = encryption_key

    def __repr__(self) -> str:
        return f"<ModelData uploaded from {self._path}>"

    def bind(self, scope: Construct, model: PolicyHolder) -> ModelDataConfig:
        from sm_tf.artifacts.model_data_asset import Archive, ModelDataAsset

        key = self._encryption_key
        archive = Archive(self._path, self._bucket, key_arn(key))
        if published := archive.find_published(scope):
            _, _, _, object_key = published.location.split("/", 3)
            grant_read(model, bucket_arn=published.arn, key=object_key, is_prefix=False, encryption_key=key)
            return ModelDataConfig(uri=published.location)
        asset = ModelDataAsset.in_stack_of(scope, archive)
        grant_read(model, bucket_arn=asset.bucket_arn, key=asset.prefix, is_prefix=True, encryption_key=key)
        return ModelDataConfig(uri=asset.uri)
