"""What the measurements say of the endpoint."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sm_tf.load_test.measurement import LATENCY_PERCENTILE, MAX_LATE_SECONDS, Limits, Measurement
from sm_tf.load_test.target import Target


class End(StrEnum):
    """Why there was no further step."""

    ERRORS = "errors"
    """Too many requests failed."""
    LATENCY = "latency"
    """The answers took too long."""
    UNANSWERED = "unanswered"
    """Too many requests were under way at a time."""
    SENDER = "sender"
    """This machine could not send that many."""
    CHANGED = "changed"
    """The endpoint was not the same any more."""
    BOUNDS = "bounds"
    """All steps were done."""
    INTERRUPTED = "interrupted"
    """Somebody stopped the test."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came out.

    `highest` is the last step within the limits and `exceeded` the one that was not, None where there was
    none. `max_requests_per_second` is for one instance, as `scale_on_invocations` takes it; None for
    serverless variants, and where the measurements do not tell it. `text` says all this in words.
    """

    end: End
    highest: Measurement | None
    exceeded: Measurement | None
    max_requests_per_second: float | None
    text: str


def end_of(target: Target, limits: Limits, measured: Measurement) -> End | None:
    """Why this step is the last one; None when all is well."""
    if measured.after != target:
        return End.CHANGED
    if measured.failed > limits.error_rate * measured.requests:
        return End.ERRORS
    latency = measured.percentile(LATENCY_PERCENTILE)
    if latency is not None and latency > limits.latency:
        return End.LATENCY
    if measured.unanswered:
        return End.UNANSWERED
    if measured.late > MAX_LATE_SECONDS:
        return End.SENDER
    return None


def judge(
    target: Target, limits: Limits, measurements: Sequence[Measurement], *, interrupted: bool = False
) -> Verdict:
    """The verdict on the steps of a load test, of which only the last may be outside the limits.

    `interrupted` tells that it was stopped before the end of a step.
    """
    end = end_of(target, limits, measurements[-1]) if measurements else None
    exceeded = measurements[-1] if end else None
    well = measurements[:-1] if end else measurements
    highest = well[-1] if well else None
    end = end or (End.INTERRUPTED if interrupted else End.BOUNDS)
    number = None
    if highest and end != End.CHANGED and not target.measured.serverless:
        number = _rounded_down(highest.achieved_rate / target.measured.instances)
    said = [_reason(target, limits, end, exceeded)]
    if end != End.CHANGED:
        said += _capacity(target, end, highest, number) if highest else [_nothing(end)]
    return Verdict(
        end=end,
        highest=highest,
        exceeded=exceeded,
        max_requests_per_second=number,
        text="\n".join(said),
    )


def _reason(target: Target, limits: Limits, end: End, exceeded: Measurement | None) -> str:
    if exceeded is None:
        interrupted = end == End.INTERRUPTED
        return "The test was stopped." if interrupted else "The endpoint bore all that the bounds allowed."
    at = f"At {exceeded.step.rate:.1f} requests a second"
    match end:
        case End.ERRORS:
            kinds = ", ".join(f"{kind}: {count}" for kind, count in exceeded.errors.items())
            failed = f"{exceeded.failed:,} of {exceeded.requests:,} requests failed ({kinds})"
            return f"{at}, {failed}; the limit is {limits.error_rate:.1%}."
        case End.LATENCY:
            took = milliseconds(exceeded.percentile(LATENCY_PERCENTILE))
            limit = milliseconds(limits.latency)
            return f"{at}, the p{LATENCY_PERCENTILE} latency was {took} ms; the limit is {limit} ms."
        case End.UNANSWERED:
            return f"{at}, {exceeded.unanswered} requests were without an answer at the same time."
        case End.SENDER:
            return f"{at}, this machine could not keep up: the endpoint may bear more."
        case _:
            return (
                f"Endpoint {target.endpoint_name} changed meanwhile: {_change(target, exceeded.after)}. What "
                "was measured does not belong together, so there is no number: suspend what scales or "
                "updates it, and start again."
            )


def _change(before: Target, after: Target | None) -> str:
    if after is None:
        return f"variant {before.measured.name} is gone"
    if after.measured != before.measured:
        return f"variant {before.measured.name} had {before.measured.size}, and has {after.measured.size} now"
    return f"it is {after.status} with {after.config_name}"


def _capacity(target: Target, end: End, highest: Measurement, number: float | None) -> list[str]:
    rate = f"{highest.achieved_rate:.1f} requests a second"
    if end in (End.BOUNDS, End.SENDER, End.INTERRUPTED):
        rate += ", the most that was tried"
    stayed = f"Variant {target.measured.name} ({target.measured.size}) stayed within the limits at {rate}."
    if number is None:
        used = f"{highest.concurrency:.1f} of its {target.measured.max_concurrency} concurrent invocations"
        return [
            f"{stayed} That took {used} on average.",
            "A serverless variant has no instances: max_requests_per_second does not apply to it.",
        ]
    return [
        stayed,
        "For each instance, that is",
        f'    scale_on_invocations("Load", max_requests_per_second={number:g})',
    ]


def _nothing(end: End) -> str:
    if end == End.INTERRUPTED:
        return "No step was done, so there is no number."
    return "Not even the first step was within the limits, so there is no number: start at a lower rate."


def milliseconds(seconds: float | None) -> str:
    """For a reader; a dash where there is none."""
    return "-" if seconds is None else f"{seconds * 1000:,.0f}"


def _rounded_down(rate: float) -> float:
    """To three digits: more is not known."""
    scale = 10.0 ** (2 - math.floor(math.log10(rate)))
    return math.floor(rate * scale) / scale
