from pathlib import Path

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.load_test import read_payload


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("payload.json", "application/json"),
        ("rows.jsonl", "application/jsonlines"),
        ("rows.csv", "text/csv"),
        ("cat.jpg", "image/jpeg"),
        ("tensor", "application/octet-stream"),
    ],
)
def test_the_type_is_told_by_the_name(tmp_path: Path, name: str, content_type: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"\xff")
    assert vars(read_payload(file)) == {"body": b"\xff", "content_type": content_type}
    assert read_payload(file, "text/plain").content_type == "text/plain"


def test_a_file_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    with pytest.raises(UsageError, match=r"^Payload .*payload\.json cannot be read: No such file"):
        read_payload(file)
    with pytest.raises(UsageError, match=r"cannot be read: Is a directory"):
        read_payload(tmp_path)
    file.touch()
    with pytest.raises(UsageError, match=r"payload\.json is empty: it must hold the body of one request"):
        read_payload(file)
