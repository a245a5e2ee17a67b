"""Sends requests to an endpoint step by step, until a limit is reached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from sm_tf.foundation.errors import ToolError
from sm_tf.load_test.client import Failure
from sm_tf.load_test.measurement import Limits, Measurement
from sm_tf.load_test.payload import Payload
from sm_tf.load_test.sender import Sender
from sm_tf.load_test.steps import Step
from sm_tf.load_test.target import Describes, Target, look_again
from sm_tf.load_test.verdict import stop_reason_of


class Endpoints(Describes, Protocol):
    """Describes and invokes endpoints."""

    def invoke(self, endpoint_name: str, variant_name: str | None, payload: Payload) -> Failure | None:
        """AWS's InvokeEndpoint."""


def drive(
    aws: Endpoints,
    target: Target,
    payload: Payload,
    steps: Sequence[Step],
    limits: Limits,
    *,
    on_step: Callable[[Step], None] = lambda _: None,
    on_sent: Callable[[], None] = lambda: None,
) -> Iterator[Measurement]:
    """Send the requests of each step and yield its measurement.

    The first step that is outside the limits, or after which the endpoint has changed, is the last. A first
    request, which is not measured, warms up the connection.

    Args:
        aws: the clients of SageMaker.
        target: the endpoint.
        payload: the body of every request.
        steps: the rates to try.
        limits: the limits that end the test.
        on_step: is called when a step begins.
        on_sent: is called after each request.

    Raises:
        UsageError: the payload is too large.
        ToolError: the first request failed.
    """
    target.check(payload)
    variant = target.tested_variant.name if len(target.variants) > 1 else None

    def request() -> Failure | None:
        return aws.invoke(target.endpoint_name, variant, payload)

    if failure := request():
        raise ToolError(
            f"Endpoint {target.endpoint_name} failed to answer the first request ({failure.kind}): "
            f"{failure.message}"
        )
    sender = Sender(request)
    for step in steps:
        on_step(step)
        measured = sender.send(step, limits, on_sent)
        measured = replace(measured, after=look_again(aws, target))
        yield measured
        if stop_reason_of(target, limits, measured):
            return
