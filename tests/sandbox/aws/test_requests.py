import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.responses import BaseResponse

from sm_tf.sandbox.aws import requests
from sm_tf.sandbox.aws.cloudwatch import AlarmResponses
from sm_tf.sandbox.aws.record import Record
from sm_tf.sandbox.aws.runtime import RuntimeResponses


class Answers:
    """Refuses requests, and counts those that are answered at the same time; each takes a `wait`."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self._wait = wait
        self._inside = 0
        self.most = 0

    def __call__(self, _: BaseResponse) -> tuple[int, dict[str, str], str]:
        self._inside += 1
        self.most = max(self.most, self._inside)
        self._wait()
        self._inside -= 1
        return 400, {}, ""


def ask(responses: type[BaseResponse], count: int) -> None:
    """Send requests to a service side by side."""
    request: Any = object.__new__(responses)
    request.automated_parameter_parsing, request.body = False, "{}"
    request.service_name, request.querystring = "monitoring", {"Action": ["DescribeAlarms"]}
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: BaseResponse.call_action(request), range(count)))


def test_requests_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(lambda: threading.Event().wait(0.02))
    monkeypatch.setattr(BaseResponse, "call_action", answers.__call__)
    requests.install(Record())
    ask(AlarmResponses, 5)
    assert answers.most == 1


def test_invocations_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = threading.Barrier(2)
    answers = Answers(lambda: meeting.wait(60))
    monkeypatch.setattr(BaseResponse, "call_action", answers.__call__)
    requests.install(Record())
    ask(RuntimeResponses, 2)
    assert answers.most == 2


def test_an_action_that_nobody_implements_is_refused_in_words(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="does not implement ListContexts") as error:
        sagemaker.list_contexts()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
