"""A question that a template asks, and the check of its answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.answer_types import ANSWER_TYPES

Answer = str | int
Answers = Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a template, and which answers it allows.

    `default` may hold other answers in Jinja's form; None means that the question has no default. `choices`
    lists all allowed answers. `pattern` must match the whole answer, and `rule` says in words what it allows.
    An `optional` answer may be empty. The question is asked only if the earlier answers are those of `when`;
    otherwise its answer is empty.
    """

    name: str
    prompt: str
    type: str = "text"
    default: Answer | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    rule: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    optional: bool = False
    when: Mapping[str, str] = field(default_factory=dict)

    def applies(self, answers: Answers) -> bool:
        """Whether the question is asked after these answers."""
        return all(answers.get(name) == wanted for name, wanted in self.when.items())

    def parse(self, given: Answer) -> Answer:
        """The answer that the text stands for.

        Raises:
            UsageError: the text is not an allowed answer; the message says what is allowed.
        """
        text = str(given).strip()
        if self._allows(text):
            return int(text) if self.type == "integer" and text else text
        raise UsageError(f"{self.name} {text!r} must be {self.allowed}.")

    @property
    def allowed(self) -> str:
        """The allowed answers, in words."""
        rule = self.rule or ANSWER_TYPES[self.type].rule
        if self.choices:
            rule = f"one of {', '.join(self.choices)}"
        elif self.type == "integer":
            bounds = (f"{word} {bound}" for word, bound in self._bounds() if bound is not None)
            rule = " ".join([rule, *bounds])
        elif self.pattern and not self.rule:
            rule = f"{rule} that matches {self.pattern}"
        return f"{rule}, or empty" if self.optional else rule

    def _bounds(self) -> tuple[tuple[str, int | None], tuple[str, int | None]]:
        return ("from", self.minimum), ("to", self.maximum)

    def _allows(self, text: str) -> bool:
        if not text:
            return self.optional
        if self.choices:
            return text in self.choices
        if not ANSWER_TYPES[self.type].accepts(text):
            return False
        if self.type == "integer":
            low, high = self.minimum, self.maximum
            return (low is None or int(text) >= low) and (high is None or int(text) <= high)
        return self.pattern is None or re.fullmatch(self.pattern, text) is not None
