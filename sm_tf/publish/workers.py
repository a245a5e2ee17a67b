"""The threads that publish, and what ends with them."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.pool import AsyncResult, ThreadPool
from pathlib import Path
from threading import BoundedSemaphore, Event, Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from sm_tf.foundation.errors import ToolError
from sm_tf.project.child import Child, child
from sm_tf.project.parent_death import dying_with_parent

_ASSETS = 4
_SENDERS = 8
_PARTS_IN_MEMORY = 10

A = TypeVar("A")
T = TypeVar("T")


class Workers:
    """Threads that send parts of files, a bound for the parts in memory, and the programs that run.

    Leaving the block by an error or a signal ends the programs, lets no more parts be read, and doesn't wait
    for requests that AWS hasn't answered yet: no thread outlives the process.
    """

    def __init__(self) -> None:
        self._assets = ThreadPool(_ASSETS)
        self._senders = ThreadPool(_SENDERS)
        self._slots = BoundedSemaphore(_PARTS_IN_MEMORY)
        self._stopped = Event()
        self._running: set[Child] = set()
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stopped.set()
            with self._lock:
                for process in self._running:
                    _end(process)
        self._assets.terminate()
        self._senders.terminate()

    def check(self) -> None:
        """Raise an error if nothing more is to be begun."""
        if self._stopped.is_set():
            raise ToolError("It was interrupted.")

    def each(self, task: Callable[[A], T], assets: Iterable[A]) -> list[T]:
        """Call a task with each asset, some of them at a time, and return the results."""
        return self._assets.map(task, assets, chunksize=1)

    def send(self, task: Callable[[int, bytes], T], parts: Iterable[bytes]) -> list[T]:
        """Call a task with the number and the content of each part, in threads, and return the results.

        The first error ends it.
        """
        sent: list[AsyncResult[T]] = []
        for number, part in enumerate(parts, 1):
            self._slots.acquire()
            if self._stopped.is_set() or any(map(_failed, sent[-_PARTS_IN_MEMORY:])):
                self._slots.release()
                break
            sent.append(self._senders.apply_async(task, (number, part), {}, self._free, self._free))
        results = [result.get() for result in sent]
        self.check()
        return results

    def _free(self, _: object) -> None:
        self._slots.release()

    def run(self, command: list[str], *, environment: Mapping[str, str], log: Path) -> int:
        """Run a program, and return its exit code. Its output goes to a file."""
        with (
            log.open("w") as output,
            child(
                command,
                end=_end,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),
            ) as process,
        ):
            with self._lock:
                self._running.add(process)
            if self._stopped.is_set():
                _end(process)
            try:
                return process.wait()
            finally:
                with self._lock:
                    self._running.discard(process)


def _end(process: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _failed(result: AsyncResult[Any]) -> bool:
    return result.ready() and not result.successful()
