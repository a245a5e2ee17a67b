"""Tells whether a program had a chance to change something: it had none while no message was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

_sent = 0
_own = 0
_unknown = count(1)


def _count_what_is_sent() -> bool:
    """Count the messages to Node from now on; False if jsii isn't as it is known."""
    from jsii._kernel.providers import process

    node: Any = getattr(process, "_NodeProcess", None)
    send = getattr(node, "send", None)
    if send is None:
        return False

    def send_and_count(self: Any, *request: Any) -> Any:
        global _sent
        _sent += 1
        return send(self, *request)

    node.send = send_and_count
    return True


_counts = _count_what_is_sent()


@contextmanager
def answering() -> Iterator[int]:
    """Yield a number that differs between two answers to Node if other messages were sent between them.

    The messages of the answers themselves don't count.
    """
    global _own
    before = _sent
    yield before - _own if _counts else next(_unknown)
    # The answer itself is a message too.
    _own += _sent - before + 1
