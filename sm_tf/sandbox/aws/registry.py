"""A container registry on loopback that repositories of the embedded ECR lead to."""

import os
import queue
import re
import secrets
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from sm_tf.project.parent_death import dying_with_parent

PROGRAM = "docker-registry"
USER = "AWS"
_START_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A running registry: `address` is `host:port`, and USER logs in with `password`."""

    address: str
    password: str
    process: "subprocess.Popen[str]"

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def start_registry(home: Path) -> Registry | None:
    """Start the distribution registry with its data below `home`; None if the machine has no such program."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    import bcrypt

    password = secrets.token_urlsafe(24)
    home.mkdir(mode=0o700)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=5)).decode()
    (home / "htpasswd").write_text(f"{USER}:{hashed}\n")
    config = home / "config.yml"
    config.write_text(
        f"""\
version: 0.1
log: {{level: info, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {home / "images"}}}, delete: {{enabled: true}}}}
auth: {{htpasswd: {{realm: sandbox, path: {home / "htpasswd"}}}}}
http: {{addr: "127.0.0.1:0"}}
"""
    )
    started: queue.Queue[Registry | None] = queue.Queue()
    threading.Thread(target=_run, args=(program, config, password, started), daemon=True).start()
    registry = started.get()
    if registry is None:
        raise RuntimeError(f"{program} did not start")
    return registry


def _run(program: str, config: Path, password: str, started: "queue.Queue[Registry | None]") -> None:
    """Start the registry and read its log for as long as it lives.

    Linux ends it with the thread that started it, so this thread must last. It must read the log, since the
    registry would wait for a reader.
    """
    process = subprocess.Popen(
        [program, "serve", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "OTEL_TRACES_EXPORTER": "none"},
        preexec_fn=dying_with_parent(signal.SIGKILL),
    )
    assert process.stderr is not None
    late = threading.Timer(_START_SECONDS, process.kill)
    late.start()
    listening = False
    for line in process.stderr:
        if not listening and (found := re.search(r"listening on (127\.0\.0\.1:\d+)", line)):
            late.cancel()
            listening = True
            started.put(Registry(address=found[1], password=password, process=process))
    if not listening:
        late.cancel()
        process.wait()
        started.put(None)
