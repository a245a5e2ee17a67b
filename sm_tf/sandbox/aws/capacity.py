"""What an endpoint's instances can bear, as a test has set it."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What one instance serves: requests a second, and each in `latency` seconds when nothing is before it.

    A request that comes while others are served waits for its turn; one that would wait for more than
    `max_wait` seconds is refused. Without `requests_per_second` nothing waits.
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
        """In how many seconds a request that comes now has its turn; None where it is refused."""
        if capacity.requests_per_second is None:
            return 0.0
        with self._lock:
            turn = max(now, self._free)
            if turn - now > capacity.max_wait:
                return None
            self._free = turn + 1 / (capacity.requests_per_second * instances)
        return turn - now
