"""Drives an endpoint step by step, until a limit is reached."""

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
from sm_tf.load_test.verdict import end_of


class Answers(Describes, Protocol):
    """What answers the requests."""

    def invoke(self, endpoint_name: str, variant_name: str | None, payload: Payload) -> Failure | None:
        """AWS's InvokeEndpoint."""


def drive(
    aws: Answers,
    target: Target,
    payload: Payload,
    steps: Sequence[Step],
    limits: Limits,
    *,
    on_step: Callable[[Step], None] = lambda _: None,
    on_sent: Callable[[], None] = lambda: None,
) -> Iterator[Measurement]:
    """Send the requests of each step and yield what they came to; the first step that is outside the limits,
    or finds the endpoint changed, is the last.

    One request goes ahead and is not measured: it warms the connection up, and `ToolError` is raised when
    it does not succeed. `on_step` is told what begins, `on_sent` of each request.
    """
    target.check(payload)
    variant = target.measured.name if len(target.variants) > 1 else None

    def request() -> Failure | None:
        return aws.invoke(target.endpoint_name, variant, payload)

    if failure := request():
        raise ToolError(
            f"Endpoint {target.endpoint_name} does not answer a single request ({failure.kind}): "
            f"{failure.message}"
        )
    sender = Sender(request)
    for step in steps:
        on_step(step)
        measured = sender.send(step, limits, on_sent)
        measured = replace(measured, after=look_again(aws, target))
        yield measured
        if end_of(target, limits, measured):
            return
