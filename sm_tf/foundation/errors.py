"""The errors that sm_tf raises.

SmTfError
├── InvalidPropsError   values that AWS or Terraform would refuse; also a ValueError
├── ToolError           Terraform, Node, a provider or another program failed or is missing
└── UsageError          something requested doesn't exist, or conflicts with something that does
"""

from collections.abc import Iterator
from contextlib import contextmanager


class SmTfError(Exception):
    """The base of all errors that sm_tf raises on purpose."""


class InvalidPropsError(SmTfError, ValueError):
    """AWS or Terraform would refuse the given values. The error lists all problems of a call.

    `where` is the construct's path, and `problems` has one sentence per problem.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        listed = problems[0] if len(problems) == 1 else "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{where}: {listed}")


class ToolError(SmTfError):
    """Terraform, Node, a provider or another program failed or is missing. The message says what to do."""


class UsageError(SmTfError):
    """Something requested doesn't exist, or conflicts with something that does: an unknown project, stack or
    template, an invalid answer, or a file that would be overwritten.
    """


class Checks:
    """Collects the problems of one call, so the user sees all of them at once, and its warnings."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def problem(self, problem: str) -> None:
        """Add a problem."""
        self.problems.append(problem)

    def warning(self, warning: str) -> None:
        """Add a warning, unless it is there."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def require(self, holds: bool, problem: str) -> None:
        """Add a problem unless `holds` is true."""
        if not holds:
            self.problems.append(problem)


@contextmanager
def checking(where: str) -> Iterator[Checks]:
    """Collect the problems found in the block, and raise them as one InvalidPropsError at its end."""
    checks = Checks()
    yield checks
    if checks.problems:
        raise InvalidPropsError(where, checks.problems)
