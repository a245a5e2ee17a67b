"""Endpoints and measurements to evaluate, without AWS."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sm_tf.load_test import Measurement, Step, Target, Variant

NewTarget = Callable[..., Target]
Measure = Callable[..., Measurement]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No machine is too slow to send what a test sends."""
    monkeypatch.setattr("sm_tf.load_test.sender.MAX_LATE_SECONDS", math.inf)


@pytest.fixture
def new_target() -> NewTarget:
    """Makes an endpoint with one variant; the arguments are the variant's, or the endpoint's."""

    def make(status: str = "InService", config_name: str = "c", **variant: Any) -> Target:
        measured = Variant(name="main", **({"instances": 1} | variant))
        return Target(
            endpoint_name="demo",
            account="123456789012",
            region="eu-west-1",
            status=status,
            config_name=config_name,
            variants=(measured,),
            tested_variant=measured,
        )

    return make


@pytest.fixture
def measure(new_target: NewTarget) -> Measure:
    """Makes a measurement of a step of 10 seconds; the others are how it differs from one without trouble."""

    def make(
        rate: float,
        *,
        latency: float = 0.1,
        errors: Mapping[str, int] | None = None,
        unanswered: int = 0,
        late: float = 0.0,
        after: Target | None = None,
        seconds: float = 10.0,
    ) -> Measurement:
        step = Step(rate=rate, seconds=seconds)
        well = step.requests - sum((errors or {}).values()) - unanswered
        return Measurement(
            step=step,
            latencies=[latency] * well,
            span=(step.requests - 1) / rate,
            errors=errors or {},
            unanswered=unanswered,
            late=late,
            after=after or new_target(),
        )

    return make
