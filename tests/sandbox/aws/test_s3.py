"""S3's checksums."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]


@pytest.fixture
def s3(client: Callable[[str], Any]) -> Any:
    return client("s3")


@pytest.fixture
def place(s3: Any, name: str) -> dict[str, str]:
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return {"Bucket": name, "Key": "key"}


def sha256(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()


def test_content_with_another_checksum_is_refused(s3: Any, place: dict[str, str]) -> None:
    with pytest.raises(ClientError, match=r"BadDigest.*The SHA256 you specified did not match"):
        s3.put_object(**place, Body=b"content", ChecksumSHA256=sha256(b"other"))
    upload = s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    part = {**place, "UploadId": upload, "PartNumber": 1}
    with pytest.raises(ClientError, match="BadDigest"):
        s3.upload_part(**part, Body=b"content", ChecksumSHA256=sha256(b"other"))
    assert s3.list_parts(**place, UploadId=upload).get("Parts", []) == []


def test_checksums_are_told_of_objects_and_of_parts(s3: Any, place: dict[str, str]) -> None:
    checksum = sha256(b"content")
    s3.put_object(**place, Body=b"content", ChecksumSHA256=checksum)
    assert s3.head_object(**place, ChecksumMode="ENABLED")["ChecksumSHA256"] == checksum
    upload = s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"content", ChecksumSHA256=checksum)
    (part,) = s3.list_parts(**place, UploadId=upload)["Parts"]
    assert (part["ChecksumSHA256"], part["Size"]) == (checksum, 7)
