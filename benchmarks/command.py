"""How soon the command answers, compared with what loading CDKTF alone costs.

    python benchmarks/command.py [--runs 5]

Exits with 1 when a ratio is above its bar.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from statistics import median

from measure import alternate, measure

BAR = 0.3
CDKTF = (sys.executable, "-c", "import cdktf")
SM_TF = str(Path(sys.executable).with_name("sm-tf"))
COMMANDS = {
    "sm-tf --help": (SM_TF, "--help"),
    "sm-tf init --help": (SM_TF, "init", "--help"),
    "sm-tf init --list": (SM_TF, "init", "--list"),
    "sm-tf init --list --json": (SM_TF, "init", "--list", "--json"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each (default: 5)")
    count = parser.parse_args().runs

    everything = {"import cdktf": CDKTF, **COMMANDS}
    runs = alternate({name: partial(measure, command) for name, command in everything.items()}, count)
    seconds = {name: median(run.wall for run in each) for name, each in runs.items()}

    print(f"Median of {count} alternating runs; the bar is {BAR}\n")
    whole = seconds["import cdktf"]
    for name, taken in seconds.items():
        print(f"{name:26}{taken:>8.2f} s{taken / whole:>8.2f}")
    return int(any(seconds[name] / whole > BAR for name in COMMANDS))


if __name__ == "__main__":
    sys.exit(main())
