"""What one endpoint costs, from the start of Python to the written JSON, with and without lazy bindings.

    python benchmarks/startup.py [--runs 3]

Exits with 1 when a ratio is above its bar. The peak memory is the sum over Python and the Node processes of
the jsii runtime; it is read from /proc, so this needs Linux.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from measure import alternate, measure

PROGRAM = Path(__file__).parent / "programs" / "one_endpoint.py"
LAZY, PLAIN = "1", "0"
TIME_BAR = 0.12
MEMORY_BAR = 0.2


@dataclass(frozen=True)
class Startup:
    seconds: float
    mebibytes: float
    written: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="measured runs each way (default: 3)")
    count = parser.parse_args().runs

    start(LAZY)  # fills jsii's package cache, which both ways use
    runs = alternate({way: partial(start, way) for way in (LAZY, PLAIN)}, count)
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


def start(way: str) -> Startup:
    with tempfile.TemporaryDirectory() as folder:
        run = measure([sys.executable, PROGRAM, folder], SM_TF_LAZY_BINDINGS=way)
        (written,) = Path(folder).glob("stacks/*/cdk.tf.json")
        return Startup(written.stat().st_mtime - run.started, run.mebibytes, written.read_text())


if __name__ == "__main__":
    sys.exit(main())
