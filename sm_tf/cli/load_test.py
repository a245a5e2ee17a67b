"""`sm-tf load-test`: how many requests a second an endpoint can bear."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sm_tf.cli.answers import on_terminal
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
        typer.Option("--content-type", metavar="TYPE", help="Its MIME type. Default: by the file's name."),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option("--variant", metavar="NAME", help="Who gets the requests, where there are several."),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="AWS region. Default: AWS_REGION, or your AWS profile's.")
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option("--endpoint-url", metavar="URL", help="Another AWS, such as the one of a sandbox."),
    ] = None,
    start_rate: Annotated[float, typer.Option(help="Requests a second of the first step.")] = 1.0,
    growth: Annotated[
        float, typer.Option(help="What each step multiplies the rate by; the result is as exact as this.")
    ] = 1.25,
    step_seconds: Annotated[
        float, typer.Option(help="How long a step lasts; far longer than one answer takes.")
    ] = 20.0,
    max_rate: Annotated[
        float | None, typer.Option(help="The highest rate to try. Default: what the two below allow.")
    ] = None,
    max_requests: Annotated[int, typer.Option(help="How many requests to send at most.")] = 20_000,
    max_seconds: Annotated[float, typer.Option(help="How long to send at most.")] = 600.0,
    max_error_rate: Annotated[
        float, typer.Option(metavar="PERCENT", help="Stop when more of a step's requests fail.")
    ] = 1.0,
    max_latency: Annotated[
        float, typer.Option(metavar="MS", help="Stop when the p95 latency of a step is longer.")
    ] = 1000.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Find how many requests a second an endpoint can bear.

    Sends requests at a rate that rises step by step until too many fail or take too long, and says the
    max_requests_per_second to write into scale_on_invocations. Shows the endpoint and what it would be sent,
    and asks before. Latency is what is seen from here: run it near the endpoint. Exits 1 when not even
    the first step is fine, or the endpoint changes meanwhile.
    """
    from sm_tf.load_test import Aws, End, Limits, drive, find_target, judge, plan_steps, read_payload

    if not 0 <= max_error_rate < 100:
        raise typer.BadParameter("--max-error-rate must be 0 or more, and below 100.")
    if not 0 < max_latency < math.inf:
        raise typer.BadParameter("--max-latency must be a number above 0.")
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
    aws = Aws(region=region, endpoint_url=endpoint_url)
    target = find_target(aws, endpoint, variant)
    target.check(body)
    _name(target, endpoint_url, payload, body, steps, limits)
    if not yes:
        _ask()
    measured: list[Measurement] = []
    stopped: KeyboardInterrupt | SmTfError | None = None
    try:
        with _progress(steps) as (on_step, on_sent):
            for done in drive(aws, target, body, steps, limits, on_step=on_step, on_sent=on_sent):
                measured.append(done)
    except KeyboardInterrupt as interrupt:
        stopped = interrupt
    except SmTfError as error:
        if not measured:
            raise
        stopped = error
    verdict = judge(target, limits, measured, interrupted=stopped is not None)
    if as_json:
        typer.echo(json.dumps(_described(target, measured, verdict), indent=2))
    else:
        _show(limits, measured, verdict)
    if stopped:
        raise stopped
    if verdict.highest is None or verdict.end == End.CHANGED:
        raise typer.Exit(1)


def _name(
    target: "Target",
    endpoint_url: str | None,
    file: Path,
    payload: "Payload",
    steps: "Sequence[Step]",
    limits: "Limits",
) -> None:
    """Say what would be sent where."""
    requests, seconds = sum(step.requests for step in steps), sum(step.seconds for step in steps)
    others = [variant for variant in target.variants if variant != target.measured]
    beside = ", ".join(f"{variant.name} ({variant.size})" for variant in others)
    lines = {
        "endpoint": f"{target.endpoint_name} ({target.status})",
        "account": f"{target.account}, {target.region}" + (f", at {endpoint_url}" if endpoint_url else ""),
        "variant": f"{target.measured.name} ({target.measured.size})"
        + (f"; nothing goes to {beside}" if beside else ""),
        "payload": f"{file}, {len(payload.body):,} bytes of {payload.content_type}",
        "sends": f"{requests + 1:,} requests at most, in {seconds:g} s: {len(steps)} steps from "
        f"{steps[0].rate:.1f} to {steps[-1].rate:.1f} a second",
        "stops": f"when more than {limits.error_rate:.1%} fail or p95 latency is above "
        f"{limits.latency * 1000:,g} ms",
    }
    for name, text in lines.items():
        typer.echo(f"{name:10}{text}", err=True)


def _ask() -> None:
    if not on_terminal():
        raise UsageError("Nobody can be asked here whether to send this traffic: say --yes.")
    try:
        agreed = typer.confirm("Send this traffic?", err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None
    if not agreed:
        typer.echo("Nothing was sent.", err=True)
        raise typer.Exit(1)


@contextmanager
def _progress(
    steps: "Sequence[Step]",
) -> "Iterator[tuple[Callable[[Step], None], Callable[[], None]]]":
    """A bar on a terminal that is full when all steps are done."""
    if not sys.stderr.isatty():
        yield lambda _: None, lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("1 request", total=sum(step.requests for step in steps))
        yield (
            lambda step: bar.update(task, description=f"{step.rate:.1f} requests a second"),
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
                    f"{found.step.rate:.1f}",
                    f"{found.achieved_rate:.1f}",
                    f"{found.requests:,}",
                    f"{found.failed:,}",
                    *(milliseconds(found.percentile(percent)) for percent in (50, 95, 99)),
                )
                for found in measured
            ),
        )
        typer.echo(f"\n{plot(measured, limits)}\n")
    typer.echo(verdict.text)


def _described(target: "Target", measured: "Sequence[Measurement]", verdict: "Verdict") -> dict[str, Any]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 3)

    def step(found: "Measurement") -> dict[str, Any]:
        latencies = {percent: found.percentile(percent) for percent in (50, 95, 99)}
        return {
            "rate": rounded(found.step.rate),
            "achieved_rate": rounded(found.achieved_rate),
            "requests": found.requests,
            "errors": dict(found.errors),
            "unanswered": found.unanswered,
            **{f"p{percent}_seconds": rounded(latency) for percent, latency in latencies.items()},
        }

    return {
        "endpoint": target.endpoint_name,
        "account": target.account,
        "region": target.region,
        "variant": target.measured.name,
        "instances": None if target.measured.serverless else target.measured.instances,
        "max_concurrency": target.measured.max_concurrency,
        "steps": [step(found) for found in measured],
        "end": verdict.end,
        "highest_rate": rounded(verdict.highest.achieved_rate) if verdict.highest else None,
        "max_requests_per_second": verdict.max_requests_per_second,
        "text": verdict.text,
    }
