import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_tf import AdjustmentType, ScalingInterval
from sm_tf.autoscaling.step_scaling import split_steps
from sm_tf.foundation.errors import Checks

CHANGE, EXACT = AdjustmentType.CHANGE_IN_CAPACITY, AdjustmentType.EXACT_CAPACITY


def steps(*intervals, adjustment=CHANGE):
    check = Checks()
    lower, upper = split_steps(check, [interval(*i) for i in intervals], adjustment)
    assert check.problems == []
    return lower, upper


def interval(lower, upper, change):
    return ScalingInterval(lower=lower, upper=upper, change=change)


def test_a_gap_divides_what_scales_in_from_what_scales_out() -> None:
    lower, upper = steps((None, 20, -1), (60, 80, 1), (80, None, 3))
    assert lower == (20, [(-1, None, 0)])
    assert upper == (60, [(1, 0, 20), (3, 20, None)])


def test_a_change_of_nothing_is_a_gap() -> None:
    assert steps((0, 20, -1), (20, 60, 0), (60, None, 1)) == steps((0, 20, -1), (60, None, 1))


@pytest.mark.parametrize("adjustment", [EXACT, "ExactCapacity"])
def test_but_not_for_an_exact_capacity(adjustment) -> None:
    lower, upper = steps((0, 10, 0), (10, None, 5), adjustment=adjustment)
    assert lower == (10, [(0, None, 0)])
    assert upper == (10, [(5, 0, None)])


def test_without_a_gap_the_middle_divides() -> None:
    lower, upper = steps((0, 10, -2), (10, 20, -1), (20, 30, 1), (30, None, 2))
    assert lower == (20, [(-2, None, -10), (-1, -10, 0)])
    assert upper == (20, [(1, 0, 10), (2, 10, None)])


def test_ends_that_are_left_out_are_those_of_the_neighbours() -> None:
    assert steps((None, 20, -1), (60, None, 1), (80, None, 3)) == steps(
        (0, 20, -1), (60, 80, 1), (80, None, 3)
    )


def test_only_upwards() -> None:
    assert steps((0, 50, 0), (50, 70, 1), (70, None, 2)) == (None, (50, [(1, 0, 20), (2, 20, None)]))


def test_only_downwards() -> None:
    assert steps((0, 10, -2), (10, 20, -1), (20, None, 0)) == ((20, [(-2, None, -10), (-1, -10, 0)]), None)


@pytest.mark.parametrize(
    ("intervals", "told"),
    [
        ([(0, 1, 1)], "scaling_steps has 1 intervals; 2 to 40 are allowed"),
        ([(n, n + 1, 1) for n in range(41)], "has 41 intervals"),
        ([(None, None, 1), (1, 2, 1)], "needs lower or upper"),
        ([(0, 10, 1), (5, 20, 2)], "scaling_steps overlap: one ends at 10, the next begins at 5"),
        ([(0, 10, 1), (20, 30, 2), (40, 50, 3)], "alone in more than one interval"),
        ([(0, 10, 1), (10, 20, 0), (20, 30, 1), (40, None, 1)], "alone in more than one interval"),
        ([(10, 5, 1), (20, 30, 1)], "begins at 10 and ends at 5"),
        ([(0, None, 1), (None, 30, 1)], "both leave out the bound between them"),
    ],
)
def test_bad_steps_are_refused(intervals, told) -> None:
    check = Checks()
    assert split_steps(check, [interval(*i) for i in intervals], CHANGE) == (None, None)
    assert any(told in problem for problem in check.problems), check.problems


@given(
    st.lists(st.integers(-1000, 1000), min_size=3, max_size=12, unique=True),
    st.data(),
)
def test_every_value_of_the_metric_has_the_change_that_its_interval_says(bounds, data) -> None:
    bounds = sorted(bounds)
    changes = [data.draw(st.integers(1, 9)) for _ in bounds[1:]]
    lower, upper = steps(*zip(bounds, bounds[1:], changes, strict=False))
    assert lower
    assert upper
    for start, end, change in zip(bounds, bounds[1:], changes, strict=False):
        middle = (start + end) / 2
        side = lower if middle < lower.threshold else upper
        at = middle - side.threshold
        (found,) = [
            step.change
            for step in side.steps
            if (step.lower is None or step.lower <= at) and (step.upper is None or at < step.upper)
        ]
        assert found == change
