"""Draws the latency at each rate as text."""

from collections.abc import Sequence

from sm_tf.load_test.measurement import LATENCY_PERCENTILE, Limits, Measurement
from sm_tf.load_test.verdict import milliseconds

_WIDTH = 50


def plot(measurements: Sequence[Measurement], limits: Limits) -> str:
    """One bar for each step, and a mark at the limit."""
    latencies = [measured.percentile(LATENCY_PERCENTILE) or 0.0 for measured in measurements]
    whole = max(*latencies, limits.latency)
    limit = round(limits.latency / whole * _WIDTH)
    lines = [
        f"p{LATENCY_PERCENTILE} latency in ms at each rate; | is the limit, {milliseconds(limits.latency)}"
    ]
    for measured, latency in zip(measurements, latencies, strict=True):
        bar = "█" * max(1 if latency else 0, round(latency / whole * _WIDTH))
        drawn = f"{bar:{limit}}|" if len(bar) <= limit else bar
        number = milliseconds(measured.percentile(LATENCY_PERCENTILE))
        failed = f", {measured.failed:,} failed" if measured.failed else ""
        lines.append(f"{measured.step.rate:8.1f}  {drawn}  {number}{failed}")
    return "\n".join(lines)
