"""The body of every request."""

from dataclasses import dataclass
from mimetypes import MimeTypes
from pathlib import Path

from sm_tf.foundation.errors import UsageError

_TYPES = MimeTypes()
_TYPES.add_type("application/jsonlines", ".jsonl")


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The body of every request, and its MIME type."""

    body: bytes
    content_type: str


def read_payload(file: Path, content_type: str | None = None) -> Payload:
    """Read the payload from a file.

    `content_type` defaults to the type of the file name's ending, else to application/octet-stream.

    Raises:
        UsageError: the file is missing or empty.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"Payload {file} cannot be read: {error.strerror}.") from None
    if not body:
        raise UsageError(f"Payload {file} is empty: it must hold the body of one request.")
    guessed = _TYPES.guess_type(file.name)[0]
    return Payload(body=body, content_type=content_type or guessed or "application/octet-stream")
