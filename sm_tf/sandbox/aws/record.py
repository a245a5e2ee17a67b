"""Remembers every write request that was accepted, in order, with its parameters."""

import json
import threading
from typing import Any

from moto.core.responses import BaseResponse

READS = ("Invoke", "Describe", "List", "Get", "BatchGet", "BatchCheck", "Head", "Search", "Simulate")


class Record:
    """The accepted write requests since the start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[dict[str, Any]] = []

    def calls(self) -> list[dict[str, Any]]:
        """Each as {"service", "action", "parameters"}, oldest first."""
        with self._lock:
            return list(self._calls)

    def install(self) -> None:
        """Listen to every request that moto answers by the name of its action."""
        answer = BaseResponse.call_action

        def call_action(response: BaseResponse) -> Any:
            answered = answer(response)
            action = response._get_action()
            if answered[0] < 400 and action and not action.startswith(READS):
                self._add(response, action)
            return answered

        BaseResponse.call_action = call_action  # type: ignore[method-assign, assignment]

    def _add(self, response: BaseResponse, action: str) -> None:
        call = {"service": response.service_name, "action": action, "parameters": _parameters(response)}
        with self._lock:
            # A copy: what moto keeps of the request changes later.
            self._calls.append(json.loads(json.dumps(call, default=str)))


def _parameters(response: BaseResponse) -> Any:
    if not response.automated_parameter_parsing and str(response.body).startswith("{"):
        return json.loads(response.body)
    parameters = response._get_params()
    return {name: value for name, value in parameters.items() if name not in ("Action", "Version")}
