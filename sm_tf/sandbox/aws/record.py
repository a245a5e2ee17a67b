"""Records the accepted write requests with their parameters."""

import json
import threading
from typing import Any

from moto.core.responses import BaseResponse

from sm_tf.sandbox.aws.parameters import parameters_of

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

    def add(self, response: BaseResponse, status: int) -> None:
        """Record a request that was answered with this HTTP status, if it is an accepted write."""
        action = response._get_action() if status < 400 else None
        if not action or action.startswith(READS):
            return
        call = {"service": response.service_name, "action": action, "parameters": parameters_of(response)}
        with self._lock:
            # A copy, since moto changes the request later.
            self._calls.append(json.loads(json.dumps(call, default=str)))
