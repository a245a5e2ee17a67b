"""The answers file of a project, which an update reads.

It also holds the files as they were rendered: an update compares them with the user's files, and the old
version of the template may be gone by then.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.foreign import is_printable, parse_json
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.render import File, is_inside

FILE = ".sm-tf.json"


@dataclass(frozen=True, kw_only=True)
class AnswersFile:
    """The name, version and source of the template, the answers, and the files as they were rendered."""

    template: str
    version: str
    source: str
    answers: Answers
    rendering: Mapping[str, File]

    def file(self) -> File:
        """The file to write."""
        content = {
            "template": self.template,
            "version": self.version,
            "source": self.source,
            "answers": dict(self.answers),
            "executable": sorted(path for path, file in self.rendering.items() if file.executable),
            "rendering": {path: _pack(file.content) for path, file in sorted(self.rendering.items())},
        }
        return File(f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode())


def read_answers_file(directory: Path) -> AnswersFile:
    """Read the answers file of a project.

    Raises:
        UsageError: the file is missing, damaged or a symbolic link.
    """
    file = directory / FILE
    if file.is_symlink():
        raise UsageError(
            f"{file} is a symbolic link, which isn't followed: put the file itself in its place."
        )
    if not file.is_file():
        raise UsageError(
            f"{directory} has no {FILE}: run this in the folder of a project that `sm-tf init` made."
        )
    try:
        content = parse_json(file.read_text("utf-8"))
        answers, executable = content["answers"], content.get("executable", [])
        if not all(isinstance(answer, str | int) for answer in answers.values()):
            raise ValueError("an answer is neither a text nor a number")
        if not all(is_inside(path) for path in content["rendering"]):
            raise ValueError("a path is outside the project")
        named = [content["template"], content["version"], content["source"], *answers, *answers.values()]
        if not all(is_printable(str(text)) for text in named):
            raise ValueError("a text has control characters")
        return AnswersFile(
            template=str(content["template"]),
            version=str(content["version"]),
            source=str(content["source"]),
            answers=answers,
            rendering={
                path: File(_unpack(packed), executable=path in executable)
                for path, packed in content["rendering"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise UsageError(
            f"{file} is damaged ({type(error).__name__}: {error}): restore it from version control."
        ) from None


def _pack(content: bytes) -> str:
    return b64encode(zlib.compress(content, 9)).decode()


def _unpack(packed: str) -> bytes:
    return zlib.decompress(b64decode(packed, validate=True))
