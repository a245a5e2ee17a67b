"""Processes that end with the block that uses them."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sm_tf.foundation.signals import uninterrupted

Child = subprocess.Popen[str]


@contextmanager
def child(command: str | list[str], *, end: Callable[[Child], None], **options: Any) -> Iterator[Child]:
    """Start a process with `subprocess.Popen`, and call `end` if an error or a signal ends the block.

    A signal that comes while the process starts is held back until the process is known.
    """
    process = None
    try:
        with uninterrupted():
            process = subprocess.Popen(command, text=True, **options)
        yield process
    except BaseException:
        if process is not None:
            end(process)
        raise
    finally:
        if process is not None and process.stdout is not None:
            process.stdout.close()
