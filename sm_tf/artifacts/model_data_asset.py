"""A local model archive that Terraform uploads from the stack's folder."""

import hashlib
import os
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sm_tf.access.iam import policy_document
from sm_tf.access.provider_types import BucketLike
from sm_tf.bindings.core import AssetType, Construct, TerraformAsset, TerraformProvider
from sm_tf.bindings.resources import Join, Place, Resource, Values, place_of
from sm_tf.bindings.tokens import as_written, is_known
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import drawn, readable_name
from sm_tf.foundation.published import find_published
from sm_tf.foundation.published_file import PublishedAsset


def check_archive(check: Checks, path: str) -> None:
    """Check that `path` is a gzipped tar archive."""
    if not is_known(path):
        check.problem("path is a Terraform token; the file is read at synth, so pass a literal path")
    elif not os.path.exists(path):  # noqa: PTH110  # Path.exists raises an error for one that is too long.
        check.problem(f"path {path!r} doesn't exist (looked in {Path.cwd()})")
    elif not Path(path).is_file():
        check.problem(f"{path!r} is not a file; pack the folder with: tar -czf model.tar.gz -C {path} .")
    elif not path.lower().endswith(".tar.gz"):
        check.problem(f"{path!r} doesn't end in '.tar.gz', which SageMaker requires of model artifacts")
    elif not _is_gzipped_tar(path):
        check.problem(f"{path!r} is not a gzipped tar archive, despite its name; create one with tar -czf")


def _is_gzipped_tar(path: str) -> bool:
    try:
        with tarfile.open(path, "r:gz") as archive:
            archive.next()
    except (tarfile.TarError, OSError, EOFError):
        return False
    return True


@dataclass(frozen=True)
class Archive:
    """A local archive, the bucket that it is put into, and the ARN of the KMS key that encrypts it there."""

    path: str
    bucket: BucketLike | str | None
    encryption_key: str | None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, in hexadecimal."""
        with Path(self.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def find_published(self, scope: Construct) -> PublishedAsset | None:
        """Return the archive as `sm-tf publish` has uploaded it for the stack, None if Terraform has to."""
        return find_published(
            scope,
            "archive",
            path=os.path.relpath(self.path).replace(os.sep, "/"),
            hash=self.digest,
            destination=self.bucket if isinstance(self.bucket, str) else None,
            encryption_key=self.encryption_key,
            problem=None
            if is_known(self.encryption_key)
            else "only Terraform knows its encryption_key; pass the key's ARN",
        )


class ModelDataAsset(SmTfConstruct):
    """One archive in S3, below a prefix that is the hash of its content."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        path: str,
        digest: str,
        bucket_name: str,
        bucket_arn: str,
        encryption_key: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id, provider)
        file = TerraformAsset(
            self, "File", path=str(Path(path).resolve()), type=AssetType.FILE, asset_hash=digest[:16]
        )
        self.bucket_arn = bucket_arn
        self.prefix = f"{digest}/"
        # An object that is replaced is put under another key before the old one is deleted. The content needs
        # no replacement: with another one, this is another construct.
        key = Join(self.prefix, drawn(), "/model.tar.gz")
        self._object = Resource(
            self,
            "Resource",
            "aws_s3_object",
            {
                "bucket": bucket_name,
                "key": key,
                "lifecycle": {"ignore_changes": ["key"]},
                "source": f"${{path.module}}/{file.path}",
                "source_hash": digest,
                "content_type": "application/gzip",
                "kms_key_id": encryption_key,
            },
            attributes=("bucket", "key"),
        )

    @property
    def uri(self) -> str:
        """The object's `s3://` URI. It refers to the resource, so its users wait for the upload."""
        return f"s3://{self._object['bucket']}/{self._object['key']}"

    @classmethod
    def in_stack_of(cls, scope: Construct, archive: Archive) -> "ModelDataAsset":
        """Return the stack's asset with this content in this bucket, encrypted with this key; the first call
        creates it.
        """
        place = place_of(scope)
        bucket, encryption_key, digest = archive.bucket, archive.encryption_key, archive.digest
        name, arn = ("", "") if bucket is None else _name_and_arn(scope, bucket)
        content = f"{digest}|{as_written(place.stack.element, name)}"
        if encryption_key is not None:
            content += f"|{as_written(place.stack.element, encryption_key)}"
        id = "SmTfModelData" + hashlib.sha256(content.encode()).hexdigest()[:8].upper()
        if id not in place.once:
            if bucket is None:
                own = _bucket_of(place)
                name, arn = own["bucket"], own["arn"]
            place.once[id] = cls(
                place.stack.element,
                place.shared_id(id),
                path=archive.path,
                digest=digest,
                bucket_name=name,
                bucket_arn=arn,
                encryption_key=encryption_key,
                provider=place.provider,
            )
        asset: ModelDataAsset = place.once[id]
        return asset


def _name_and_arn(scope: Construct, bucket: BucketLike | str) -> tuple[str, str]:
    if isinstance(bucket, str):
        return bucket, f"arn:{Environment(scope).partition}:s3:::{bucket}"
    return bucket.bucket, str(bucket.arn)


_BUCKET = "SmTfModelArtifacts"


def _bucket_of(place: Place) -> Resource:
    """Return the stack's own bucket: private, encrypted, TLS only, and destroyed with the stack."""
    if _BUCKET not in place.once:
        place.once[_BUCKET] = _make_bucket(place)
    bucket: Resource = place.once[_BUCKET]
    return bucket


def _make_bucket(place: Place) -> Resource:
    stack, below = place.stack.element, place.shared_id(_BUCKET)

    def make(id: str, type: str, values: Values, *attributes: str) -> Resource:
        return Resource(stack, id, type, values, attributes=attributes, below=below, place=place)

    prefix = readable_name(stack, limit=37, suffix="-models-")
    bucket = make(
        "Resource", "aws_s3_bucket", {"bucket_prefix": prefix, "force_destroy": True}, "id", "bucket", "arn"
    )
    deny_plain_http = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket["arn"], f"{bucket['arn']}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    blocked = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    encryption = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    make(
        "PublicAccess",
        "aws_s3_bucket_public_access_block",
        {"bucket": bucket["id"], **dict.fromkeys(blocked, True)},
    )
    make(
        "Encryption",
        "aws_s3_bucket_server_side_encryption_configuration",
        {"bucket": bucket["id"], "rule": [encryption]},
    )
    make(
        "Policy",
        "aws_s3_bucket_policy",
        {"bucket": bucket["id"], "policy": policy_document([deny_plain_http])},
    )
    return bucket
