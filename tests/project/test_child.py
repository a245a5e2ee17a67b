"""Processes that end with the block that uses them."""

import os
import signal
import subprocess
from functools import partial

import pytest

from sm_tf.project.child import Child, child


@pytest.fixture
def ended() -> list[int]:
    return []


def end(ended: list[int], process: Child) -> None:
    process.kill()
    ended.append(process.wait())


def test_a_process_that_ends_by_itself_is_left_alone(ended: list[int]) -> None:
    with child(["echo", "hi"], end=partial(end, ended), stdout=subprocess.PIPE) as process:
        assert process.communicate() == ("hi\n", None)
    assert ended == []


def test_an_error_in_the_block_ends_the_process(ended: list[int]) -> None:
    with pytest.raises(ZeroDivisionError), child(["sleep", "300"], end=partial(end, ended)):
        raise ZeroDivisionError
    assert ended == [-signal.SIGKILL]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_comes_while_the_process_starts_ends_it(
    ended: list[int], number: signal.Signals
) -> None:
    class Came(Exception):  # noqa: N818
        pass

    def raise_it(*_: object) -> None:
        raise Came

    before = signal.signal(number, raise_it)
    try:
        with (
            pytest.raises(Came),
            # Between the fork and the return of Popen.
            child(
                ["sleep", "300"],
                end=partial(end, ended),
                preexec_fn=lambda: os.kill(os.getppid(), number),
            ),
        ):
            pass
    finally:
        signal.signal(number, before)
    assert ended == [-signal.SIGKILL]
