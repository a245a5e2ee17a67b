"""The way of every request: one after the other, refused if moto does not implement it, and recorded."""

import threading
from contextlib import nullcontext
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

from sm_tf.sandbox.aws.record import Record
from sm_tf.sandbox.aws.runtime import RuntimeResponses


class UnsupportedOperation(ServiceException):
    """The embedded AWS does not implement this action."""

    code = "UnsupportedOperation"


def install(record: Record) -> None:
    """Wrap moto's answers to all requests."""
    answer = BaseResponse.call_action
    lock = threading.RLock()

    def call_action(response: BaseResponse) -> Any:
        # moto's backends expect one thread. Only invocations, which take their time, run side by side.
        with nullcontext() if isinstance(response, RuntimeResponses) else lock:
            try:
                answered = answer(response)
            except NotImplementedError:
                return _refusal(response)
            record.add(response, answered[0])
            return answered

    BaseResponse.call_action = call_action  # type: ignore[method-assign, assignment]


def _refusal(response: BaseResponse) -> Any:
    # Terraform would repeat the request after a server error.
    problem = f"The embedded AWS of the sandbox does not implement {response._get_action()}."
    status, headers, body = response.serialized(ActionResult(UnsupportedOperation(problem)))
    return status, {**headers, "status": str(status)}, body
