"""Renders a template in memory."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.foreign import is_printable
from sm_tf.scaffold.question import Answers
from sm_tf.scaffold.template import SUFFIX, Template, made_for

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True)
class File:
    """A file of a project."""

    content: bytes
    executable: bool = False

    @classmethod
    def read(cls, path: Path) -> "File":
        """Read a file."""
        return cls(path.read_bytes(), executable=os.access(path, os.X_OK))


Files = Mapping[str, File]

_MISTAKES = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""The errors of expressions in a template, and of texts that are nested or include each other too deeply."""


def render(template: Template, answers: Answers) -> dict[str, File]:
    """The project's files by their paths: files that end in `.jinja` are rendered, others are copied.

    Names of files and folders may hold answers. A template cannot run code of its own.

    Raises:
        ToolError: a template names an unknown answer or has a mistake, or a path is outside the project.
    """
    jinja = _environment(dict(template.contents()))
    files: dict[str, File] = {}
    for source, path in template.sources().items():
        if any(answers.get(name) != wanted for name, wanted in made_for(template, source).items()):
            continue
        target = "/".join(_render_text(jinja, part, answers, source) for part in PurePosixPath(source).parts)
        _check_path(source, target)
        content = path.read_bytes()
        if target.endswith(SUFFIX):
            target = target.removesuffix(SUFFIX)
            content = _render_file(jinja, source, answers).encode()
        files[target] = File(content, executable=os.access(path, os.X_OK))
    return files


def render_text(text: str, answers: Mapping[str, Any]) -> str:
    """Render a short text, such as a default."""
    return _render_text(_environment({}), text, answers, text)


def _environment(contents: Mapping[str, Path]) -> "SandboxedEnvironment":
    """Jinja for templates: unknown answers are errors, and the filter `quoted` adds double quotes.

    Texts include nothing but these files.
    """
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    jinja = SandboxedEnvironment(
        loader=FunctionLoader(lambda name: contents[name].read_text("utf-8") if name in contents else None),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    jinja.filters["quoted"] = lambda value: json.dumps(str(value))
    return jinja


def _render_text(jinja: "SandboxedEnvironment", text: str, answers: Mapping[str, Any], where: str) -> str:
    from jinja2 import TemplateError

    if "{" not in text:
        return text
    try:
        return jinja.from_string(text).render(answers)
    except (TemplateError, *_MISTAKES) as error:
        raise ToolError(f"The template's {where}: {_reason(error)}.") from None


def _render_file(jinja: "SandboxedEnvironment", source: str, answers: Answers) -> str:
    from jinja2 import TemplateError

    try:
        return jinja.get_template(source).render(answers)
    except TemplateError as error:
        line = f" line {error.lineno}" if hasattr(error, "lineno") else ""
        raise ToolError(f"The template's {source}{line}: {error}.") from None
    except _MISTAKES as error:
        raise ToolError(f"The template's {source}: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    match error:
        case RecursionError():
            return "it is nested, or includes itself, too deeply"
        case MemoryError():
            return "it needs too much memory"
    return str(error)


def _check_path(source: str, target: str) -> None:
    if target.count("/") != source.count("/") or not is_inside(target):
        raise ToolError(
            f"The template's {source} would be written to {target!r}, which is not a path inside the project."
        )


def is_inside(path: str) -> bool:
    """Whether a path is inside the project, not below .git, where git would run it, and fit to be shown."""
    return is_printable(path) and not any(
        part in ("", ".", "..") or part.lower() == ".git" or {*part} & {*"\\\n\t"} for part in path.split("/")
    )
