"""What sm_tf raises.

SmTfError
├── InvalidPropsError   a construct was given values that AWS or Terraform would refuse; also a ValueError
├── ToolError           Terraform, Node, a provider or another program failed or is missing
└── UsageError          what was asked for is not there, or stands against what is there
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sm_tf.foundation.public import public


class SmTfError(Exception):
    """Base of every error that sm_tf raises on purpose."""


class InvalidPropsError(SmTfError, ValueError):
    """A construct was given values that AWS or Terraform would refuse; all mistakes of the call are listed.

    `where` is the construct's path and `problems` holds one sentence a mistake.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        listed = problems[0] if len(problems) == 1 else "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{where}: {listed}")


class ToolError(SmTfError):
    """Terraform, Node, a provider or another program failed or is missing; the message says what to do."""


class UsageError(SmTfError):
    """What was asked for is not there or stands against what is there: no such project, stack or template, a
    bad answer, a file that would be overwritten.
    """


@public
class Checks:
    """Collects what is wrong with one call, so that the reader sees every mistake at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, problem: str) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def require(self, holds: bool, problem: str) -> None:
        """Note a problem unless something holds."""
        if not holds:
            self.problems.append(problem)


@contextmanager
def checking(where: str) -> Iterator[Checks]:
    """Collect problems inside the block and raise them together, as one InvalidPropsError, when it ends."""
    checks = Checks()
    yield checks
    if checks.problems:
        raise InvalidPropsError(where, checks.problems)
