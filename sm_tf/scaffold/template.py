"""Templates: folders with a template.json that read like the project they make."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.scaffold.kinds import KINDS
from sm_tf.scaffold.question import Question

DESCRIPTION = "template.json"
SUFFIX = ".jinja"
KEYS = {"name", "description", "version", "extends", "answers", "files", "next_steps"}
_QUESTION_KEYS = {field.name for field in fields(Question)}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template as its folder says it.

    `folders` are its own folder and those that it extends; a file of an earlier one wins. `files` says which
    answers a file, or what is below a folder that ends in `/`, is only made for.
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

        What begins with `_` at the top of a folder is there for the template's own use.
        """
        found: dict[str, tuple[str, Path]] = {}
        for folder in reversed(self.folders):
            for path in sorted(_files_below(folder)):
                inside = path.relative_to(folder)
                if not inside.parts[0].startswith("_") and inside != Path(DESCRIPTION):
                    # A file takes the place of another's that is rendered, and the other way round.
                    found[inside.as_posix().removesuffix(SUFFIX)] = (inside.as_posix(), path)
        return dict(sorted(found.values()))


def builtin_folder() -> Path:
    """Where sm_tf's own templates are: in the wheel below this package, else in its repository."""
    packaged = Path(__file__).parent / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates"


def builtin_templates() -> list[Template]:
    """sm_tf's own templates by their names."""
    found = (path.parent for path in builtin_folder().glob(f"[!_]*/{DESCRIPTION}"))
    return [read_template(folder) for folder in sorted(found)]


def read_template(folder: Path) -> Template:
    """Read and check the template.json of a folder.

    Raises:
        ToolError: there is none, or it is malformed.
    """
    own = _read(folder)
    where = folder / DESCRIPTION
    for key in ("name", "description", "version"):
        _require(isinstance(own.get(key), str) and own[key], where, f'it has no "{key}"')
    layers = [(folder, own)]
    if base := own.get("extends"):
        valid = isinstance(base, str) and _FOLDER.fullmatch(base) is not None
        _require(valid, where, '"extends" must be the name of a folder beside the template\'s')
        layers.append((folder.parent / base, _read(folder.parent / base)))
    questions: dict[str, dict[str, Any]] = {}
    files: dict[str, Mapping[str, str]] = {}
    for path, layer in reversed(layers):
        for number, question in enumerate(layer.get("answers", [])):
            place = f"answers[{number}]"
            _require(isinstance(question, dict), path / DESCRIPTION, f"{place} is no object")
            name = question.get("name")
            valid = isinstance(name, str) and _NAME.fullmatch(name) is not None
            _require(valid, path / DESCRIPTION, f'{place} needs a "name" of lower-case letters, digits and _')
            valid = isinstance(question.get("when", {}), dict)
            _require(valid, path / DESCRIPTION, f'answer {name}: "when" is no object')
            questions[name] = questions.get(name, {}) | question
        files |= layer.get("files", {})
    conditions = [question.get("when", {}) for question in questions.values()] + list(files.values())
    strange = sorted({name for condition in conditions for name in condition} - set(questions))
    _require(not strange, where, f"a condition needs {', '.join(strange)}, which no question asks for")
    return Template(
        name=own["name"],
        description=own["description"],
        version=own["version"],
        questions=tuple(_question(where, question) for question in questions.values()),
        folders=tuple(path for path, _ in layers),
        files=files,
        next_steps=tuple(next((layer["next_steps"] for _, layer in layers if "next_steps" in layer), ())),
    )


def _read(folder: Path) -> dict[str, Any]:
    file = folder / DESCRIPTION
    if not file.is_file():
        raise ToolError(f"{folder} is no template: it has no {DESCRIPTION}.")
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ToolError(f"{file} is not JSON: {error}") from None
    _require(isinstance(content, dict), file, "it is no JSON object")
    unknown = sorted(set(content) - KEYS)
    _require(not unknown, file, f"unknown {', '.join(unknown)}; known are {', '.join(sorted(KEYS))}")
    _require(isinstance(content.get("answers", []), list), file, '"answers" is no list')
    conditions = content.get("files", {})
    valid = isinstance(conditions, dict) and all(isinstance(when, dict) for when in conditions.values())
    _require(
        valid, file, '"files" must say for each path which answers it needs, {"path": {"answer": "value"}}'
    )
    steps = content.get("next_steps", [])
    valid = isinstance(steps, list) and all(isinstance(step, str) for step in steps)
    _require(valid, file, '"next_steps" must be a list of texts')
    result: dict[str, Any] = content
    return result


def _question(file: Path, given: Mapping[str, Any]) -> Question:
    name = given["name"]
    unknown = sorted(set(given) - _QUESTION_KEYS)
    known = ", ".join(sorted(_QUESTION_KEYS))
    _require(not unknown, file, f"answer {name} has unknown {', '.join(unknown)}; known are {known}")
    _require(isinstance(given.get("prompt"), str), file, f'answer {name} has no "prompt"')
    kind = given.get("kind", "text")
    _require(
        kind in KINDS, file, f"answer {name} has the kind {kind!r}; known are {', '.join(sorted(KINDS))}"
    )
    default = given.get("default")
    _require(
        default is None or isinstance(default, str | int), file, f"answer {name}: its default is no text"
    )
    choices = given.get("choices", [])
    valid = isinstance(choices, list) and all(isinstance(choice, str) for choice in choices)
    _require(valid, file, f'answer {name}: "choices" must be a list of texts')
    try:
        re.compile(given.get("pattern", ""))
    except (re.error, TypeError) as error:
        raise ToolError(f"{file}: answer {name}: its pattern is wrong: {error}.") from None
    return Question(**{**given, "choices": tuple(choices)})


def _require(holds: object, file: Path, problem: str) -> None:
    if not holds:
        raise ToolError(f"{file}: {problem}.")


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_symlink():
            raise ToolError(f"{path} is a symbolic link, which a template may not have.")
        if path.name in (".git", "__pycache__"):
            continue
        if path.is_dir():
            yield from _files_below(path)
        else:
            yield path


def made_for(template: Template, path: str) -> Mapping[str, str]:
    """Which answers a file of the template is made for; all when the mapping is empty."""
    for place in (path, *(f"{parent}/" for parent in PurePosixPath(path).parents)):
        if place in template.files:
            return template.files[place]
    return {}
