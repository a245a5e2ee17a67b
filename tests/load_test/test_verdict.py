from collections.abc import Callable
from typing import Any

import pytest

from sm_tf.load_test import Limits, Measurement, StopReason, Target, evaluate

LIMITS = Limits(error_rate=0.01, latency=1.0)
Measure = Callable[..., Measurement]
NewTarget = Callable[..., Target]


def test_the_number_is_the_highest_rate_within_the_limits_for_each_instance(
    measure: Measure, new_target: NewTarget
) -> None:
    two = new_target(instances=2)
    steps = [measure(20, after=two), measure(30, after=two), measure(40, latency=1.5, after=two)]
    verdict = evaluate(two, LIMITS, steps)
    assert verdict.stop_reason == StopReason.LATENCY
    assert (verdict.highest, verdict.exceeded) == (steps[1], steps[2])
    assert verdict.max_requests_per_second == 15
    assert verdict.text == (
        "At 40.0 requests per second, the p95 latency was 1,500 ms; the limit is 1,000 ms.\n"
        "Variant main (2 instances) stayed within the limits at 30.0 requests per second.\n"
        "For one instance, this is\n"
        '    scale_on_invocations("Load", max_requests_per_second=15)'
    )


@pytest.mark.parametrize(
    ("rate", "number"), [(0.5678, 0.567), (9.999, 9.99), (32.31, 32.3), (1234.0, 1230), (100.0, 100)]
)
def test_it_is_rounded_down_to_three_digits(
    measure: Measure, new_target: NewTarget, rate: float, number: float
) -> None:
    verdict = evaluate(
        new_target(), LIMITS, [measure(rate, seconds=100), measure(2000, errors={"503": 2000})]
    )
    assert verdict.max_requests_per_second == number
    assert f"max_requests_per_second={number:g})" in verdict.text


@pytest.mark.parametrize(
    ("trouble", "end", "said"),
    [
        (
            {"errors": {"Throttling 400": 3, "ModelError 500": 1}},
            StopReason.ERRORS,
            "4 of 100 requests failed (Throttling 400: 3, ModelError 500: 1); the limit is 1.0%.",
        ),
        ({"unanswered": 9}, StopReason.UNANSWERED, "9 requests had no response at the same time."),
        ({"late": 1.1}, StopReason.SENDER, "this machine could not keep up: the endpoint may handle more."),
    ],
)
def test_the_reason_of_the_end_is_told(
    measure: Measure, new_target: NewTarget, trouble: dict[str, Any], end: StopReason, said: str
) -> None:
    verdict = evaluate(new_target(), LIMITS, [measure(5), measure(10, **trouble)])
    assert verdict.stop_reason == end
    assert verdict.text.startswith(f"At 10.0 requests per second, {said}\n")
    assert verdict.max_requests_per_second == 5


def test_exactly_the_limit_is_within_the_limits(measure: Measure, new_target: NewTarget) -> None:
    step = measure(10, errors={"503": 1}, latency=1.0)
    assert evaluate(new_target(), LIMITS, [step]).stop_reason == StopReason.BOUNDS


@pytest.mark.parametrize("interrupted", [True, False])
def test_where_the_limit_was_not_reached_the_number_is_the_most_that_was_tried(
    measure: Measure, new_target: NewTarget, interrupted: bool
) -> None:
    verdict = evaluate(new_target(), LIMITS, [measure(5), measure(10)], interrupted=interrupted)
    assert verdict.stop_reason == (StopReason.INTERRUPTED if interrupted else StopReason.BOUNDS)
    assert verdict.exceeded is None
    assert verdict.max_requests_per_second == 10
    assert "at 10.0 requests per second, the highest rate that was tried." in verdict.text


def test_without_a_step_within_the_limits_there_is_no_number(measure: Measure, new_target: NewTarget) -> None:
    verdict = evaluate(new_target(), LIMITS, [measure(10, errors={"503": 100})])
    assert (verdict.highest, verdict.max_requests_per_second) == (None, None)
    assert verdict.text.endswith("so there is no result: start at a lower rate.")


def test_without_any_step_there_is_no_number(new_target: NewTarget) -> None:
    verdict = evaluate(new_target(), LIMITS, [], interrupted=True)
    assert (verdict.stop_reason, verdict.max_requests_per_second) == (StopReason.INTERRUPTED, None)
    assert verdict.text == "The test was stopped.\nNo step was completed, so there is no result."


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"instances": 3}, "variant main had 1 instance and now has 3 instances."),
        ({"status": "Updating"}, "it is now Updating with c."),
        ({"config_name": "d"}, "it is now InService with d."),
    ],
)
def test_an_endpoint_that_changed_has_no_number(
    measure: Measure, new_target: NewTarget, after: dict[str, Any], said: str
) -> None:
    verdict = evaluate(new_target(), LIMITS, [measure(5), measure(10, after=new_target(**after))])
    assert (verdict.stop_reason, verdict.max_requests_per_second) == (StopReason.CHANGED, None)
    assert verdict.text.startswith(f"Endpoint demo changed during the test: {said} The measurements cannot")
    assert "scale_on_invocations" not in verdict.text


def test_a_serverless_variant_has_its_rate_and_concurrency(measure: Measure, new_target: NewTarget) -> None:
    serverless = new_target(instances=0, max_concurrency=20)
    steps = [
        measure(10, latency=0.5, after=serverless),
        measure(20, errors={"ThrottlingException 400": 50}, after=serverless),
    ]
    verdict = evaluate(serverless, LIMITS, steps)
    assert (verdict.highest, verdict.max_requests_per_second) == (steps[0], None)
    assert "(serverless, 20 at a time) stayed within the limits at 10.0 requests per second." in verdict.text
    assert "It used 5.0 of its 20 concurrent invocations on average." in verdict.text
    assert verdict.text.endswith("max_requests_per_second does not apply to it.")
