"""The capacity of an endpoint's instances, as a test has set it."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """The capacity of one instance: its rate, and the latency in seconds of a request that need not wait.

    A request to a busy instance waits for its turn, and is refused if that takes more than `max_wait`
    seconds. Without `requests_per_second` no request waits.
    """

    requests_per_second: float | None = None
    latency: float = 0.0
    max_wait: float = 1.0


class Turns:
    """The turns of a variant's requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 0.0

    def wait(self, capacity: Capacity, instances: int, now: float) -> float | None:
        """The seconds that a request must wait for its turn; None if it is refused."""
        if capacity.requests_per_second is None:
            return 0.0
        with self._lock:
            turn = max(now, self._free)
            if turn - now > capacity.max_wait:
                return None
            self._free = turn + 1 / (capacity.requests_per_second * instances)
        return turn - now
