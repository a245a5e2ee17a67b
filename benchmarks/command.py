"""How soon the command answers, compared with what loading CDKTF alone costs.

    python benchmarks/command.py [--runs 5]

Exits with 1 when a ratio is above its bar.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

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
    seconds: dict[str, list[float]] = {name: [] for name in everything}
    for _ in range(count):
        for name, command in everything.items():
            started = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.monotonic() - started)

    print(f"Median of {count} alternating runs; the bar is {BAR}\n")
    whole = median(seconds["import cdktf"])
    for name, runs in seconds.items():
        print(f"{name:26}{median(runs):>8.2f} s{median(runs) / whole:>8.2f}")
    return int(any(median(seconds[name]) / whole > BAR for name in COMMANDS))


if __name__ == "__main__":
    sys.exit(main())
