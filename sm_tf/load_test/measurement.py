"""The measurements of one step."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sm_tf.load_test.steps import Step
from sm_tf.load_test.target import Target

LATENCY_PERCENTILE = 95
MAX_LATE_SECONDS = 1.0
"""A sender that is further behind no longer sends at the planned rate."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a good step.

    `error_rate` is the share of requests that may fail, 0 to 1. Defaults to 0.01. `latency` is the highest
    95th percentile of the successful requests' latencies, in seconds as the client sees them. Defaults to 1.
    """

    error_rate: float = 0.01
    latency: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The result of one step; times are in seconds.

    `latencies` has the sorted latencies of the successful requests, and `span` is the time between the first
    and the last of their responses. `errors` counts the failed requests by kind, and `unanswered` those
    without a response at the end of the step. `late` is how far the sender was behind. `after` is the
    endpoint after the step, None if the variant was gone.
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
        """The number of requests sent."""
        return len(self.latencies) + self.failed + self.unanswered

    @property
    def failed(self) -> int:
        """The number of failed requests."""
        return sum(self.errors.values())

    @property
    def achieved_rate(self) -> float:
        """Successful responses per second."""
        responses = len(self.latencies)
        if responses < 2:
            return responses / self.step.seconds
        # Between responses, not from the first request on: the latency is not a part of the rate.
        return (responses - 1) / max(self.span, (responses - 1) / self.step.rate)

    @property
    def concurrency(self) -> float:
        """The average number of successful requests that were in flight at the same time."""
        return self.achieved_rate * sum(self.latencies) / max(1, len(self.latencies))

    def percentile(self, percent: int) -> float | None:
        """The latency that `percent` of the successful requests did not exceed; None if there are none."""
        if not self.latencies:
            return None
        return self.latencies[math.ceil(len(self.latencies) * percent / 100) - 1]


class Tally:
    """Counts the responses of one step as they arrive."""

    def __init__(self, step: Step, limits: Limits) -> None:
        self._step = step
        self._limits = limits
        self._slow = 0
        self._times: list[float] = []
        self.latencies: list[float] = []
        self.errors: Counter[str] = Counter()

    def add(self, started: float, ended: float, error: str | None) -> None:
        """Count one response."""
        if error is not None:
            self.errors[error] += 1
            return
        self._times.append(ended)
        self.latencies.append(ended - started)
        self._slow += ended - started > self._limits.latency

    @property
    def answered(self) -> int:
        """The number of responses so far."""
        return len(self.latencies) + self.errors.total()

    @property
    def span(self) -> float:
        """The seconds between the first and the last success."""
        return max(self._times) - min(self._times) if self._times else 0.0

    @property
    def beyond_doubt(self) -> bool:
        """Whether the step is outside the limits even if all of its other requests succeed quickly."""
        failing, slow = self._limits.error_rate, 1 - LATENCY_PERCENTILE / 100
        requests = self._step.requests
        return self.errors.total() > failing * requests or self._slow > slow * requests
