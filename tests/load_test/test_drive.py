"""The whole way, with an AWS that answers as it is told."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.load_test import Limits, Payload, Step, StopReason, drive, evaluate, find_target
from sm_tf.load_test.client import Failure

PAYLOAD = Payload(body=b"[1]", content_type="application/json")
STEPS = [Step(rate=rate, seconds=0.1) for rate in (100, 200, 400)]
LIMITS = Limits()


class Endpoint:
    """One endpoint: the numbers of its instances, one for each look at it, and how it answers."""

    def __init__(
        self, *instances: int, variants: tuple[str, ...] = ("main",), answers: Iterator[Failure | None]
    ) -> None:
        self.instances = iter(instances)
        self.variants = variants
        self.answers = answers
        self.asked: list[tuple[str, str | None, Payload]] = []

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        assert endpoint_name == "demo"
        count = next(self.instances)
        return {
            "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/demo",
            "EndpointConfigName": "c",
            "EndpointStatus": "InService",
            "ProductionVariants": [
                {"VariantName": name, "CurrentInstanceCount": count} for name in self.variants
            ],
        }

    def invoke(self, endpoint_name: str, variant_name: str | None, payload: Payload) -> Failure | None:
        self.asked.append((endpoint_name, variant_name, payload))
        return next(self.answers)


def test_all_steps_are_sent_and_one_request_ahead() -> None:
    aws = Endpoint(*repeat(2, 4), answers=repeat(None))
    target = find_target(aws, "demo")
    measured = list(drive(aws, target, PAYLOAD, STEPS, LIMITS))
    assert [found.requests for found in measured] == [10, 20, 40]
    assert aws.asked == [("demo", None, PAYLOAD)] * 71
    assert evaluate(target, LIMITS, measured).stop_reason == StopReason.BOUNDS


def test_the_first_step_outside_the_limits_is_the_last() -> None:
    well = [None] * 11
    aws = Endpoint(1, 1, 1, answers=iter([*well, *repeat(Failure(kind="503", message=""), 20)]))
    target = find_target(aws, "demo")
    measured = list(drive(aws, target, PAYLOAD, STEPS, LIMITS))
    assert [found.failed > 0 for found in measured] == [False, True]
    assert evaluate(target, LIMITS, measured).stop_reason == StopReason.ERRORS


def test_an_endpoint_that_scales_meanwhile_ends_it() -> None:
    aws = Endpoint(1, 1, 2, answers=repeat(None))
    target = find_target(aws, "demo")
    measured = list(drive(aws, target, PAYLOAD, STEPS, LIMITS))
    assert len(measured) == 2
    assert evaluate(target, LIMITS, measured).stop_reason == StopReason.CHANGED


def test_one_of_several_variants_gets_the_requests() -> None:
    aws = Endpoint(1, 1, variants=("old", "new"), answers=repeat(None))
    list(drive(aws, find_target(aws, "demo", "new"), PAYLOAD, STEPS[:1], LIMITS))
    assert {variant for _, variant, _ in aws.asked} == {"new"}


def test_an_endpoint_that_refuses_the_payload_gets_one_request() -> None:
    aws = Endpoint(1, answers=iter([Failure(kind="ModelError 400", message="Unknown key: input")]))
    with pytest.raises(
        ToolError,
        match=r"^Endpoint demo failed to answer the first request \(ModelError 400\): Unknown key: input$",
    ):
        list(drive(aws, find_target(aws, "demo"), PAYLOAD, STEPS, LIMITS))
    assert len(aws.asked) == 1


def test_a_payload_that_is_too_large_is_not_sent() -> None:
    aws = Endpoint(1, answers=repeat(None))
    too_large = Payload(body=bytes(26 * 1024 * 1024), content_type="text/csv")
    with pytest.raises(UsageError, match="accept at most 25 MB"):
        list(drive(aws, find_target(aws, "demo"), too_large, STEPS, LIMITS))
    assert aws.asked == []


def test_what_begins_and_what_is_sent_is_told() -> None:
    aws = Endpoint(*repeat(1, 4), answers=repeat(None))
    begun: list[Step] = []
    sent: list[int] = []
    list(
        drive(
            aws,
            find_target(aws, "demo"),
            PAYLOAD,
            STEPS,
            LIMITS,
            on_step=begun.append,
            on_sent=lambda: sent.append(1),
        )
    )
    assert begun == STEPS
    assert len(sent) == 70
