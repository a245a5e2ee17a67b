"""Step scaling: from intervals of a metric to the steps of two policies and their alarms' thresholds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sm_tf.cloudwatch.metric_interface import IMetric
from sm_tf.foundation.checks import is_number, is_whole
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.public import public

MIN_STEPS, MAX_STEPS = 2, 40


class AdjustmentType(StrEnum):
    """How the change of a step is read: added, added in percent, or set as the new capacity."""

    CHANGE_IN_CAPACITY = "ChangeInCapacity"
    PERCENT_CHANGE_IN_CAPACITY = "PercentChangeInCapacity"
    EXACT_CAPACITY = "ExactCapacity"


class MetricAggregationType(StrEnum):
    """How AWS aggregates the data points of the alarm's metric."""

    AVERAGE = "Average"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"


@public
@dataclass(frozen=True, kw_only=True)
class ScalingInterval:
    """The change of the capacity while the metric is in an interval.

    Args:
        change: a whole number, read as the AdjustmentType says; 0 changes nothing.
        lower: the lower end. Defaults to the upper end of the interval below; to 0 for the lowest.
        upper: the upper end. Defaults to the lower end of the interval above; to infinity for the highest.
    """

    change: int
    lower: float | None = None
    upper: float | None = None


class Step(NamedTuple):
    """A change, and its interval relative to the alarm's threshold; None is infinite."""

    change: int
    lower: float | None
    upper: float | None


class Steps(NamedTuple):
    """The steps of one policy, and the threshold of its alarm."""

    threshold: float
    steps: list[Step]


class _Interval(NamedTuple):
    lower: float
    upper: float
    change: int | None


def split_steps(
    check: Checks, steps: Sequence[ScalingInterval], adjustment: AdjustmentType
) -> tuple[Steps | None, Steps | None]:
    """The steps below and above the interval in which nothing changes, as Application Auto Scaling takes
    them.

    Source:
    https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
    """
    intervals = _complete(check, steps)
    if check.problems:
        return None, None
    if adjustment != AdjustmentType.EXACT_CAPACITY:
        intervals = [i._replace(change=i.change or None) for i in intervals]
    intervals = _with_gaps(intervals)
    quiet = [number for number, interval in enumerate(intervals) if interval.change is None]
    check.require(len(quiet) <= 1, "scaling_steps leave the capacity alone in more than one interval")
    if check.problems:
        return None, None
    middle = len(intervals) // 2
    below = intervals[: quiet[0] if quiet else middle]
    above = intervals[quiet[0] + 1 if quiet else middle :]
    return _downwards(below), _upwards(above)


def _complete(check: Checks, steps: Sequence[ScalingInterval]) -> list[_Interval]:
    check.require(
        MIN_STEPS <= len(steps) <= MAX_STEPS,
        f"scaling_steps has {len(steps)} intervals; {MIN_STEPS} to {MAX_STEPS} are allowed",
    )
    for step in steps:
        check.require(
            step.lower is not None or step.upper is not None,
            f"{step} needs lower or upper",
        )
        check.require(is_whole(step.change), f"{step}: change must be a whole number")
        for bound in (step.lower, step.upper):
            valid = bound is None or is_number(bound)
            check.require(valid, f"{step}: {bound!r} must be a number")
    if check.problems:
        return []

    def start(step: ScalingInterval) -> tuple[float, float]:
        # An interval with an upper end alone begins below every interval that begins there.
        low, high = step.lower, step.upper
        return (low, 1) if low is not None else (high if high is not None else 0, 0)

    ordered = sorted(steps, key=start)
    intervals: list[_Interval] = []
    for number, step in enumerate(ordered):
        before = ordered[number - 1].upper if number else 0
        after = ordered[number + 1].lower if number + 1 < len(ordered) else math.inf
        lower = step.lower if step.lower is not None else before
        upper = step.upper if step.upper is not None else after
        if lower is None or upper is None:
            check.problem(f"{step} and its neighbour both leave out the bound between them")
            continue
        check.require(lower < upper, f"{step} begins at {lower} and ends at {upper}")
        if intervals:
            last = intervals[-1]
            check.require(
                last.upper <= lower,
                f"scaling_steps overlap: one ends at {last.upper}, the next begins at {lower}",
            )
        intervals.append(_Interval(lower, upper, step.change))
    return intervals


def _with_gaps(intervals: list[_Interval]) -> list[_Interval]:
    filled: list[_Interval] = []
    for interval in intervals:
        if filled and filled[-1].upper < interval.lower:
            filled.append(_Interval(filled[-1].upper, interval.lower, None))
        filled.append(interval)
    merged: list[_Interval] = []
    for interval in filled:
        if merged and merged[-1].change is None and interval.change is None:
            merged[-1] = merged[-1]._replace(upper=interval.upper)
        else:
            merged.append(interval)
    return merged


def _downwards(intervals: list[_Interval]) -> Steps | None:
    if not intervals:
        return None
    threshold = intervals[-1].upper
    # What is below the lowest interval is treated like it.
    return Steps(
        threshold,
        [
            Step(i.change or 0, i.lower - threshold if number else None, i.upper - threshold)
            for number, i in enumerate(intervals)
        ],
    )


def _upwards(intervals: list[_Interval]) -> Steps | None:
    if not intervals:
        return None
    threshold, last = intervals[0].lower, len(intervals) - 1
    return Steps(
        threshold,
        [
            Step(i.change or 0, i.lower - threshold, i.upper - threshold if number < last else None)
            for number, i in enumerate(intervals)
        ],
    )


def aggregation_of(metric: IMetric) -> MetricAggregationType:
    """The metric's own statistic where a policy can aggregate by it, else the average."""
    statistic = metric.to_alarm_arguments().get("statistic")
    choices = [choice for choice in MetricAggregationType if choice == statistic]
    return choices[0] if choices else MetricAggregationType.AVERAGE


def step_adjustments(steps: Steps) -> list[dict[str, Any]]:
    """The steps as the provider's blocks."""
    return [
        {
            "scaling_adjustment": step.change,
            # The provider takes these numbers as text.
            "metric_interval_lower_bound": None if step.lower is None else f"{step.lower:.10g}",
            "metric_interval_upper_bound": None if step.upper is None else f"{step.upper:.10g}",
        }
        for step in steps.steps
    ]
