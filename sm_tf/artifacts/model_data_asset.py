"""A local model archive that Terraform uploads from inside the stack's folder."""

import hashlib
import tarfile
from pathlib import Path
from typing import Any

from sm_tf.access.iam import policy_document
from sm_tf.bindings.aws import (
    S3Bucket,
    S3BucketPolicy,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3Object,
)
from sm_tf.bindings.core import AssetType, Construct, TerraformAsset, TerraformStack
from sm_tf.bindings.tokens import as_written, is_known
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import readable_name


def check_archive(check: Checks, path: str) -> None:
    """Note what is wrong with `path` as a gzipped tar archive."""
    if not is_known(path):
        check.require(False, "path is a Terraform token; the file is read at synth, so pass a literal path")
    elif not Path(path).exists():
        check.require(False, f"{path!r} doesn't exist (looked in {Path.cwd()})")
    elif not Path(path).is_file():
        check.require(False, f"{path!r} is no file; pack the folder with: tar -czf model.tar.gz -C {path} .")
    elif not path.lower().endswith(".tar.gz"):
        check.require(False, f"{path!r} doesn't end in '.tar.gz', which SageMaker asks of model artifacts")
    elif not _is_gzipped_tar(path):
        check.require(
            False, f"{path!r} is no gzipped tar archive, whatever its name says; make one with tar -czf"
        )


def _is_gzipped_tar(path: str) -> bool:
    try:
        with tarfile.open(path, "r:gz") as archive:
            archive.next()
    except (tarfile.TarError, OSError, EOFError):
        return False
    return True


class ModelDataAsset(SmTfConstruct):
    """One archive in S3, under a key that holds the hash of its content."""

    def __init__(self, scope: Construct, id: str, *, path: str, digest: str, bucket: Any) -> None:
        super().__init__(scope, id)
        file = TerraformAsset(
            self, "File", path=str(Path(path).resolve()), type=AssetType.FILE, asset_hash=digest[:16]
        )
        name = bucket if isinstance(bucket, str) else bucket.bucket
        self.bucket_arn = (
            f"arn:{Environment(self).partition}:s3:::{bucket}" if isinstance(bucket, str) else str(bucket.arn)
        )
        self.key = f"{digest}/model.tar.gz"
        self._object = S3Object(
            self,
            "Resource",
            bucket=name,
            key=self.key,
            source=f"${{path.module}}/{file.path}",
            source_hash=digest,
            content_type="application/gzip",
        )

    @property
    def uri(self) -> str:
        """The object's `s3://` URI; whoever uses it waits for the upload."""
        return f"s3://{self._object.bucket}/{self._object.key}"

    @classmethod
    def in_stack_of(cls, scope: Construct, *, path: str, bucket: Any | None) -> "ModelDataAsset":
        """The stack's asset with this content in this bucket, made once."""
        stack = TerraformStack.of(scope)
        with Path(path).open("rb") as archive:
            digest = hashlib.file_digest(archive, "sha256").hexdigest()
        place = "" if bucket is None else bucket if isinstance(bucket, str) else str(bucket.bucket)
        id = (
            "SmTfModelData"
            + hashlib.sha256(f"{digest}|{as_written(stack, place)}".encode()).hexdigest()[:8].upper()
        )
        found = stack.node.try_find_child(id)
        if isinstance(found, cls):
            return found
        return cls(stack, id, path=path, digest=digest, bucket=bucket or _stack_bucket(stack))


def _stack_bucket(stack: TerraformStack) -> S3Bucket:
    found = stack.node.try_find_child(_ArtifactBucket.ID)
    return (found if isinstance(found, _ArtifactBucket) else _ArtifactBucket(stack)).bucket


class _ArtifactBucket(SmTfConstruct):
    """The stack's own bucket: private, encrypted, TLS only, and destroyed with the stack."""

    ID = "SmTfModelArtifacts"

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, self.ID)
        self.bucket = S3Bucket(
            self,
            "Resource",
            bucket_prefix=readable_name(stack, limit=37, suffix="-models-"),
            force_destroy=True,
        )
        S3BucketPublicAccessBlock(
            self,
            "PublicAccess",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "Encryption",
            bucket=self.bucket.id,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default={"sse_algorithm": "AES256"}
                )
            ],
        )
        deny_plain_http = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self.bucket.arn, f"{self.bucket.arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        S3BucketPolicy(self, "Policy", bucket=self.bucket.id, policy=policy_document([deny_plain_http]))
