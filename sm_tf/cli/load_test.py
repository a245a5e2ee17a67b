"""`sm-tf load-test`: measures how many requests per second an endpoint can handle."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.cli.answers import on_terminal
from sm_tf.cli.failure import describe, report
from sm_tf.cli.interruption import Interrupted, if_interrupted
from sm_tf.foundation.errors import SmTfError, UsageError

if TYPE_CHECKING:
    from sm_tf.load_test import Limits, Measurement, Payload, Step, Target, Verdict


def load_test(
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")],
    payload: Annotated[
        Path, typer.Option("--payload", metavar="FILE", help="A file with the body of one request.")
    ],
    content_type: Annotated[
        str | None,
        typer.Option(
            "--content-type",
            metavar="TYPE",
            help="The MIME type of the body. Defaults to that of the file's name.",
        ),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option("--variant", metavar="NAME", help="The variant to test. Defaults to the only one."),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", help="AWS region. Defaults to AWS_REGION, else your AWS profile's."),
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            "--endpoint-url",
            metavar="URL",
            help="The address of another AWS API, such as a sandbox's. Defaults to AWS's own.",
        ),
    ] = None,
    start_rate: Annotated[float, typer.Option(help="Requests per second of the first step.")] = 1.0,
    growth: Annotated[
        float, typer.Option(help="Factor from step to step; the result is exact to this factor.")
    ] = 1.25,
    step_seconds: Annotated[
        float, typer.Option(help="Duration of a step; much longer than one response takes.")
    ] = 20.0,
    max_rate: Annotated[
        float | None,
        typer.Option(help="Highest rate to try. Defaults to the highest one within the two bounds below."),
    ] = None,
    max_requests: Annotated[int, typer.Option(help="Highest number of requests.")] = 20_000,
    max_seconds: Annotated[float, typer.Option(help="Longest duration of the test.")] = 600.0,
    max_error_rate: Annotated[
        float, typer.Option(metavar="PERCENT", help="Stop if more of a step's requests fail.")
    ] = 1.0,
    max_latency: Annotated[
        float, typer.Option(metavar="MS", help="Stop if the p95 latency of a step is higher.")
    ] = 1000.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without a confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Measure how many requests per second an endpoint can handle.

    Increases the rate step by step until too many requests fail or take too long, and prints the
    max_requests_per_second for scale_on_invocations. Shows the endpoint and the planned traffic first, and
    asks for a confirmation. Run it near the endpoint, since the latency includes the network. Exits 1 if even
    the first step is outside the limits, or if the endpoint changes during the test.
    """
    from sm_tf.load_test import (
        Limits,
        SageMakerClients,
        StopReason,
        drive,
        evaluate,
        find_target,
        plan_steps,
        read_payload,
    )

    if not 0 <= max_error_rate < 100:
        raise UsageError(f"--max-error-rate {max_error_rate:g} must be at least 0 and below 100.")
    if not 0 < max_latency < math.inf:
        raise UsageError(f"--max-latency {max_latency:g} must be a number above 0.")
    limits = Limits(error_rate=max_error_rate / 100, latency=max_latency / 1000)
    steps = plan_steps(
        start_rate=start_rate,
        growth=growth,
        step_seconds=step_seconds,
        max_rate=max_rate,
        max_requests=max_requests,
        max_seconds=max_seconds,
    )
    body = read_payload(payload, content_type)
    aws = SageMakerClients(region=region, endpoint_url=endpoint_url)
    target = find_target(aws, endpoint, variant)
    target.check(body)
    _show_plan(target, endpoint_url, payload, body, steps, limits)
    if not yes:
        with if_interrupted("nothing was sent."):
            _ask()
    measured: list[Measurement] = []
    stopped: Interrupted | SmTfError | None = None
    try:
        with (
            if_interrupted("no more requests are sent."),
            _progress(steps) as (on_step, on_sent),
        ):
            for done in drive(aws, target, body, steps, limits, on_step=on_step, on_sent=on_sent):
                measured.append(done)
    except Interrupted as interrupt:
        stopped = interrupt
    except SmTfError as error:
        if not measured:
            raise
        stopped = error
    verdict = evaluate(target, limits, measured, interrupted=stopped is not None)
    ok = not stopped and verdict.highest is not None and verdict.stop_reason != StopReason.CHANGED
    if as_json:
        failure = {"error": describe(stopped)} if stopped else {}
        typer.echo(json.dumps({"ok": ok, **failure, **_described(target, measured, verdict)}, indent=2))
    else:
        _show(limits, measured, verdict)
    if stopped and as_json:
        report(stopped)
        raise typer.Exit(130 if isinstance(stopped, Interrupted) else 1)
    if stopped:
        raise stopped
    if not ok:
        raise typer.Exit(1)


def _show_plan(
    target: "Target",
    endpoint_url: str | None,
    file: Path,
    payload: "Payload",
    steps: "Sequence[Step]",
    limits: "Limits",
) -> None:
    """Show the endpoint and the planned traffic."""
    requests, seconds = sum(step.requests for step in steps), sum(step.seconds for step in steps)
    others = [variant for variant in target.variants if variant != target.tested_variant]
    beside = ", ".join(f"{variant.name} ({variant.size})" for variant in others)
    lines = {
        "endpoint": f"{target.endpoint_name} ({target.status})",
        "account": f"{target.account}, {target.region}" + (f", at {endpoint_url}" if endpoint_url else ""),
        "variant": f"{target.tested_variant.name} ({target.tested_variant.size})"
        + (f"; no requests go to {beside}" if beside else ""),
        "payload": f"{file}, {len(payload.body):,} bytes of {payload.content_type}",
        "sends": f"{requests + 1:,} requests at most, in {seconds:g} s: {len(steps)} steps from "
        f"{steps[0].rate:.1f} to {steps[-1].rate:.1f} per second",
        "stops": f"when more than {limits.error_rate:.1%} fail or p95 latency is above "
        f"{limits.latency * 1000:,g} ms",
    }
    for name, text in lines.items():
        typer.echo(f"{name:10}{text}", err=True)


def _ask() -> None:
    if not on_terminal():
        raise UsageError("Confirmation needed, but this is not a terminal: pass --yes.")
    try:
        agreed = typer.confirm("Send this traffic?", err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None
    if not agreed:
        raise SmTfError("Nothing was sent.")


@contextmanager
def _progress(
    steps: "Sequence[Step]",
) -> "Iterator[tuple[Callable[[Step], None], Callable[[], None]]]":
    """A progress bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None, lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("1 request", total=sum(step.requests for step in steps))
        yield (
            lambda step: bar.update(task, description=f"{step.rate:.1f} requests per second"),
            lambda: bar.advance(task),
        )


def _show(limits: "Limits", measured: "Sequence[Measurement]", verdict: "Verdict") -> None:
    from sm_tf.cli.columns import print_columns
    from sm_tf.load_test.plot import plot
    from sm_tf.load_test.verdict import milliseconds

    if measured:
        print_columns(
            ("rate", "achieved", "requests", "errors", "p50 ms", "p95 ms", "p99 ms"),
            *(
                (
                    f"{result.step.rate:.1f}",
                    f"{result.achieved_rate:.1f}",
                    f"{result.requests:,}",
                    f"{result.failed:,}",
                    *(milliseconds(result.percentile(percent)) for percent in (50, 95, 99)),
                )
                for result in measured
            ),
        )
        typer.echo(f"\n{plot(measured, limits)}\n")
    typer.echo(verdict.text)


def _described(target: "Target", measured: "Sequence[Measurement]", verdict: "Verdict") -> dict[str, Any]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 3)

    def step(result: "Measurement") -> dict[str, Any]:
        latencies = {percent: result.percentile(percent) for percent in (50, 95, 99)}
        return {
            "rate": rounded(result.step.rate),
            "achieved_rate": rounded(result.achieved_rate),
            "requests": result.requests,
            "errors": dict(result.errors),
            "unanswered": result.unanswered,
            **{f"p{percent}_seconds": rounded(latency) for percent, latency in latencies.items()},
        }

    return {
        "endpoint": target.endpoint_name,
        "account": target.account,
        "region": target.region,
        "variant": target.tested_variant.name,
        "instances": None if target.tested_variant.serverless else target.tested_variant.instances,
        "max_concurrency": target.tested_variant.max_concurrency,
        "steps": [step(result) for result in measured],
        "end": verdict.stop_reason,
        "highest_rate": rounded(verdict.highest.achieved_rate) if verdict.highest else None,
        "max_requests_per_second": verdict.max_requests_per_second,
        "text": verdict.text,
    }
