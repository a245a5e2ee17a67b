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
        subject = where or type
        if len(problems) == 1:
            sentence = problems[0] if problems[0] == type else f"{subject}: {problems[0]}"
        else:
            sentence = f"{subject}:" + "".join(f"\n  - {problem}" for problem in problems)
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
    printed, trace = "\n".join(text[:begin]).strip(), "\n".join(text[begin:])
    if VALIDATION_FAILED in message:
        where, problems, line = _found_at_synth(message, lines)
        type = "ValidationError"
    else:
        type = exception["type"]
        where, problems = _mistakes(type, message)
        line = next(_program_lines([text[number] for number in reversed(frames)], project), None)
    return ProgramError(
        type=type, where=where, problems=problems, line=line, printed=printed, traceback=trace
    )


def _program_lines(frames: list[str], project: Path) -> Iterator[SourceLine]:
    for frame in frames:
        found = _FRAME.fullmatch(frame)
        if found and not is_library(found["file"]):
            yield SourceLine.inside(project, found["file"], int(found["line"]))


def _mistakes(type: str, message: str) -> tuple[str | None, list[str]]:
    """The construct that an exception is about, if any, and its sentences."""
    if type != InvalidPropsError.__name__:
        return None, [message or type]
    where, _, text = message.partition(": ")
    return where, [text] if not text.startswith("\n") else text.strip().removeprefix("- ").split("\n  - ")


def _found_at_synth(message: str, lines: SourceLines) -> tuple[str | None, list[str], SourceLine | None]:
    """The construct whose check failed at synth, the problems, and the line that made it.

    If there are several constructs, each problem names its own construct and line.
    """
    found = [match for line in message.splitlines() if (match := _FOUND_AT_SYNTH.fullmatch(line))]
    paths = {match["path"] for match in found}
    if len(paths) == 1:
        path = paths.pop()
        return path, [match["problem"] for match in found], lines.of(path)
    problems = []
    for match in found:
        line = lines.of(match["path"])
        problems.append(f"{match['path']}: {match['problem']}" + (f" ({line})" if line else ""))
    return None, problems, None
