"""Notes which line of the user's program made each construct, in a file beside what is synthesized."""

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

VARIABLE = "SM_TF_ORIGINS"
"""Names the file; without it nothing is noted."""

_LIBRARIES = (
    str(Path(__file__).parents[1]) + os.sep,
    *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    "<",
)


def record() -> None:
    """Note from now on where constructs are made: one JSON line each, with path, file and line.

    Every class of CDKTF and its providers makes its object in Node by `jsii.create`, with scope and id first.
    """
    import jsii

    out = Path(os.environ[VARIABLE]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115
    create = jsii.create
    paths: dict[str, str] = {}

    def noting(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
        reference = create(klass, obj, args)
        path = _path(paths, args or [])
        # What is no construct is nobody's scope: as a root it does no harm.
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
    # As the constructs library writes ids in paths.
    id = args[1].replace("/", "--")
    parent = paths[reference.ref]
    return f"{parent}/{id}" if parent else id


def is_library(file: str) -> bool:
    """Whether a file of Python code is Python's, an installed package's or sm_tf's, not the user's."""
    return file.startswith(_LIBRARIES) or "-packages" + os.sep in file


def _place() -> tuple[str, int] | None:
    """The innermost line that is neither Python's, nor an installed package's, nor sm_tf's."""
    frame = sys._getframe(2)
    while frame:
        name = frame.f_code.co_filename
        if not is_library(name):
            return str(Path(name).resolve()), frame.f_lineno
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None
