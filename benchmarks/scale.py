"""What endpoints cost with sm_tf, by hand with the provider's own classes, and with the AWS CDK.

    python benchmarks/scale.py [--runs 3] [--rows sm_tf by-hand] [--sizes 1 100] [--counts]

Prints a table and how it compares with the bars. Exits with 1 when a bar is missed. Each of the endpoints has
a model with a role and its policy, a configuration, a scalable target with a policy, and an alarm; sm_tf adds
one resource that replaces the target with the instance type. The AWS CDK is installed once, into a virtual
environment under ~/.cache/sm_tf. The memory is read from /proc, so this needs Linux.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from measure import Run, alternate, measure
from messages import count_messages

PROGRAMS = Path(__file__).parent / "programs"
QUICKSTART = Path(__file__).parents[1] / "examples" / "quickstart" / "main.py"
AWS_CDK = ("aws-cdk-lib==2.275.0", "aws-cdk.aws-sagemaker-alpha==2.275.0a0")
AWS_CDK_HOME = Path.home() / ".cache" / "sm_tf" / "aws-cdk-2.275.0"
SIZES = (1, 10, 50, 100, 500)
# Programs of one endpoint are short, and differ little from an empty one.
RUNS_OF_ONE = 3


@dataclass(frozen=True)
class Row:
    """A program that makes endpoints; `sizes` are how many it can make."""

    program: Path
    python: str = sys.executable
    sizes: Sequence[int] = SIZES
    environment: dict[str, str] = field(default_factory=dict)


ROWS = {
    "empty": Row(PROGRAMS / "empty.py", sizes=(1,), environment={"SM_TF_LAZY_BINDINGS": "0"}),
    "empty-lazy": Row(PROGRAMS / "empty.py", sizes=(1,)),
    "quickstart": Row(QUICKSTART, sizes=(1,)),
    "by-hand": Row(PROGRAMS / "by_hand_endpoints.py"),
    "sm_tf": Row(PROGRAMS / "sm_tf_endpoints.py"),
    "aws-cdk": Row(
        PROGRAMS / "aws_cdk_endpoints.py",
        python=str(AWS_CDK_HOME / "bin" / "python"),
        environment={"PYTHONPATH": ""},
    ),
}


@dataclass(frozen=True)
class Cell:
    """The medians of one program's runs, and how many resources it wrote."""

    cpu: float
    wall: float
    mebibytes: float
    resources: int


Cells = dict[tuple[str, int], Cell]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each program (default: 3)")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="default: all")
    parser.add_argument("--sizes", nargs="+", type=int, choices=SIZES, default=SIZES, help="default: all")
    parser.add_argument("--counts", action="store_true", help="count messages, and measure nothing else")
    arguments = parser.parse_args()

    rows = {name: ROWS[name] for name in arguments.rows}
    if "aws-cdk" in rows and not install_aws_cdk():
        print("The AWS CDK can't be installed: its row is left out.", file=sys.stderr)
        del rows["aws-cdk"]
    cells = {} if arguments.counts else measure_all(rows, arguments.sizes, arguments.runs)
    messages = {name: messages_an_endpoint(row) for name, row in rows.items() if row.sizes == SIZES}

    if cells:
        print_cells(cells, arguments.runs)
    if messages:
        print("messages an endpoint, from 10 to 100 endpoints")
    for name, number in messages.items():
        print(f"{name:12}{number:>10.2f}")
    return print_bars(cells, messages)


def install_aws_cdk() -> bool:
    print(f"Installing {' and '.join(AWS_CDK)} into {AWS_CDK_HOME}, unless they are there", file=sys.stderr)
    pip = [ROWS["aws-cdk"].python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = ([sys.executable, "-m", "venv", str(AWS_CDK_HOME)], [*pip, *AWS_CDK])
    return all(subprocess.run(command).returncode == 0 for command in commands)


def measure_all(rows: dict[str, Row], sizes: Iterable[int], runs: int) -> Cells:
    for row in rows.values():
        synthesize(row, 1)  # fills the caches of Python and jsii
    cells = {}
    for size in sizes:
        ways = {name: partial(synthesize, row, size) for name, row in rows.items() if size in row.sizes}
        for name, results in alternate(ways, runs * RUNS_OF_ONE if size == 1 else runs).items():
            measured = [run for run, _ in results]
            cells[name, size] = Cell(
                cpu=median(run.cpu for run in measured),
                wall=median(run.wall for run in measured),
                mebibytes=median(run.mebibytes for run in measured),
                resources=results[0][1],
            )
    return cells


def synthesize(row: Row, endpoints: int) -> tuple[Run, int]:
    """Run the program, and return how many resources of Terraform it wrote too."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        run = measure(
            [row.python, row.program, str(endpoints), out], **row.environment, CDKTF_OUTDIR=str(out)
        )
        written = [json.loads(stack.read_text()) for stack in out.glob("stacks/*/cdk.tf.json")]
        kinds = [kind for stack in written for kind in stack.get("resource", {}).values()]
        return run, sum(map(len, kinds))


def messages_an_endpoint(row: Row) -> float:
    few, many = (count_messages(row.program, number, row.python).total() for number in (10, 100))
    return (many - few) / 90


def print_cells(cells: Cells, runs: int) -> None:
    names, sizes = (list(dict.fromkeys(parts)) for parts in zip(*cells, strict=True))
    print(
        f"Median of {runs} alternating runs (of one endpoint: {runs * RUNS_OF_ONE}), all processes together\n"
    )
    columns: list[tuple[str, Callable[[Cell], str]]] = [
        ("CPU, s", lambda cell: f"{cell.cpu:.2f}"),
        ("wall, s", lambda cell: f"{cell.wall:.2f}"),
        ("memory, MiB", lambda cell: f"{cell.mebibytes:.0f}"),
    ]
    for title, text in columns:
        print(f"{title:12}" + "".join(f"{size:>10}" for size in sizes))
        for name in names:
            found = (cells.get((name, size)) for size in sizes)
            print(f"{name:12}" + "".join(f"{text(cell) if cell else '':>10}" for cell in found))
        print()


def print_bars(cells: Cells, messages: dict[str, float]) -> int:
    """Compare with the bars what was measured; return 1 if one is missed."""

    def cpu(row: str, size: int) -> float | None:
        cell = cells.get((row, size))
        return cell.cpu if cell else None

    def each(row: str, size: int) -> float | None:
        cell = cells.get((row, size))
        return cell.cpu / cell.resources if cell else None

    def more(row: str, size: int) -> float | None:
        all_of_them, first = cpu(row, size), cpu(row, 1)
        return all_of_them - first if all_of_them and first else None

    def ratio(one: float | None, other: float | None) -> float | None:
        return one / other if one and other else None

    bars = [
        ("messages an endpoint", messages.get("sm_tf"), 25),
        ("a resource / by hand, 100 endpoints", ratio(each("sm_tf", 100), each("by-hand", 100)), 1.1),
        ("a resource / by hand, 500 endpoints", ratio(each("sm_tf", 500), each("by-hand", 500)), 1.1),
        ("500 endpoints / 50, each beyond the first", ratio(more("sm_tf", 500), more("sm_tf", 50)), 10.5),
        ("1 endpoint / AWS CDK", ratio(cpu("sm_tf", 1), cpu("aws-cdk", 1)), 0.25),
        ("100 endpoints / AWS CDK", ratio(cpu("sm_tf", 100), cpu("aws-cdk", 100)), 0.5),
        ("quickstart / empty", ratio(cpu("quickstart", 1), cpu("empty", 1)), 1.3),
    ]
    print(f"\n{'CPU ratios and bars':44}{'measured':>10}{'at most':>10}")
    for title, value, bar in bars:
        if value is None:
            print(f"{title:44}{'-':>10}{bar:>10}")
        else:
            print(f"{title:44}{value:>10.2f}{bar:>10}  {'met' if value <= bar else 'missed'}")
    return int(any(value is not None and value > bar for _, value, bar in bars))


if __name__ == "__main__":
    sys.exit(main())
