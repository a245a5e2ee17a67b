"""Uploads to S3: in parts, resumed, verified."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from sm_tf.foundation.errors import ToolError
from sm_tf.publish.upload import S3Object, is_uploaded, upload
from sm_tf.publish.workers import Workers

MIB = 2**20
DENIED = (403, "<Error><Code>AccessDenied</Code><Message>no s3:PutObject</Message></Error>")


@pytest.fixture
def target(s3: Any, bucket: str) -> S3Object:
    return S3Object(client=s3, bucket=bucket, key="hash/model.tar.gz")


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers() as workers:
        yield workers


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three parts, the last one short."""
    file = tmp_path / "large"
    file.write_bytes(os.urandom(16 * MIB + 5))
    return file


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def content(target: S3Object) -> bytes:
    found: bytes = target.client.get_object(**target.place)["Body"].read()
    return found


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 8 * MIB + 1])
def test_what_is_uploaded_is_there_and_is_known(
    target: S3Object, workers: Workers, tmp_path: Path, size: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(size))
    assert not is_uploaded(target, file)
    sizes: list[int] = []
    upload(target, file, digest(file), workers, sizes.append)
    assert content(target) == file.read_bytes()
    assert sum(sizes) == size
    assert is_uploaded(target, file)


def test_other_content_of_the_same_size_is_seen(target: S3Object, workers: Workers, large: Path) -> None:
    upload(target, large, digest(large), workers)
    with large.open("r+b") as file:
        file.write(b"other")
    assert not is_uploaded(target, large)
    upload(target, large, digest(large), workers)
    assert content(target) == large.read_bytes()


def test_an_object_without_a_checksum_is_uploaded_again(target: S3Object, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    target.client.put_object(**target.place, Body=b"content")
    assert not is_uploaded(target, file)


def test_an_upload_that_broke_off_goes_on(target: S3Object, workers: Workers, large: Path, gate: Any) -> None:
    gate.refusals["partNumber=3"] = DENIED
    with pytest.raises(ClientError, match="AccessDenied"):
        upload(target, large, digest(large), workers)
    assert not is_uploaded(target, large)
    gate.refusals.clear()
    gate.requests.clear()
    upload(target, large, digest(large), workers)
    assert [line for line in gate.seen("PUT") if "partNumber=3" not in line] == []
    assert content(target) == large.read_bytes()
    assert "Uploads" not in target.client.list_multipart_uploads(Bucket=target.bucket)


def test_parts_of_other_content_are_sent_again(
    target: S3Object, workers: Workers, large: Path, gate: Any
) -> None:
    gate.refusals["partNumber=3"] = DENIED
    with pytest.raises(ClientError):
        upload(target, large, digest(large), workers)
    with large.open("r+b") as file:
        file.write(b"other")
    gate.refusals.clear()
    gate.requests.clear()
    upload(target, large, digest(large), workers)
    assert len(gate.seen("PUT", "partNumber=1")) == 1
    assert gate.seen("PUT", "partNumber=2") == []
    assert content(target) == large.read_bytes()


def test_a_broken_off_upload_without_checksums_is_left_alone(
    target: S3Object, workers: Workers, large: Path
) -> None:
    other = target.client.create_multipart_upload(**target.place)["UploadId"]
    upload(target, large, digest(large), workers)
    (left,) = target.client.list_multipart_uploads(Bucket=target.bucket)["Uploads"]
    assert left["UploadId"] == other


@pytest.mark.parametrize("is_complete", [True, False])
def test_an_upload_that_another_run_ends_is_no_failure(
    target: S3Object,
    workers: Workers,
    large: Path,
    gate: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_complete: bool,
) -> None:
    if is_complete:
        upload(target, large, digest(large), workers)
    gate.requests.clear()
    monkeypatch.setattr("sm_tf.publish.upload._broken_off", lambda _: "it has ended")
    upload(target, large, digest(large), workers)
    assert content(target) == large.read_bytes()
    assert len(gate.seen("PUT")) == (0 if is_complete else 3)


@pytest.mark.parametrize("size", [10, 8 * MIB + 1])
def test_a_file_that_changes_meanwhile_is_not_published(
    target: S3Object, workers: Workers, tmp_path: Path, size: int
) -> None:
    file = tmp_path / "model.tar.gz"
    file.write_bytes(os.urandom(size))
    with pytest.raises(ToolError, match=r"^model\.tar\.gz changed while it was published: publish again\.$"):
        upload(target, file, hashlib.sha256(b"before").hexdigest(), workers)
    assert not is_uploaded(target, file)
    assert "Uploads" not in target.client.list_multipart_uploads(Bucket=target.bucket)


def test_the_key_that_encrypts_is_said(s3: Any, bucket: str, workers: Workers, large: Path) -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
    target = S3Object(client=s3, bucket=bucket, key="hash/model.tar.gz", encryption_key=arn)
    upload(target, large, digest(large), workers)
    found = s3.head_object(**target.place)
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", arn)
    assert found["ContentType"] == "application/gzip"


def test_few_parts_are_in_memory_at_a_time(workers: Workers) -> None:
    read: list[int] = []
    sent: list[int] = []
    go_on = threading.Event()

    def parts() -> Iterator[bytes]:
        for number in range(1, 31):
            read.append(number)
            if number == 11:
                go_on.set()
            yield b"part"

    def send(number: int, part: bytes) -> int:
        assert go_on.wait(60)
        assert (part, len(read) - len(sent) <= 11) == (b"part", True)
        sent.append(number)
        return number

    assert workers.send(send, parts()) == list(range(1, 31))


def test_the_first_error_ends_the_sending(workers: Workers) -> None:
    read: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield b""

    def fail(number: int, part: bytes) -> None:
        raise ToolError(f"{number}{part!r}")

    with pytest.raises(ToolError, match=r"^1b''$"):
        workers.send(fail, parts())
    assert len(read) < 50


def interrupt(workers: Workers) -> None:
    with workers:
        raise KeyboardInterrupt


def test_nothing_is_begun_after_an_interruption(workers: Workers) -> None:
    workers.check()
    with pytest.raises(KeyboardInterrupt):
        interrupt(workers)
    with pytest.raises(ToolError, match="interrupted"):
        workers.check()
