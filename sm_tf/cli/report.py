"""Reports progress to standard error: live on a terminal, in short lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from sm_tf.cli.columns import fit, print_columns
from sm_tf.project.terraform import Event
from sm_tf.sandbox.inventory import Row
from sm_tf.sandbox.lifecycle import Reporter

_SUBJECT, _ACTION = 16, 12


def reporter(*, with_table: bool) -> Reporter:
    """The reporter for this standard error; `with_table` prints the resources to standard output."""
    if sys.stderr.isatty():
        return TerminalReporter(with_table, Console(stderr=True, highlight=False))
    return LineReporter(with_table)


class LineStep:
    """Makes one line at the end of a step."""

    def __init__(self, subject: str, action: str) -> None:
        self.subject = subject
        self.action = action
        self.started = time.monotonic()
        self.result = ""

    def event(self, event: Event) -> None:
        """Ignore the event: logs are read afterwards."""

    def finish(self, result: str) -> None:
        """Keep the result for the line."""
        self.result = result

    def line(self) -> str:
        """The line."""
        seconds = time.monotonic() - self.started
        return f"{self.subject:{_SUBJECT}} {self.action:{_ACTION}} {self.result} ({seconds:.1f} s)"


class LineReporter:
    """Plain lines without colours, for logs."""

    def __init__(self, with_table: bool) -> None:
        self._with_table = with_table

    @contextmanager
    def step(self, subject: str, action: str, changes: int = 0) -> Iterator[LineStep]:
        """Print one line at the end."""
        del changes
        step = LineStep(subject, action)
        yield step
        self.note(step.line())

    def note(self, text: str) -> None:
        """Print the text."""
        typer.echo(text, err=True)

    def table(self, rows: list[Row]) -> None:
        """Print the table, with the stack's name if there are several."""
        if not self._with_table:
            return
        headings = ("stack", "what", "name in AWS", "state in AWS")
        lines = [headings, *((row.stack, row.kind, row.name, row.state) for row in rows)]
        first = 0 if len({row.stack for row in rows}) > 1 else 1
        print_columns(*(line[first:] for line in lines))
        sys.stdout.flush()


class TerminalStep(LineStep):
    """Shows Terraform's progress."""

    def __init__(self, subject: str, action: str, changes: int, status: Status) -> None:
        super().__init__(subject, action)
        self._status = status
        self._changes = changes
        self._done = 0
        self._under_way: dict[str, str] = {}

    def event(self, event: Event) -> None:
        """Count the finished resources, and name the one that takes longest."""
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


class TerminalReporter(LineReporter):
    """A live line for the current step, and colours."""

    def __init__(self, with_table: bool, console: Console) -> None:
        super().__init__(with_table)
        self._console = console

    @contextmanager
    def step(self, subject: str, action: str, changes: int = 0) -> Iterator[TerminalStep]:
        """Show a live line while the step runs, and leave one line at its end."""
        with self._console.status(f"{subject:{_SUBJECT}} {action}") as status:
            step = TerminalStep(subject, action, changes, status)
            yield step
        self._print(f"✓ {step.line()}", "green")

    def note(self, text: str) -> None:
        """Print the text with a yellow mark."""
        self._print(f"! {text}", "yellow")

    def _print(self, text: str, colour: str) -> None:
        mark, rest = fit(text, sys.stderr).split(" ", 1)
        self._console.print(f"[{colour}]{mark}[/]", escape(rest), soft_wrap=True)
