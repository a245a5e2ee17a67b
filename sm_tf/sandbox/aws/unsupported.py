"""An action that nobody implements is refused in words, once: Terraform would repeat after a server error."""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse


class UnsupportedOperation(ServiceException):
    """The embedded AWS does not know this action."""

    code = "UnsupportedOperation"


def install() -> None:
    """Answer 400 where moto raises NotImplementedError."""
    answer = BaseResponse.call_action

    def call_action(response: BaseResponse) -> Any:
        try:
            return answer(response)
        except NotImplementedError:
            problem = f"The embedded AWS of the sandbox does not implement {response._get_action()}."
            status, headers, body = response.serialized(ActionResult(UnsupportedOperation(problem)))
            return status, {**headers, "status": str(status)}, body

    BaseResponse.call_action = call_action  # type: ignore[method-assign, assignment]
