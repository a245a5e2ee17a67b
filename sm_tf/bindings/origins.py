"""Records which line of the user's program created each construct."""

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

VARIABLE = "SM_TF_ORIGINS"
"""The environment variable with the path of the file to write. Without it, nothing is recorded."""

_LIBRARIES = (
    str(Path(__file__).parents[1]) + os.sep,
    *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    "<",
)


def record() -> None:
    """Start to record where constructs are created: one JSON line each, with path, file and line.

    All classes of CDKTF and its providers create their object in Node with `jsii.create`, whose first
    arguments are the scope and the id.
    """
    import jsii

    out = Path(os.environ[VARIABLE]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115
    create = jsii.create
    paths: dict[str, str] = {}

    def noting(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
        reference = create(klass, obj, args)
        path = _path(paths, args or [])
        # An object that is not a construct is never a scope, so an entry without a path is harmless.
        paths[reference.ref] = path
        place = _place() if path else None
        if place:
            out.write(json.dumps({"path": path, "file": place[0], "line": place[1]}) + "\n")
        return reference

    jsii.create = noting


def _path(paths: dict[str, str], args: list[Any]) -> str:
    if len(args) < 2 or not isinstance(args[1], str):
        return ""
    reference = getattr(args[0], "__jsii_ref__", None)
    if reference is None or reference.ref not in paths:
        return ""
    # The constructs library writes ids in paths like this.
    id = args[1].replace("/", "--")
    parent = paths[reference.ref]
    return f"{parent}/{id}" if parent else id


def is_library(file: str) -> bool:
    """Tell whether a Python file belongs to Python, an installed package or sm_tf, not to the user."""
    return file.startswith(_LIBRARIES) or "-packages" + os.sep in file


def _place() -> tuple[str, int] | None:
    """Return the innermost line that is not in Python, an installed package or sm_tf."""
    frame = sys._getframe(2)
    while frame:
        name = frame.f_code.co_filename
        if not is_library(name):
            return str(Path(name).resolve()), frame.f_lineno
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None
