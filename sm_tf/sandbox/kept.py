"""Keeps sandboxes running, finds them again, and stops them."""

import contextlib
import json
import os
import shlex
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sm_tf.bindings.engine import OUTDIR_VARIABLE
from sm_tf.foundation.errors import UsageError
from sm_tf.sandbox.embedded_aws import PREFIX, control
from sm_tf.sandbox.sandbox import Sandbox, region_variables

_FILE = "kept.json"
_END_SECONDS = 20.0
# The variables that lead AWS tools and Terraform to the sandbox.
_EXPORTED = (
    "AWS_",
    "TF_CLI_CONFIG_FILE",
    "CHECKPOINT_DISABLE",
    "CONTAINERS_REGISTRIES_CONF",
    "NO_PROXY",
    "no_proxy",
)


@dataclass(frozen=True, kw_only=True)
class KeptSandbox:
    """A sandbox that outlives the command that started it; `home` is its folder."""

    id: str
    home: Path
    endpoint_url: str
    project: str
    stacks: tuple[Path, ...]
    terraform: str

    @property
    def environment_file(self) -> Path:
        """A shell script that exports the variables for AWS tools and Terraform."""
        return self.home / "env"

    def alive(self) -> bool:
        """Whether its AWS still responds."""
        try:
            return bool(control(self.endpoint_url, "GET", "home") == str(self.home))
        except (OSError, ValueError):
            return False

    def stop(self) -> None:
        """Stop its AWS and remove its folder."""
        if self.alive():
            with contextlib.suppress(OSError):
                control(self.endpoint_url, "POST", "stop")
            deadline = time.monotonic() + _END_SECONDS
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.05)
        shutil.rmtree(self.home, ignore_errors=True)


def keep(aws: Sandbox, project: Path) -> KeptSandbox:
    """Let the sandbox outlive this process, and write down how to find it."""
    home = aws.aws.home
    kept = KeptSandbox(
        id=home.name.removeprefix(PREFIX),
        home=home,
        endpoint_url=aws.endpoint_url,
        project=str(project),
        stacks=tuple(stack.directory for stack in aws.stacks),
        terraform=shlex.join(aws.terraform.command),
    )
    exports = {name: value for name, value in aws.environment.items() if name.startswith(_EXPORTED)}
    exports |= region_variables(aws.region)
    # The commands of sm-tf and CDKTF synthesize to the stacks that were applied.
    exports[OUTDIR_VARIABLE] = str(home)
    kept.environment_file.write_text(
        "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(exports.items()))
    )
    note = {
        "endpoint_url": kept.endpoint_url,
        "project": kept.project,
        "stacks": [str(directory) for directory in kept.stacks],
        "terraform": kept.terraform,
    }
    (home / _FILE).write_text(json.dumps(note))
    aws.keep()
    return kept


def kept_sandboxes() -> list[KeptSandbox]:
    """The kept sandboxes of this user that still run; the files of others are removed."""
    found = []
    for file in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{_FILE}")):
        home = file.parent
        if home.stat().st_uid != os.getuid():
            continue
        note = json.loads(file.read_text())
        sandbox = KeptSandbox(
            id=home.name.removeprefix(PREFIX),
            home=home,
            endpoint_url=note["endpoint_url"],
            project=note["project"],
            stacks=tuple(Path(directory) for directory in note["stacks"]),
            terraform=note["terraform"],
        )
        if sandbox.alive():
            found.append(sandbox)
        else:
            shutil.rmtree(home, ignore_errors=True)
    return found


def find_kept(ids: list[str]) -> list[KeptSandbox]:
    """The kept sandboxes of these ids; without ids, the only one that runs.

    Raises:
        UsageError: no sandbox has such an id, or no id is given and there is not exactly one sandbox.
    """
    running = {sandbox.id: sandbox for sandbox in kept_sandboxes()}
    known = f"running: {', '.join(running)}" if running else "none is running"
    if unknown := [id for id in ids if id not in running]:
        raise UsageError(f"No kept sandbox has the id {', '.join(unknown)}; {known}.")
    if not ids and len(running) != 1:
        raise UsageError(f"Name the sandbox to stop by its id; {known}.")
    return [running[id] for id in ids] if ids else list(running.values())
