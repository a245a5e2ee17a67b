"""The way of every request: one after the other, refused if it breaks a rule of the API or moto does not
implement it, and recorded.
"""

import threading
from contextlib import nullcontext
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

from sm_tf.sandbox.aws.constraints import broken_rules, refusal
from sm_tf.sandbox.aws.parameters import parameters_of
from sm_tf.sandbox.aws.record import Record
from sm_tf.sandbox.aws.runtime import RuntimeResponses


class UnsupportedOperation(ServiceException):
    """The embedded AWS does not implement this action."""

    code = "UnsupportedOperation"


class InvalidRequest(ServiceException):
    """A member of the request breaks a rule of the API."""

    def __init__(self, service: str, broken: list[str]) -> None:
        super().__init__(refusal(broken))
        self.code = _CODES.get(service, "ValidationException")


_CODES = {
    "cloudwatch": "ValidationError",
    "ecr": "InvalidParameterException",
    "iam": "ValidationError",
}
"""What services call it that have a word of their own."""


def install(record: Record) -> None:
    """Wrap moto's answers to all requests."""
    answer = BaseResponse.call_action
    lock = threading.RLock()

    def call_action(response: BaseResponse) -> Any:
        # moto's backends expect one thread. Only invocations, which take their time, run side by side.
        with nullcontext() if isinstance(response, RuntimeResponses) else lock:
            service, action = response.boto3_service_name, response._get_action()
            if broken := broken_rules(service, action, parameters_of(response)):
                return _refused(response, InvalidRequest(service, broken))
            try:
                answered = answer(response)
            except NotImplementedError:
                problem = f"The embedded AWS of the sandbox does not implement {action}."
                return _refused(response, UnsupportedOperation(problem))
            record.add(response, answered[0])
            return answered

    BaseResponse.call_action = call_action  # type: ignore[method-assign, assignment]


def _refused(response: BaseResponse, why: ServiceException) -> Any:
    # Terraform would repeat the request after a server error.
    status, headers, body = response.serialized(ActionResult(why))
    return status, {**headers, "status": str(status)}, body
