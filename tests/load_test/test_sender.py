import itertools
import threading
import time
from types import SimpleNamespace

import pytest

from sm_tf.load_test import Limits, Step
from sm_tf.load_test.client import Failure
from sm_tf.load_test.measurement import MAX_LATE_SECONDS
from sm_tf.load_test.sender import Sender


def test_slow_answers_do_not_lower_the_rate() -> None:
    """Each answer comes when all requests have been sent."""
    sent: list[int] = []
    last = threading.Event()

    def request() -> None:
        sent.append(1)
        if len(sent) == 20:
            last.set()
        assert last.wait(60)

    measured = Sender(request).send(Step(rate=100, seconds=0.2), Limits())
    assert (measured.requests, len(measured.latencies), measured.failed) == (20, 20, 0)


def test_a_step_takes_its_time() -> None:
    started = time.monotonic()
    Sender(lambda: None).send(Step(rate=4, seconds=0.25), Limits())
    assert time.monotonic() - started >= 0.25


def test_threads_are_used_again() -> None:
    threads: set[int] = set()

    def request() -> None:
        threads.add(threading.get_ident())

    Sender(request).send(Step(rate=100, seconds=0.3), Limits())
    assert len(threads) < 30


def test_what_goes_wrong_is_counted_by_its_kind() -> None:
    failures = iter([Failure(kind="Throttling 400", message=""), None, None, None])

    def request() -> Failure | None:
        failure = next(failures)
        if failure is None:
            raise ConnectionResetError
        return failure

    measured = Sender(request).send(Step(rate=100, seconds=0.04), Limits(error_rate=1.0))
    assert measured.errors == {"Throttling 400": 1, "ConnectionResetError": 3}
    assert list(measured.latencies) == []


def test_a_step_that_is_lost_is_left() -> None:
    measured = Sender(lambda: Failure(kind="503", message="")).send(Step(rate=100, seconds=60), Limits())
    assert measured.failed > 60
    assert measured.requests < 1000


def test_too_many_requests_without_an_answer_end_the_step() -> None:
    end = threading.Event()

    def request() -> None:
        end.wait(60)

    measured = Sender(request, max_unanswered=5).send(Step(rate=200, seconds=60), Limits())
    end.set()
    assert (measured.requests, measured.unanswered) == (5, 5)


def test_each_request_is_told() -> None:
    told: list[int] = []
    Sender(lambda: None).send(Step(rate=100, seconds=0.1), Limits(), lambda: told.append(1))
    assert len(told) == 10


def test_a_machine_that_cannot_keep_up_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 2.0)
    monkeypatch.setattr("sm_tf.load_test.sender.time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr("sm_tf.load_test.sender.MAX_LATE_SECONDS", MAX_LATE_SECONDS)
    measured = Sender(lambda: None).send(Step(rate=100, seconds=60), Limits(latency=1e9))
    assert measured.late > 1
    assert measured.requests < 10
