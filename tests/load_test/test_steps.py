from typing import Any

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.load_test import plan_steps


def rates(**bounds: Any) -> list[float]:
    return [step.rate for step in plan_steps(**bounds)]


def test_each_rate_is_a_multiple_of_the_one_before() -> None:
    assert rates(start_rate=2, growth=1.5, max_rate=9) == [2, 3, 4.5, 6.75, 9]


def test_the_highest_rate_is_the_last_step() -> None:
    assert rates(start_rate=4, growth=2, max_rate=16) == [4, 8, 16]
    assert rates(start_rate=4, max_rate=4) == [4]


def test_all_requests_and_seconds_are_within_the_bounds() -> None:
    """10 + 20 + 40 requests, and the one that goes ahead."""
    doubling = {"start_rate": 1, "growth": 2, "step_seconds": 10}
    assert rates(**doubling, max_requests=71) == [1, 2, 4]
    assert rates(**doubling, max_requests=70) == [1, 2]
    assert rates(**doubling, max_seconds=40) == [1, 2, 4, 8]
    assert rates(**doubling, max_seconds=39) == [1, 2, 4]


def test_what_is_sent_if_nothing_is_said() -> None:
    steps = plan_steps()
    assert (steps[0].rate, steps[0].requests, steps[0].seconds) == (1, 20, 20)
    assert 150 < steps[-1].rate < 180
    assert 15_000 < sum(step.requests for step in steps) < 20_000
    assert sum(step.seconds for step in steps) == 480


def test_a_slow_step_has_one_request_at_least() -> None:
    assert plan_steps(start_rate=0.01, step_seconds=1)[0].requests == 1


def test_impossible_steps_are_refused_all_at_once() -> None:
    with pytest.raises(UsageError) as error:
        plan_steps(start_rate=0, growth=1, step_seconds=-1)
    assert str(error.value) == (
        "These steps are not possible: start rate 0 must be a number above 0; growth 1 must be a number "
        "above 1; step seconds -1 must be a number above 0."
    )


def test_the_highest_rate_is_not_below_the_lowest() -> None:
    with pytest.raises(UsageError, match=r"maximum rate 4 is below the start rate 5\.$"):
        plan_steps(start_rate=5, max_rate=4)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_rates_are_numbers(value: float) -> None:
    for name in ("start_rate", "growth", "step_seconds", "max_rate", "max_seconds"):
        with pytest.raises(UsageError):
            plan_steps(**{name: value})


def test_bounds_that_nothing_fits_into_are_refused() -> None:
    with pytest.raises(
        UsageError, match=r"^The first step, 21 requests in 20 s, exceeds the bounds: 20 requests in"
    ):
        plan_steps(max_requests=20)
    with pytest.raises(UsageError, match=r"bounds: 20,000 requests in 5 s\.$"):
        plan_steps(max_seconds=5)
