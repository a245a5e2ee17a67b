"""Evaluates the measurements."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sm_tf.load_test.measurement import LATENCY_PERCENTILE, MAX_LATE_SECONDS, Limits, Measurement
from sm_tf.load_test.target import Target


class StopReason(StrEnum):
    """The reason why there was no further step."""

    ERRORS = "errors"
    """Too many requests failed."""
    LATENCY = "latency"
    """The responses took too long."""
    UNANSWERED = "unanswered"
    """Too many requests were in flight."""
    SENDER = "sender"
    """This machine could not send the requests fast enough."""
    CHANGED = "changed"
    """The endpoint changed during the test."""
    BOUNDS = "bounds"
    """All steps were done."""
    INTERRUPTED = "interrupted"
    """Somebody stopped the test."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of a load test.

    `highest` is the last step within the limits, and `exceeded` is the step outside them; each is None if
    there is none. `max_requests_per_second` is for one instance, as `scale_on_invocations` takes it; it is
    None for serverless variants, and if the measurements do not show it. `text` says all this in words.
    """

    stop_reason: StopReason
    highest: Measurement | None
    exceeded: Measurement | None
    max_requests_per_second: float | None
    text: str


def stop_reason_of(target: Target, limits: Limits, measured: Measurement) -> StopReason | None:
    """The reason to stop after this step; None if there is none."""
    if measured.after != target:
        return StopReason.CHANGED
    if measured.failed > limits.error_rate * measured.requests:
        return StopReason.ERRORS
    latency = measured.percentile(LATENCY_PERCENTILE)
    if latency is not None and latency > limits.latency:
        return StopReason.LATENCY
    if measured.unanswered:
        return StopReason.UNANSWERED
    if measured.late > MAX_LATE_SECONDS:
        return StopReason.SENDER
    return None


def evaluate(
    target: Target, limits: Limits, measurements: Sequence[Measurement], *, interrupted: bool = False
) -> Verdict:
    """Evaluate the steps of a load test, of which only the last may be outside the limits.

    `interrupted` says that the test was stopped during a step.
    """
    reason = stop_reason_of(target, limits, measurements[-1]) if measurements else None
    exceeded = measurements[-1] if reason else None
    well = measurements[:-1] if reason else measurements
    highest = well[-1] if well else None
    reason = reason or (StopReason.INTERRUPTED if interrupted else StopReason.BOUNDS)
    number = None
    if highest and reason != StopReason.CHANGED and not target.tested_variant.serverless:
        number = _rounded_down(highest.achieved_rate / target.tested_variant.instances)
    sentences = [_reason(target, limits, reason, exceeded)]
    if reason != StopReason.CHANGED:
        sentences += _capacity(target, reason, highest, number) if highest else [_nothing(reason)]
    return Verdict(
        stop_reason=reason,
        highest=highest,
        exceeded=exceeded,
        max_requests_per_second=number,
        text="\n".join(sentences),
    )


def _reason(target: Target, limits: Limits, reason: StopReason, exceeded: Measurement | None) -> str:
    if exceeded is None:
        interrupted = reason == StopReason.INTERRUPTED
        return (
            "The test was stopped." if interrupted else "The endpoint handled the highest rate of the test."
        )
    at = f"At {exceeded.step.rate:.1f} requests per second"
    match reason:
        case StopReason.ERRORS:
            kinds = ", ".join(f"{kind}: {count}" for kind, count in exceeded.errors.items())
            failed = f"{exceeded.failed:,} of {exceeded.requests:,} requests failed ({kinds})"
            return f"{at}, {failed}; the limit is {limits.error_rate:.1%}."
        case StopReason.LATENCY:
            took = milliseconds(exceeded.percentile(LATENCY_PERCENTILE))
            limit = milliseconds(limits.latency)
            return f"{at}, the p{LATENCY_PERCENTILE} latency was {took} ms; the limit is {limit} ms."
        case StopReason.UNANSWERED:
            return f"{at}, {exceeded.unanswered} requests had no response at the same time."
        case StopReason.SENDER:
            return f"{at}, this machine could not keep up: the endpoint may handle more."
        case _:
            change = _change(target, exceeded.after)
            return (
                f"Endpoint {target.endpoint_name} changed during the test: {change}. The measurements cannot "
                "be combined, so there is no result: suspend scaling and updates, and start again."
            )


def _change(before: Target, after: Target | None) -> str:
    if after is None:
        return f"variant {before.tested_variant.name} is gone"
    old, new = before.tested_variant, after.tested_variant
    if new != old:
        return f"variant {old.name} had {old.size} and now has {new.size}"
    return f"it is now {after.status} with {after.config_name}"


def _capacity(target: Target, reason: StopReason, highest: Measurement, number: float | None) -> list[str]:
    rate = f"{highest.achieved_rate:.1f} requests per second"
    if reason in (StopReason.BOUNDS, StopReason.SENDER, StopReason.INTERRUPTED):
        rate += ", the highest rate that was tried"
    variant = target.tested_variant
    stayed = f"Variant {variant.name} ({variant.size}) stayed within the limits at {rate}."
    if number is None:
        used = f"{highest.concurrency:.1f} of its {variant.max_concurrency} concurrent invocations"
        return [
            f"{stayed} It used {used} on average.",
            "A serverless variant has no instances: max_requests_per_second does not apply to it.",
        ]
    return [
        stayed,
        "For one instance, this is",
        f'    scale_on_invocations("Load", max_requests_per_second={number:g})',
    ]


def _nothing(reason: StopReason) -> str:
    if reason == StopReason.INTERRUPTED:
        return "No step was completed, so there is no result."
    return "Even the first step was outside the limits, so there is no result: start at a lower rate."


def milliseconds(seconds: float | None) -> str:
    """Seconds in milliseconds, as text; a dash for None."""
    return "-" if seconds is None else f"{seconds * 1000:,.0f}"


def _rounded_down(rate: float) -> float:
    """Round down to three digits; the measurement is not more exact."""
    scale = 10.0 ** (2 - math.floor(math.log10(rate)))
    return math.floor(rate * scale) / scale
