"""Gets the answers of the commands: from options, and by questions on a terminal."""

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sm_tf.foundation.errors import UsageError

if TYPE_CHECKING:
    from sm_tf.scaffold.question import Answer, Question

Directory = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="The project's folder. Defaults to the current folder.")
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data", "-d", metavar="KEY=VALUE", help="An answer by the name of its question; may be repeated."
    ),
]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask; fail if an answer is missing.")]


def flag(name: str, named: Collection[str]) -> str:
    """The option for an answer; `named` has the answers with an option of their own."""
    return f"--{name.replace('_', '-')}" if name in named else f"-d {name}="


def as_answers(data: list[str] | None, named: Mapping[str, str | None]) -> dict[str, str]:
    """The answers in the options."""
    given: dict[str, str] = {}
    for pair in data or []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"-d {pair} must have the form KEY=VALUE.")
        if key in given or named.get(key) is not None:
            raise UsageError(f"{key} is given twice.")
        given[key] = value
    return given | {key: value for key, value in named.items() if value is not None}


def on_terminal() -> bool:
    """Whether somebody can answer questions."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def prompt(text: str, default: "Answer | None") -> str:
    """Ask for one line of text; an empty line means the default."""
    try:
        given: str = typer.prompt(text, default=default, show_default=default != "", type=str)
    except typer.Abort:
        raise KeyboardInterrupt from None
    return given


def ask(question: "Question", default: "Answer | None") -> "Answer":
    """Ask until the answer is allowed."""
    text = question.prompt
    if question.choices:
        text += f" ({', '.join(question.choices)})"
    while True:
        try:
            return question.parse(prompt(text, default))
        except UsageError as error:
            typer.secho(f"  {error}", fg=typer.colors.RED)


@contextmanager
def explaining_missing(named: Collection[str] = ()) -> Iterator[None]:
    """Name the options for missing answers; `named` has the answers with an option of their own."""
    from sm_tf.scaffold.answers import MissingAnswersError

    try:
        yield
    except MissingAnswersError as error:
        options = "".join(
            f"\n  {flag(question.name, named)}  {question.prompt}" for question in error.missing
        )
        raise UsageError(f"{error}\nGive them, or accept their defaults with --defaults:{options}") from None
