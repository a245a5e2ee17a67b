"""Uploads a file to S3: in parts, resumed after a break, and verified by checksums."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.publish.workers import Workers

_MIB = 2**20
_SMALLEST_PART = 8 * _MIB
_MOST_PARTS = 10_000
"""S3's limit: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

OnBytes = Callable[[int], None]
_Part = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class S3Object:
    """The place of a file in S3, and the KMS key that encrypts it there. Defaults to the bucket's own."""

    client: Any
    bucket: str
    key: str
    encryption_key: str | None = None

    @property
    def place(self) -> dict[str, str]:
        """What requests call it."""
        return {"Bucket": self.bucket, "Key": self.key}

    @property
    def options(self) -> dict[str, str]:
        """What is said when it is created."""
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.encryption_key or ""}
        return {"ContentType": "application/gzip", **(encryption if self.encryption_key else {})}


def is_uploaded(target: S3Object, source: Path) -> bool:
    """Tell whether an object has the content of a file, by the checksum that S3 has of it."""
    size = source.stat().st_size
    found = _checksum_of(target, size)
    return found is not None and found == _checksum(source, size)


def upload(
    target: S3Object, source: Path, digest: str, workers: Workers, on_bytes: OnBytes = lambda _: None
) -> None:
    """Upload a file whose SHA-256 is `digest`. Parts of an upload that broke off are used.

    Raises:
        ToolError: The file changed, or S3 has something else than what was sent.
    """
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    size = source.stat().st_size
    if size <= _part_size(size):
        sent = _put(target, source, digest, on_bytes)
    else:
        try:
            sent = _put_parts(target, source, digest, workers, on_bytes, _broken_off(target))
        except ClientError as error:
            # Another run may have gone on with the same upload, and ended it.
            if error.response.get("Error", {}).get("Code") != "NoSuchUpload":
                raise
            if is_uploaded(target, source):
                return
            sent = _put_parts(target, source, digest, workers, on_bytes, None)
    if _checksum_of(target, size) != sent:
        raise ToolError(f"s3://{target.bucket}/{target.key} is not what was uploaded: publish again.")


def _part_size(size: int) -> int:
    return max(_SMALLEST_PART, ceil(size / _MOST_PARTS / _MIB) * _MIB)


def _checksum_of(target: S3Object, size: int) -> str | None:
    """Return the checksum that S3 has of an object of this size, None if there is none."""
    from botocore.exceptions import ClientError

    try:
        found = target.client.head_object(**target.place, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise
    # S3 writes the number of parts behind the checksum of an object in parts.
    return str(found.get("ChecksumSHA256", "")).partition("-")[0] if found["ContentLength"] == size else None


def _checksum(source: Path, size: int) -> str:
    """Return the checksum that S3 has of the file: its SHA-256 or, in parts, that of their SHA-256."""
    part_size = _part_size(size)
    digests = [sha256(part).digest() for part in _read(source, part_size)]
    return _in_base64(digests[0] if len(digests) == 1 else sha256(b"".join(digests)).digest())


def _read(source: Path, part_size: int) -> Iterator[bytes]:
    with source.open("rb") as file:
        while part := file.read(part_size):
            yield part


def _put(target: S3Object, source: Path, digest: str, on_bytes: OnBytes) -> str:
    content = source.read_bytes()
    found = sha256(content)
    if found.hexdigest() != digest:
        raise _changed(source)
    checksum = _in_base64(found.digest())
    target.client.put_object(**target.place, **target.options, Body=content, ChecksumSHA256=checksum)
    on_bytes(len(content))
    return checksum


def _put_parts(
    target: S3Object,
    source: Path,
    digest: str,
    workers: Workers,
    on_bytes: OnBytes,
    upload_id: str | None,
) -> str:
    present = _parts_of(target, upload_id) if upload_id else {}
    if upload_id is None:
        created = target.client.create_multipart_upload(
            **target.place, **target.options, ChecksumAlgorithm="SHA256", ChecksumType="COMPOSITE"
        )
        upload_id = created["UploadId"]
    in_upload = {**target.place, "UploadId": upload_id}

    def send(number: int, content: bytes) -> _Part:
        checksum = _in_base64(sha256(content).digest())
        part = present.get(number, {})
        if (part.get("Size"), part.get("ChecksumSHA256")) != (len(content), checksum):
            part = target.client.upload_part(
                **in_upload, PartNumber=number, Body=content, ChecksumSHA256=checksum
            )
        on_bytes(len(content))
        return {"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": checksum}

    part_size = _part_size(source.stat().st_size)
    whole = sha256()

    def read() -> Iterator[bytes]:
        for content in _read(source, part_size):
            whole.update(content)
            yield content

    parts = workers.send(send, read())
    if whole.hexdigest() != digest:
        target.client.abort_multipart_upload(**in_upload)
        raise _changed(source)
    target.client.complete_multipart_upload(**in_upload, MultipartUpload={"Parts": parts})
    digests = b"".join(b64decode(part["ChecksumSHA256"]) for part in parts)
    return _in_base64(sha256(digests).digest())


def _broken_off(target: S3Object) -> str | None:
    """Return the id of an upload of this object that has not ended."""
    pages = target.client.get_paginator("list_multipart_uploads").paginate(
        Bucket=target.bucket, Prefix=target.key
    )
    for page in pages:
        for found in page.get("Uploads", []):
            if found["Key"] == target.key and found.get("ChecksumAlgorithm") == "SHA256":
                return str(found["UploadId"])
    return None


def _parts_of(target: S3Object, upload_id: str) -> dict[int, _Part]:
    pages = target.client.get_paginator("list_parts").paginate(**target.place, UploadId=upload_id)
    return {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}


def _changed(source: Path) -> ToolError:
    return ToolError(f"{source.name} changed while it was published: publish again.")


def _in_base64(digest: bytes) -> str:
    return b64encode(digest).decode()
