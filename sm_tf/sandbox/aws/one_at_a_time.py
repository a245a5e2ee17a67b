"""Requests are answered one after the other: moto's backends don't expect two threads at once."""

import threading
from typing import Any

from moto.core.responses import BaseResponse

from sm_tf.sandbox.aws.runtime import RuntimeResponses


def install() -> None:
    """Let only invocations, which take their time, be answered side by side."""
    answer = BaseResponse.call_action
    lock = threading.RLock()

    def call_action(response: BaseResponse) -> Any:
        if isinstance(response, RuntimeResponses):
            return answer(response)
        with lock:
            return answer(response)

    BaseResponse.call_action = call_action  # type: ignore[method-assign, assignment]
