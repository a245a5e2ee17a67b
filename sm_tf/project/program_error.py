"""The error of a user's program that failed with a Python exception."""

import re
from collections.abc import Iterator
from pathlib import Path

from sm_tf.bindings.engine import VALIDATION_FAILED
from sm_tf.bindings.origins import is_library
from sm_tf.foundation.errors import InvalidPropsError, ToolError
from sm_tf.project.source_lines import SourceLine, SourceLines

_FRAME = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in .+)?')
# A syntax error begins with its place, and an exception that jsii hands over with its type.
_BEGIN = re.compile(
    r'Traceback \(most recent call last\):|jsii\.errors\.JavaScriptError:|  File "[^"]+", line \d'
)
_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*(?P<type>[A-Za-z_]\w*)(?:: (?P<message>.*))?")
_FOUND_AT_SYNTH = re.compile(r"\s*\[(?P<path>[^\]]*)\] (?P<problem>.+)")


class ProgramError(ToolError):
    """The user's program ended with an exception.

    `type` is the name of the exception's class, ValidationError for problems found at synth. `where` is the
    path of the construct that it is about, None if it is about none, and `problems` has one sentence a
    mistake. `line` is the line of the program that raised it or, for problems found at synth, the line that
    made the construct. `printed` is the program's output up to the traceback.
    """

    def __init__(
        self,
        *,
        type: str,
        where: str | None,
        problems: list[str],
        line: SourceLine | None,
        printed: str,
        traceback: str,
    ) -> None:
        self.type = type
        self.where = where
        self.problems = problems
        self.line = line
        self.printed = printed
        self.traceback = traceback
        told = problems[0] if len(problems) == 1 else "".join(f"\n  - {problem}" for problem in problems)
        sentence = told if told == type else f"{where or type}: {told}"
        super().__init__(f"{sentence}\n  {line}" if line else sentence)


def program_error(output: str, project: Path, lines: SourceLines) -> ProgramError | None:
    """The exception that the output of a failed program ends with; None if it doesn't end with a traceback.

    `lines` are those that made the program's constructs.
    """
    text = output.splitlines()
    frames = [number for number, line in enumerate(text) if _FRAME.fullmatch(line)]
    if not frames:
        return None
    # The source of a frame is indented more than the exception that follows the last frame.
    last = next((n for n in range(frames[-1], len(text)) if text[n] and not text[n].startswith(" ")), None)
    exception = _EXCEPTION.fullmatch(text[last]) if last is not None else None
    if last is None or exception is None:
        return None
    begin = next(number for number, line in enumerate(text) if _BEGIN.match(line))
    message = "\n".join([exception["message"] or "", *text[last + 1 :]]).strip()
    found_at_synth = VALIDATION_FAILED in message
    where, problems = _problems(exception["type"], message)
    raised_at = next(_program_lines([text[number] for number in reversed(frames)], project), None)
    return ProgramError(
        type="ValidationError" if found_at_synth else exception["type"],
        where=where,
        problems=problems,
        line=(lines.of(where) if where and found_at_synth else None) or raised_at,
        printed="\n".join(text[:begin]).strip(),
        traceback="\n".join(text[begin:]),
    )


def _program_lines(frames: list[str], project: Path) -> Iterator[SourceLine]:
    for frame in frames:
        found = _FRAME.fullmatch(frame)
        if found and not is_library(found["file"]):
            yield SourceLine.inside(project, found["file"], int(found["line"]))


def _problems(type: str, message: str) -> tuple[str | None, list[str]]:
    if VALIDATION_FAILED in message:
        found = [
            match.groups() for line in message.splitlines() if (match := _FOUND_AT_SYNTH.fullmatch(line))
        ]
        paths = {path for path, _ in found}
        if len(paths) == 1:
            return paths.pop(), [problem for _, problem in found]
        return None, [f"{path}: {problem}" for path, problem in found]
    if type == InvalidPropsError.__name__:
        where, _, told = message.partition(": ")
        return where, [told] if not told.startswith("\n") else told.strip().removeprefix("- ").split("\n  - ")
    return None, [message or type]
