"""Sends requests at an even rate, whatever their latency."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from sm_tf.load_test.client import MAX_CONNECTIONS, Failure
from sm_tf.load_test.measurement import MAX_LATE_SECONDS, Limits, Measurement, Tally
from sm_tf.load_test.steps import Step

_LOOK_SECONDS = 0.1


class Sender:
    """Calls `request` in its own threads, one for each request in flight, `max_unanswered` at most.

    The threads end with the process, which does not wait for missing responses.
    """

    def __init__(
        self, request: Callable[[], Failure | None], *, max_unanswered: int = MAX_CONNECTIONS
    ) -> None:
        self._request = request
        self._max_unanswered = max_unanswered
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Semaphore(0)

    def send(self, step: Step, limits: Limits, on_sent: Callable[[], None] = lambda: None) -> Measurement:
        """Send the requests of one step, and wait for the responses.

        The step ends early if it can no longer stay within the limits, if too many requests are unanswered,
        or if this machine cannot keep up.
        """
        tally = Tally(step, limits)
        answered = threading.Condition()

        def job() -> None:
            started = time.monotonic()
            try:
                failure = self._request()
            except Exception as error:
                failure = Failure(kind=type(error).__name__, message=str(error))
            ended = time.monotonic()
            with answered:
                tally.add(started, ended, failure.kind if failure else None)
                answered.notify()

        started, sent, late = time.monotonic(), 0, 0.0
        left = False
        while sent < step.requests and not left:
            late = time.monotonic() - (started + sent / step.rate)
            if late < 0:
                time.sleep(-late)
            with answered:
                left = tally.beyond_doubt or sent - tally.answered >= self._max_unanswered
            left = left or late > MAX_LATE_SECONDS
            if not left:
                self._submit(job)
                sent += 1
                on_sent()
        with answered:
            # The next step begins when the time of this one is over.
            end = started + step.seconds
            while not left and (tally.answered < sent or time.monotonic() < end):
                answered.wait(_LOOK_SECONDS)
                left = tally.beyond_doubt
            return Measurement(
                step=step,
                latencies=sorted(tally.latencies),
                span=tally.span,
                errors=dict(tally.errors),
                unanswered=sent - tally.answered,
                late=max(late, 0.0),
            )

    def _submit(self, job: Callable[[], None]) -> None:
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._work, daemon=True).start()
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            self._idle.release()
