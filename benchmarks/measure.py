"""Runs programs, and measures what they take with all processes that they start."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sm_tf.bindings.node import find_node

Name = TypeVar("Name")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """A program and all processes that it started.

    `started` and `wall` are in seconds, `cpu` is user and system time. `mebibytes` is the sum of what each
    process had at its peak. It is read from /proc, so it needs Linux.
    """

    started: float
    wall: float
    cpu: float
    mebibytes: float


def alternate(ways: Mapping[Name, Callable[[], Result]], runs: int) -> dict[Name, list[Result]]:
    """Go each way in turn, `runs` times: what slows the machine down for a while slows all of them down."""
    results: dict[Name, list[Result]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, go in ways.items():
            results[name].append(go())
    return results


def measure(command: Sequence[str | Path], **environment: str) -> Run:
    """Run a program, which must succeed, with more in its environment."""
    variables = on_one_node(environment)
    started = time.time()
    program = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    peaks: dict[int, int] = {}
    while True:
        ended, status, used = os.wait4(program.pid, os.WNOHANG)
        if ended:
            break
        for pid in _family(program.pid):
            peaks[pid] = max(peaks.get(pid, 0), _peak_kibibytes(pid))
        time.sleep(0.01)
    wall = time.time() - started
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} exited with {program.returncode}")
    return Run(started, wall, used.ru_utime + used.ru_stime, sum(peaks.values()) / 1024)


def on_one_node(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a program, with which all programs run on the same Node."""
    node = find_node()
    return {**os.environ, **({"JSII_NODE": str(node.path)} if node else {}), **environment}


def _family(pid: int) -> list[int]:
    """Return `pid` and all processes that descend from it."""
    children = []
    try:
        for listing in Path(f"/proc/{pid}/task").glob("*/children"):
            children += [int(child) for child in listing.read_text().split()]
    except OSError:
        pass  # it has just ended
    return [pid, *(descendant for child in children for descendant in _family(child))]


def _peak_kibibytes(pid: int) -> int:
    """Return the most resident memory that `pid` has had so far."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
