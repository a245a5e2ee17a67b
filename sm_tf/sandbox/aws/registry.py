"""A container registry on loopback that repositories of the embedded ECR lead to."""

import ctypes
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "docker-registry"
USER = "AWS"
_PR_SET_PDEATHSIG = 1
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
    """Start the distribution registry with its data below `home`; None where the machine has none."""
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
    process = subprocess.Popen(
        [program, "serve", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "OTEL_TRACES_EXPORTER": "none"},
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    address = _listening_address(process)
    if address is None:
        process.kill()
        process.wait()
        raise RuntimeError(f"{program} did not start")
    return Registry(address=address, password=password, process=process)


def _listening_address(process: "subprocess.Popen[str]") -> str | None:
    assert process.stderr is not None
    late = threading.Timer(_START_SECONDS, process.kill)
    late.start()
    try:
        for line in process.stderr:
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                # Its log goes on: somebody has to read it, or the registry would wait for that.
                threading.Thread(target=_drain, args=(process,), daemon=True).start()
                return found[1]
    finally:
        late.cancel()
    return None


def _drain(process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    for _ in process.stderr:
        pass


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
