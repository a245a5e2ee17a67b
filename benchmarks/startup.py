"""What one endpoint costs, from the start of Python to the written JSON, with and without lazy bindings.

    python benchmarks/startup.py [--runs 3]

Exits with 1 when a ratio is above its bar. The peak memory is the sum over Python and the Node processes of
the jsii runtime; it is read from /proc, so this needs Linux.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sm_tf.bindings.node import find_node

PROGRAM = Path(__file__).with_name("one_endpoint.py")
LAZY, PLAIN = "1", "0"
TIME_BAR = 0.12
MEMORY_BAR = 0.2


@dataclass(frozen=True)
class Run:
    seconds: float
    mebibytes: float
    written: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="measured runs each way (default: 3)")
    count = parser.parse_args().runs

    run(LAZY)  # fills jsii's package cache, which both ways use
    runs: dict[str, list[Run]] = {LAZY: [], PLAIN: []}
    for _ in range(count):
        for way, results in runs.items():
            results.append(run(way))
    if len({each.written for results in runs.values() for each in results}) != 1:
        print("The two ways do not write the same JSON.", file=sys.stderr)
        return 1

    print(f"Median of {count} alternating runs\n")
    print(f"{'':10}{'plain':>12}{'lazy':>12}{'ratio':>8}{'bar':>7}")
    missed = False
    for name, unit, bar in (("time", "s", TIME_BAR), ("memory", "MiB", MEMORY_BAR)):
        field, digits = ("seconds", 2) if name == "time" else ("mebibytes", 0)
        plain, lazy = (median(getattr(each, field) for each in runs[way]) for way in (PLAIN, LAZY))
        missed |= lazy / plain > bar
        print(
            f"{name:10}{plain:>{11 - len(unit)}.{digits}f} {unit}{lazy:>{11 - len(unit)}.{digits}f} {unit}"
            f"{lazy / plain:>8.3f}{bar:>7}"
        )
    return int(missed)


def run(way: str) -> Run:
    node = find_node()
    environment = {**os.environ, "SM_TF_LAZY_BINDINGS": way}
    if node:
        environment["JSII_NODE"] = str(node.path)
    with tempfile.TemporaryDirectory() as folder:
        started = time.time()
        program = subprocess.Popen([sys.executable, PROGRAM, folder], env=environment)
        peaks: dict[int, int] = {}
        while program.poll() is None:
            for pid in family(program.pid):
                peaks[pid] = max(peaks.get(pid, 0), peak_kibibytes(pid))
            time.sleep(0.01)
        if program.returncode:
            raise SystemExit(f"{PROGRAM.name} exited with {program.returncode}")
        (written,) = Path(folder).glob("stacks/*/cdk.tf.json")
        return Run(written.stat().st_mtime - started, sum(peaks.values()) / 1024, written.read_text())


def family(pid: int) -> list[int]:
    """Return `pid` and all processes that descend from it."""
    children = []
    try:
        for listing in Path(f"/proc/{pid}/task").glob("*/children"):
            children += [int(child) for child in listing.read_text().split()]
    except OSError:
        pass  # it has just ended
    return [pid, *(descendant for child in children for descendant in family(child))]


def peak_kibibytes(pid: int) -> int:
    """Return the most resident memory that `pid` has had so far."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
