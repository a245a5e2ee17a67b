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
    """Questions without an answer."""

    def __init__(self, missing: list[Question]) -> None:
        self.missing = missing
        super().__init__(
            f"These questions have no answer: {', '.join(question.name for question in missing)}."
        )


def collect(
    template: Template,
    given: Mapping[str, Answer],
    *,
    directory: Path,
    recorded: Mapping[str, Answer] | None = None,
    ask: Ask | None = None,
    defaults: bool = False,
) -> dict[str, Answer]:
    """The answers to all questions of a template.

    Args:
        template: the template.
        given: answers by the names of their questions. They come before `recorded` ones.
        directory: the project's folder; defaults may use its name as `directory`.
        recorded: the answers of the project as it is. Those that no question asks for are dropped.
        ask: gets each remaining question with its default, and returns the answer.
        defaults: take the defaults of the remaining questions.

    Raises:
        UsageError: an answer is not allowed, or no question asks for it; all such answers are listed.
        MissingAnswersError: questions remain, and neither `ask` nor `defaults` answers them.
    """
    known = [question.name for question in template.questions]
    problems = [
        f"Template {template.name} does not ask for {name}; it asks for {', '.join(known)}."
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
                _refuse_unused(question, given)
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


def _refuse_unused(question: Question, given: Mapping[str, Answer]) -> None:
    if given.get(question.name, "") != "":
        when = " and ".join(f"{name} {wanted}" for name, wanted in question.when.items())
        raise UsageError(f"{question.name} is used only with {when}.")
