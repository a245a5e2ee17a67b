"""The rates to try, one after the other."""

import math
from dataclasses import dataclass

from sm_tf.foundation.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Step:
    """Requests at an even rate, in requests per second, for some seconds."""

    rate: float
    seconds: float

    @property
    def requests(self) -> int:
        """The number of requests."""
        return max(1, round(self.rate * self.seconds))


def plan_steps(
    *,
    start_rate: float = 1.0,
    growth: float = 1.25,
    step_seconds: float = 20.0,
    max_rate: float | None = None,
    max_requests: int = 20_000,
    max_seconds: float = 600.0,
) -> tuple[Step, ...]:
    """All steps within the bounds, which the one request before the first step counts towards.

    Args:
        start_rate: requests per second of the first step, above 0.
        growth: the rate of each step divided by that of the step before, above 1. The measured capacity is
            exact to this factor.
        step_seconds: the duration of each step, above 0.
        max_rate: requests per second of the last step. Defaults to the highest rate within the other bounds.
        max_requests: the highest number of requests in all.
        max_seconds: the longest duration of all steps together, above 0.

    Raises:
        UsageError: a value is out of range, or the bounds leave no room for the first step.
    """
    bounds = (
        ("start rate", start_rate, 0),
        ("growth", growth, 1),
        ("step seconds", step_seconds, 0),
        ("maximum seconds", max_seconds, 0),
        ("maximum rate", 1 if max_rate is None else max_rate, 0),
    )
    problems = [
        f"{name} {value:g} must be a number above {lowest}"
        for name, value, lowest in bounds
        if not lowest < value < math.inf
    ]
    if max_rate is not None and 0 < max_rate < start_rate:
        problems.append(f"maximum rate {max_rate:g} is below the start rate {start_rate:g}")
    if problems:
        raise UsageError(f"These steps are not possible: {'; '.join(problems)}.")
    steps: list[Step] = []
    rate, requests, seconds = start_rate, 1, 0.0
    while max_rate is None or not steps or steps[-1].rate < max_rate:
        step = Step(rate=rate if max_rate is None else min(rate, max_rate), seconds=step_seconds)
        requests += step.requests
        seconds += step.seconds
        if requests > max_requests or seconds > max_seconds:
            break
        steps.append(step)
        rate *= growth
    if not steps:
        raise UsageError(
            f"The first step, {requests:,} requests in {seconds:g} s, exceeds the bounds: "
            f"{max_requests:,} requests in {max_seconds:g} s."
        )
    return tuple(steps)
