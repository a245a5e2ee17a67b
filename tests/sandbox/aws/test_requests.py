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


@pytest.fixture
def two_together(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[BaseResponse]], bool]:
    """Whether two requests of a service are inside its answer at the same time."""
    meeting = threading.Barrier(2)

    def answer(_: BaseResponse) -> bool:
        try:
            meeting.wait(0.2)
        except threading.BrokenBarrierError:
            return False
        return True

    monkeypatch.setattr(BaseResponse, "call_action", answer)
    requests.install(Record())

    def ask(responses: type[BaseResponse]) -> bool:
        request: Any = object.__new__(responses)
        with ThreadPoolExecutor(2) as pool:
            return all(pool.map(lambda _: BaseResponse.call_action(request), range(2)))

    return ask


def test_requests_wait_for_each_other(two_together: Callable[[type[BaseResponse]], bool]) -> None:
    assert not two_together(AlarmResponses)


def test_invocations_do_not(two_together: Callable[[type[BaseResponse]], bool]) -> None:
    assert two_together(RuntimeResponses)


def test_an_action_that_nobody_implements_is_refused_in_words(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="does not implement ListContexts") as error:
        sagemaker.list_contexts()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
