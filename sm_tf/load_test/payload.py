"""What every request carries."""

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
    """The payload in a file.

    `content_type` is told by the file's name if absent, and application/octet-stream where that tells
    nothing. Raises `UsageError` for a file that is missing or empty.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"Payload {file} can't be read: {error.strerror}.") from None
    if not body:
        raise UsageError(f"Payload {file} is empty: it must hold one request as the model expects it.")
    guessed = _TYPES.guess_type(file.name)[0]
    return Payload(body=body, content_type=content_type or guessed or "application/octet-stream")
