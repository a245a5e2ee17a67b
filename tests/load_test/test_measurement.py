import pytest

from sm_tf.load_test import Limits, Measurement, Step
from sm_tf.load_test.measurement import Tally


def measurement(latencies: list[float], *, span: float = 1.0, rate: float = 10.0) -> Measurement:
    return Measurement(
        step=Step(rate=rate, seconds=10),
        latencies=latencies,
        span=span,
        errors={"Throttling 400": 2},
        unanswered=3,
        late=0.0,
    )


def test_a_percentile_is_a_latency_that_was_measured() -> None:
    twenty = measurement([float(number) for number in range(1, 21)])
    assert [twenty.percentile(percent) for percent in (50, 95, 99)] == [10, 19, 20]
    assert measurement([7.0]).percentile(50) == 7
    assert measurement([]).percentile(50) is None


def test_all_that_was_sent_is_counted() -> None:
    assert measurement([1.0] * 5).requests == 10
    assert measurement([1.0] * 5).failed == 2


def test_the_achieved_rate_is_that_of_the_answers() -> None:
    """Long answers do not lower it, waiting ones do."""
    assert measurement([5.0] * 101, span=10.0).achieved_rate == 10
    assert measurement([5.0] * 101, span=20.0).achieved_rate == 5
    # Not more than was sent, however close together answers came.
    assert measurement([5.0] * 101, span=0.0001).achieved_rate == 10
    assert measurement([5.0] * 2, span=0.0).achieved_rate == 10
    assert measurement([5.0]).achieved_rate == 0.1
    assert measurement([]).achieved_rate == 0


def test_so_many_are_under_way_at_a_time() -> None:
    assert measurement([0.5] * 101, span=10.0).concurrency == pytest.approx(5)
    assert measurement([]).concurrency == 0


def tally(requests: int, latencies: list[float], errors: int) -> Tally:
    found = Tally(Step(rate=requests, seconds=1), Limits(error_rate=0.1, latency=1.0))
    for latency in latencies:
        found.add(10.0, 10.0 + latency, None)
    for _ in range(errors):
        found.add(10.0, 10.1, "503")
    return found


def test_a_step_is_lost_when_the_rest_of_it_cannot_help() -> None:
    assert not tally(100, [1.5] * 5, errors=10).beyond_doubt
    assert tally(100, [], errors=11).beyond_doubt
    assert tally(100, [1.5] * 6, errors=0).beyond_doubt
    assert not tally(100, [1.0] * 90, errors=0).beyond_doubt


def test_answers_are_counted_as_they_come() -> None:
    found = Tally(Step(rate=10, seconds=1), Limits())
    assert (found.answered, found.span) == (0, 0)
    found.add(1.0, 1.5, None)
    found.add(1.25, 3.5, None)
    found.add(1.5, 9.0, "503")
    assert (found.latencies, found.errors, found.answered, found.span) == ([0.5, 2.25], {"503": 1}, 3, 2.0)
