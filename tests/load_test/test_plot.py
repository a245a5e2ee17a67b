from collections.abc import Callable

from sm_tf.load_test import Limits, Measurement
from sm_tf.load_test.plot import plot

Measure = Callable[..., Measurement]


def test_bars_are_as_long_as_the_latency(measure: Measure) -> None:
    steps = [measure(5, latency=0.2), measure(10, latency=2.0, errors={"503": 3}), measure(20, latency=0.001)]
    assert plot(steps, Limits(latency=1.0)).splitlines() == [
        "p95 latency in ms at each rate; | is the limit, 1,000",
        "     5.0  █████                    |  200",
        "    10.0  ██████████████████████████████████████████████████  2,000, 3 failed",
        "    20.0  █                        |  1",
    ]


def test_a_step_without_success_has_no_bar(measure: Measure) -> None:
    drawn = plot([measure(5, errors={"503": 50})], Limits()).splitlines()[1]
    assert drawn.split() == ["5.0", "|", "-,", "50", "failed"]
