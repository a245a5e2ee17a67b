"""Says what a command did about an interruption."""

from collections.abc import Iterator
from contextlib import contextmanager


class Interrupted(Exception):  # noqa: N818
    """Ctrl-C ended the command; the message says what was cleaned up."""


@contextmanager
def if_interrupted(outcome: str) -> Iterator[None]:
    """Say `outcome` if Ctrl-C ends the block."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted: {outcome}") from None
