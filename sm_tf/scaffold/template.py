"""Templates: folders with a template.json that read like the project they make."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any

from sm_tf.foundation.errors import Checks, ToolError
from sm_tf.foundation.foreign import is_printable, parse_json, printable
from sm_tf.scaffold.answer_types import ANSWER_TYPES
from sm_tf.scaffold.question import Question

DESCRIPTION = "template.json"
SUFFIX = ".jinja"
KEYS = {"name", "description", "version", "extends", "questions", "files", "next_steps"}
_QUESTION_KEYS = {field.name for field in fields(Question)}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template as its folder describes it.

    `folders` are its own folder and those that it extends; a file of an earlier one wins. `files` says for
    which answers a file is made, or all files below a folder that ends in `/`.
    """

    name: str
    description: str
    version: str
    questions: tuple[Question, ...]
    folders: tuple[Path, ...]
    files: Mapping[str, Mapping[str, str]]
    next_steps: tuple[str, ...]

    def sources(self) -> dict[str, Path]:
        """The files that the project is made from, by their path in the template.

        Files and folders that begin with `_` at the top of the template are left out: they are for the
        template's own use.
        """
        found: dict[str, tuple[str, Path]] = {}
        for inside, path in self.contents():
            if not inside.startswith("_") and inside != DESCRIPTION:
                # A plain file replaces a rendered one of the same name, and the other way round.
                found[inside.removesuffix(SUFFIX)] = (inside, path)
        return dict(sorted(found.values()))

    def contents(self) -> Iterator[tuple[str, Path]]:
        """All files with their paths in the template; those of a folder come after those that it extends.

        Raises:
            ToolError: a file or folder is a symbolic link.
        """
        for folder in reversed(self.folders):
            for path in sorted(_files_below(folder)):
                yield path.relative_to(folder).as_posix(), path


def builtin_folder() -> Path:
    """The folder of sm_tf's own templates: in the wheel below this package, else in its repository."""
    packaged = Path(__file__).parent / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates"


def builtin_templates() -> list[Template]:
    """sm_tf's own templates, sorted by name."""
    found = (path.parent for path in builtin_folder().glob(f"[!_]*/{DESCRIPTION}"))
    return [read_template(folder) for folder in sorted(found)]


def read_template(folder: Path) -> Template:
    """Read and check the template.json of a folder.

    Raises:
        ToolError: the folder has no template.json, or a malformed one; all mistakes are listed.
    """
    own = _read(folder)
    with _checking(folder) as check:
        for key in ("name", "description", "version"):
            check.require(isinstance(own.get(key), str) and own[key] != "", f'"{key}" must be a text')
        valid = "extends" not in own or (
            isinstance(own["extends"], str) and _FOLDER.fullmatch(own["extends"]) is not None
        )
        check.require(valid, '"extends" must be the name of a folder beside the template\'s')
    layers = [(folder, own)]
    if base := own.get("extends"):
        layers.append((folder.parent / base, _read(folder.parent / base)))
    questions: dict[str, dict[str, Any]] = {}
    files: dict[str, Mapping[str, str]] = {}
    for _, layer in reversed(layers):
        for question in layer.get("questions", []):
            questions[question["name"]] = questions.get(question["name"], {}) | question
        files |= layer.get("files", {})
    with _checking(folder) as check:
        for question in questions.values():
            _check_question(check, question)
        conditions = [question.get("when", {}) for question in questions.values()] + list(files.values())
        unknown = sorted({name for condition in conditions for name in condition} - set(questions))
        check.require(not unknown, f"a condition needs {', '.join(unknown)}, which no question asks for")
    return Template(
        name=own["name"],
        description=own["description"],
        version=own["version"],
        questions=tuple(
            Question(**{**question, "choices": tuple(question.get("choices", ()))})
            for question in questions.values()
        ),
        folders=tuple(path for path, _ in layers),
        files=files,
        next_steps=tuple(next((layer["next_steps"] for _, layer in layers if "next_steps" in layer), ())),
    )


@contextmanager
def _checking(folder: Path) -> Iterator[Checks]:
    """Collect the mistakes of a template.json inside the block and raise them together when it ends."""
    check = Checks()
    yield check
    if check.problems:
        listed = "".join(f"\n  - {problem}" for problem in check.problems)
        raise ToolError(f"{folder / DESCRIPTION} is not a valid template:{listed}")


def _read(folder: Path) -> dict[str, Any]:
    """The content of a folder's template.json, in which each question has a name."""
    file = folder / DESCRIPTION
    for path in (folder, file):
        if path.is_symlink():
            raise _link(path)
    if not file.is_file():
        raise ToolError(f"{folder} is not a template: it has no {DESCRIPTION}.")
    try:
        content = parse_json(file.read_text("utf-8"))
    except ValueError as error:
        raise ToolError(f"{file} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ToolError(f"{file} is not a JSON object.")
    with _checking(folder) as check:
        unknown = sorted(set(content) - KEYS)
        known = ", ".join(sorted(KEYS))
        check.require(not unknown, f"unknown key {', '.join(unknown)}; known keys are {known}")
        questions = content.get("questions", [])
        check.require(_are_objects(questions), '"questions" must be a list of objects')
        for number, question in enumerate(questions if _are_objects(questions) else []):
            name = question.get("name")
            valid = isinstance(name, str) and _NAME.fullmatch(name) is not None
            check.require(
                valid, f'questions[{number}] needs a "name" of lower-case letters, digits and _, not {name!r}'
            )
            valid = isinstance(question.get("when", {}), dict)
            check.require(valid, f'question {name}: "when" must be an object')
        files = content.get("files", {})
        valid = isinstance(files, dict) and _are_objects(list(files.values()))
        check.require(
            valid, '"files" must say for each path which answers it needs, {"path": {"question": "answer"}}'
        )
        check.require(_are_texts(content.get("next_steps", [])), '"next_steps" must be a list of texts')
        for key, value in content.items():
            _check_printable(check, f'"{printable(key)}"', value)
    return content


def _check_question(check: Checks, question: Mapping[str, Any]) -> None:
    where = f"question {question['name']}"
    unknown = sorted(set(question) - _QUESTION_KEYS)
    known = ", ".join(sorted(_QUESTION_KEYS))
    check.require(not unknown, f"{where}: unknown key {', '.join(unknown)}; known keys are {known}")
    check.require(isinstance(question.get("prompt"), str), f'{where} has no "prompt"')
    type, types = question.get("type", "text"), ", ".join(sorted(ANSWER_TYPES))
    check.require(
        isinstance(type, str) and type in ANSWER_TYPES, f"{where}: type {type!r} must be one of {types}"
    )
    default = question.get("default")
    check.require(default is None or isinstance(default, str | int), f'{where}: "default" must be a text')
    check.require(_are_texts(question.get("choices", [])), f'{where}: "choices" must be a list of texts')
    for key in ("minimum", "maximum"):
        check.require(isinstance(question.get(key, 0), int), f'{where}: "{key}" must be a whole number')
    check.require(isinstance(question.get("rule", ""), str), f'{where}: "rule" must be a text')
    try:
        re.compile(question.get("pattern", ""))
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        check.require(False, f'{where}: "pattern" is not a regular expression: {error}')


def _are_objects(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, dict) for value in values)


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_symlink():
            raise _link(path)
        if path.name in (".git", "__pycache__"):
            continue
        if path.is_dir():
            yield from _files_below(path)
        else:
            yield path


def _link(path: Path) -> ToolError:
    return ToolError(f"{path} is a symbolic link, and templates must not contain any.")


def _check_printable(check: Checks, where: str, value: object) -> None:
    """Check that no text in the value can steer a terminal."""
    match value:
        case str():
            check.require(is_printable(value), f"{where} has a control character: {printable(value)}")
        case list():
            for each in value:
                _check_printable(check, where, each)
        case dict():
            for key, each in value.items():
                _check_printable(check, where, key)
                _check_printable(check, where, each)


def made_for(template: Template, path: str) -> Mapping[str, str]:
    """The answers that a file of the template is made for; empty if it is always made."""
    for place in (path, *(f"{parent}/" for parent in PurePosixPath(path).parents)):
        if place in template.files:
            return template.files[place]
    return {}
