"""What the requests of one step came to."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sm_tf.load_test.steps import Step
from sm_tf.load_test.target import Target

LATENCY_PERCENTILE = 95
MAX_LATE_SECONDS = 1.0
"""Behind by more, a sender does not send at the planned rate any more."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Within which an endpoint is well.

    `error_rate` is the part of the requests that may fail, 0 to 1; `latency` is what the 95th percentile of
    the others may take, in seconds, seen from the client.
    """

    error_rate: float = 0.01
    latency: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One step as it went; the times are in seconds.

    `latencies` are those of the requests that succeeded, sorted, and `span` lies between the first and the
    last of these answers; `errors` counts the other answers by kind; `unanswered` requests had neither when
    the step was left; `late` is how far the sender was behind. `after` is the endpoint as it was then, None
    where it had lost the variant.
    """

    step: Step
    latencies: Sequence[float] = field(repr=False)
    span: float
    errors: Mapping[str, int]
    unanswered: int
    late: float
    after: Target | None = None

    @property
    def requests(self) -> int:
        """How many were sent."""
        return len(self.latencies) + self.failed + self.unanswered

    @property
    def failed(self) -> int:
        """How many came back as errors."""
        return sum(self.errors.values())

    @property
    def achieved_rate(self) -> float:
        """Successful answers a second."""
        answers = len(self.latencies)
        if answers < 2:
            return answers / self.step.seconds
        # Between answers, not from the first request on: how long each takes says nothing of their rate.
        return (answers - 1) / max(self.span, (answers - 1) / self.step.rate)

    @property
    def concurrency(self) -> float:
        """How many of the successful requests were under way at a time, on average."""
        return self.achieved_rate * sum(self.latencies) / max(1, len(self.latencies))

    def percentile(self, percent: int) -> float | None:
        """The shortest latency that `percent` of the successful requests did not exceed."""
        if not self.latencies:
            return None
        return self.latencies[math.ceil(len(self.latencies) * percent / 100) - 1]


class Tally:
    """Counts the answers of one step as they come."""

    def __init__(self, step: Step, limits: Limits) -> None:
        self._step = step
        self._limits = limits
        self._slow = 0
        self._times: list[float] = []
        self.latencies: list[float] = []
        self.errors: Counter[str] = Counter()

    def add(self, started: float, ended: float, error: str | None) -> None:
        """Count one answer."""
        if error is not None:
            self.errors[error] += 1
            return
        self._times.append(ended)
        self.latencies.append(ended - started)
        self._slow += ended - started > self._limits.latency

    @property
    def answered(self) -> int:
        """How many have come."""
        return len(self.latencies) + self.errors.total()

    @property
    def span(self) -> float:
        """Between the first and the last success."""
        return max(self._times) - min(self._times) if self._times else 0.0

    @property
    def beyond_doubt(self) -> bool:
        """Whether the step is outside the limits, however well the rest of its requests does."""
        failing, slow = self._limits.error_rate, 1 - LATENCY_PERCENTILE / 100
        requests = self._step.requests
        return self.errors.total() > failing * requests or self._slow > slow * requests
