"""Runs a program and counts the messages that it sends to the jsii kernel, from its `App()` on.

    python benchmarks/counted.py COUNTS PROGRAM [ARGUMENT...]

Writes a JSON list to the file COUNTS: for each kind of message when it was sent ("program" or "synth"), its
name, the line of sm_tf that sent it, and how often. A message is a request or the completion of a callback.
"""

import json
import runpy
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from jsii._kernel import types
from jsii._kernel.providers import process

APIS = {
    types.CreateRequest: "create",
    types.GetRequest: "get",
    types.SetRequest: "set",
    types.InvokeRequest: "invoke",
    types.StaticGetRequest: "get",
    types.StaticInvokeRequest: "invoke",
    types.LoadRequest: "load",
}


class Counting:
    def __init__(self) -> None:
        self.sent: Counter[tuple[str, str, str]] = Counter()
        self._phase: str | None = None
        self._callbacks: dict[str, str] = {}

    def start(self) -> None:
        node: Any = process._NodeProcess
        send = node.send

        def counting(kernel: Any, request: Any, response_type: Any) -> Any:
            name = self._name(request)
            if name.startswith("create ") and name.endswith(".App"):
                self._phase = "program"
            elif name.startswith("invoke ") and name.endswith(".App.synth"):
                self._phase = "synth"
            if self._phase:
                self.sent[self._phase, name, _line()] += 1
            response = send(kernel, request, response_type)
            if isinstance(response, types.Callback):
                called = response.invoke or response.get or response.set
                self._callbacks[response.cbid] = _member(called)
            return response

        node.send = counting

    def _name(self, request: Any) -> str:
        completed = getattr(request, "complete", None)
        if completed:
            return f"complete {self._callbacks[completed.cbid]}"
        return f"{APIS.get(type(request), type(request).__name__)} {_member(request)}"


def _member(request: Any) -> str:
    """The class and its member; an object is named after its class and a number."""
    if isinstance(request, types.LoadRequest):
        return request.name
    reference = getattr(request, "objref", None)
    owner = reference.ref.split("@")[0] if reference else getattr(request, "fqn", "")
    member = getattr(request, "method", None) or getattr(request, "property", None)
    return ".".join(filter(None, [owner.removeprefix("@cdktf/"), member]))


def _line() -> str:
    """The innermost line of sm_tf, outside what makes bindings load lazily."""
    frame: FrameType | None = sys._getframe(2)
    while frame:
        name = frame.f_code.co_filename
        if "/sm_tf/" in name and "/bindings/lazy/" not in name:
            return f"{name.rpartition('/sm_tf/')[2]}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def main() -> None:
    counts, *program = sys.argv[1:]
    counting = Counting()
    counting.start()
    sys.argv = program
    sys.path[0] = str(Path(program[0]).parent)
    runpy.run_path(program[0], run_name="__main__")
    Path(counts).write_text(json.dumps([[*key, number] for key, number in counting.sent.items()]))


if __name__ == "__main__":
    main()
