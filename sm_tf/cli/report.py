"""Tells what happens: live on a terminal, in short lines elsewhere; progress goes to standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.table import Table

from sm_tf.project.terraform import Event
from sm_tf.sandbox.inventory import Row
from sm_tf.sandbox.life import Reporter

_SUBJECT, _ACTION = 16, 12


def reporter() -> Reporter:
    """Who reports here."""
    progress, results = Console(stderr=True, highlight=False), Console(highlight=False)
    return TerminalReporter(progress, results) if sys.stderr.isatty() else LineReporter()


class LineStep:
    """Says one line when it is over."""

    def __init__(self, subject: str, action: str) -> None:
        self.subject = subject
        self.action = action
        self.started = time.monotonic()
        self.result = ""

    def event(self, event: Event) -> None:
        """Nothing: a log is read afterwards."""

    def finish(self, result: str) -> None:
        """Keep the result for the line."""
        self.result = result

    def line(self) -> str:
        """What is said of the step."""
        seconds = time.monotonic() - self.started
        return f"{self.subject:{_SUBJECT}} {self.action:{_ACTION}} {self.result} ({seconds:.1f} s)"


class LineReporter:
    """Plain lines without colours, for logs."""

    @contextmanager
    def step(self, subject: str, action: str, changes: int = 0) -> Iterator[LineStep]:
        """Say one line at the end."""
        del changes
        step = LineStep(subject, action)
        yield step
        self._say(step.line())

    def note(self, text: str) -> None:
        """Say it."""
        self._say(text)

    def table(self, rows: list[Row]) -> None:
        """Print columns of text; no line is cut off."""
        headings = _headings(rows)
        cells = [_cells(row, headings) for row in rows]
        widths = [max(len(line[column]) for line in [headings, *cells]) for column in range(len(headings))]
        for line in [headings, *cells]:
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            print("  ".join(padded).rstrip())
        sys.stdout.flush()

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class TerminalStep(LineStep):
    """Shows what Terraform is doing while it does it."""

    def __init__(self, subject: str, action: str, changes: int, status: Status) -> None:
        super().__init__(subject, action)
        self._status = status
        self._changes = changes
        self._done = 0
        self._under_way: dict[str, str] = {}

    def event(self, event: Event) -> None:
        """Count resources and name the one that takes longest."""
        match event["type"]:
            case "apply_start" | "refresh_start":
                resource = event["hook"]["resource"]
                self._under_way[resource["addr"]] = resource["addr"]
            case "apply_complete" | "apply_errored" | "refresh_complete":
                self._under_way.pop(event["hook"]["resource"]["addr"], None)
                self._done += event["type"] == "apply_complete"
        self._status.update(self._text())

    def _text(self) -> str:
        count = f" {self._done}/{self._changes}" if self._changes else ""
        oldest = next(iter(self._under_way.values()), "")
        return f"{self.subject:{_SUBJECT}} {self.action:{_ACTION}}{count} {oldest}".rstrip()


class TerminalReporter:
    """A live line for the step under way, and a table with colours."""

    def __init__(self, progress: Console, results: Console) -> None:
        self._progress = progress
        self._results = results

    @contextmanager
    def step(self, subject: str, action: str, changes: int = 0) -> Iterator[TerminalStep]:
        """Spin while the step runs, then leave one line."""
        with self._progress.status(f"{subject:{_SUBJECT}} {action}") as status:
            step = TerminalStep(subject, action, changes, status)
            yield step
        self._progress.print(f"[green]✓[/] {step.line()}", soft_wrap=True)

    def note(self, text: str) -> None:
        """Say it in yellow."""
        self._progress.print(f"[yellow]![/] {text}", soft_wrap=True)

    def table(self, rows: list[Row]) -> None:
        """Print the table."""
        headings = _headings(rows)
        table = Table(*headings, header_style="bold", show_edge=False)
        for row in rows:
            table.add_row(*_cells(row, headings))
        self._results.print()
        self._results.print(table)
        self._results.print()


def _headings(rows: list[Row]) -> list[str]:
    several = len({row.stack for row in rows}) > 1
    return [*(["stack"] if several else []), "what", "name in AWS", "state in AWS"]


def _cells(row: Row, headings: list[str]) -> list[str]:
    stack = [row.stack] if "stack" in headings else []
    return [*stack, row.kind, row.name, row.state]
