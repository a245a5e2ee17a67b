"""Which messages to the jsii kernel an endpoint costs: the difference between N and 2 N endpoints.

    python benchmarks/messages.py [N] [--by-line] [--program benchmarks/programs/sm_tf_endpoints.py]

A message is a request or the completion of a callback, from `App()` to the end of the synthesis.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from measure import on_one_node

HERE = Path(__file__).parent
Sent = tuple[str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n", nargs="?", type=int, default=10, help="endpoints (default: 10)")
    parser.add_argument("--by-line", action="store_true", help="tell which line of sm_tf sends each")
    parser.add_argument("--program", type=Path, default=HERE / "programs" / "sm_tf_endpoints.py")
    arguments = parser.parse_args()

    few, many = (count_messages(arguments.program, number) for number in (arguments.n, 2 * arguments.n))
    each: Counter[tuple[str, ...]] = Counter()
    for (phase, name, line), number in many.items():
        key: tuple[str, ...] = (phase, name, line) if arguments.by_line else (phase, name)
        each[key] += number - few[phase, name, line]
    for key, number in each.most_common():
        if number:
            print(f"{number / arguments.n:8.2f}  {'  '.join(key)}")
    print(f"{sum(each.values()) / arguments.n:8.2f}  an endpoint")


def count_messages(program: Path, endpoints: int, python: str = sys.executable) -> Counter[Sent]:
    """Return how often each message was sent: when ("program" or "synth"), its name, the line of sm_tf."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder, "counts.json")
        out = Path(folder, "out")
        command: list[str | Path] = [python, HERE / "counted.py", counts, program, str(endpoints), out]
        subprocess.run(command, env=on_one_node({}), stdout=subprocess.DEVNULL, check=True)
        return Counter({tuple(key): number for *key, number in json.loads(counts.read_text())})


if __name__ == "__main__":
    main()
