"""The answers file: what a project was made from, so that it can be updated.

It holds the template's rendering too, which an update needs to tell the user's edits from the template's
changes, whatever has become of the old version of the template.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.render import File, is_inside

FILE = ".sm-tf.json"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A template by its name, version and source, the answers, and the files as they were rendered."""

    template: str
    version: str
    source: str
    answers: Answers
    rendering: Mapping[str, bytes]

    def file(self) -> File:
        """The answers file."""
        content = {
            "template": self.template,
            "version": self.version,
            "source": self.source,
            "answers": dict(self.answers),
            "rendering": {path: _pack(content) for path, content in sorted(self.rendering.items())},
        }
        return File(f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode())


def read_record(directory: Path) -> Record:
    """The answers file of a project.

    Raises:
        UsageError: there is none, or it isn't one.
    """
    file = directory / FILE
    if not file.is_file():
        raise UsageError(
            f"{directory} has no {FILE}: run this in the folder of a project that sm-tf init made."
        )
    try:
        content = json.loads(file.read_text("utf-8"))
        answers = content["answers"]
        if not all(isinstance(answer, str | int) for answer in answers.values()):
            raise ValueError("an answer is neither text nor number")
        if not all(is_inside(path) for path in content["rendering"]):
            raise ValueError("a path leads out of the project")
        return Record(
            template=str(content["template"]),
            version=str(content["version"]),
            source=str(content["source"]),
            answers=answers,
            rendering={path: _unpack(packed) for path, packed in content["rendering"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise UsageError(
            f"{file} is damaged ({type(error).__name__}: {error}): restore it from version control."
        ) from None


def _pack(content: bytes) -> str:
    return b64encode(zlib.compress(content, 9)).decode()


def _unpack(packed: str) -> bytes:
    return zlib.decompress(b64decode(packed, validate=True))
