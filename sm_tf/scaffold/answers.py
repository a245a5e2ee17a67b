"""Collects the answers to a template's questions."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.question import Answer, Question
from sm_tf.scaffold.render import render_text
from sm_tf.scaffold.template import Template

Ask = Callable[[Question, Answer | None], Answer]


class MissingAnswersError(UsageError):
    """Answers that nobody gave."""

    def __init__(self, missing: list[Question]) -> None:
        self.missing = missing
        super().__init__(f"No answer is given for {', '.join(question.name for question in missing)}.")


def collect(
    template: Template,
    given: Mapping[str, Answer],
    *,
    directory: Path,
    recorded: Mapping[str, Answer] | None = None,
    ask: Ask | None = None,
    defaults: bool = False,
) -> dict[str, Answer]:
    """The answers to all questions of a template: those that are given or recorded, then `ask`, or else the
    defaults.

    `ask` gets each open question with its default. A default may be made of the answers before it and of
    `directory`, the name of the project's folder. A recorded answer that isn't asked for any more is dropped.

    Raises:
        UsageError: an answer that isn't allowed or isn't asked for; all of them are listed.
        MissingAnswersError: open questions, and neither `ask` nor `defaults` closes them.
    """
    known = [question.name for question in template.questions]
    problems = [
        f"{name} is no answer of template {template.name}, which asks for {', '.join(known)}."
        for name in given
        if name not in known
    ]
    earlier = recorded or {}
    missing: list[Question] = []
    answers: dict[str, Answer] = {}
    for question in template.questions:
        name = question.name
        try:
            if not question.applies(answers):
                answers[name] = ""
                _refuse_idle(question, given)
            elif name in given:
                answers[name] = ""
                answers[name] = question.parse(given[name])
            elif earlier.get(name, "") != "" or (name in earlier and question.optional):
                answers[name] = ""
                answers[name] = question.parse(earlier[name])
            elif ask is not None and not problems:
                answers[name] = ask(question, _default(question, answers, directory))
            else:
                default = _default(question, answers, directory)
                answers[name] = "" if default is None else default
                if default is None or not defaults:
                    missing.append(question)
        except UsageError as error:
            problems.append(str(error))
    if problems:
        raise UsageError("\n".join(problems))
    if missing:
        raise MissingAnswersError(missing)
    return answers


def _default(question: Question, answers: Mapping[str, Answer], directory: Path) -> Answer | None:
    if question.default is None:
        return "" if question.optional else None
    if not isinstance(question.default, str):
        return question.parse(question.default)
    text = render_text(question.default, {**answers, "directory": _as_name(directory)})
    return question.parse(text)


def _as_name(directory: Path) -> str:
    words = re.sub(r"[^a-zA-Z0-9]+", "-", directory.resolve().name)[:63].strip("-")
    return words or "my-endpoint"


def _refuse_idle(question: Question, given: Mapping[str, Answer]) -> None:
    if given.get(question.name, "") != "":
        when = " and ".join(f"{name} {wanted}" for name, wanted in question.when.items())
        raise UsageError(f"{question.name} is only for {when}.")
