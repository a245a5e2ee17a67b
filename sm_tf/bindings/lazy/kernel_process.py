"""How jsii starts Node: on the right one, and without the second Node process that passes its messages on."""

import atexit
import functools
import importlib
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import IO, Any

from sm_tf.bindings.node import NodeRuntime, find_node

# What jsii's wrapper does: it starts the kernel with a channel at descriptor 3, and connects that to its own
# input and output.
_WRAPPER = re.compile(
    rb"""spawn\)\(process\.execPath,\[\.\.\.process\.execArgv,"--preserve-symlinks","""
    rb"""\(0,\w+\.resolve\)\(__dirname,"\.\.","lib","program\.js"\)\],\{stdio:\["ignore","pipe","pipe","pipe"\]\}\)"""
    rb""".*process\.stdin\.pipe\((\w+)\),\1\.pipe\(process\.stdout\)"""
)
# How the kernel finds its copy of a package's tarball.
_DIGEST = re.compile(
    rb"function digestFile\((\w+),\.\.\.(\w+)\)\{return (readFileChunks\(\1,\(\)=>\{\},\.\.\.\2\))\}"
)
_PROGRAM_FILES = {
    "bin__jsii-runtime.js": "bin/jsii-runtime.js",
    "lib__program.js": "lib/program.js",
    "lib__runtime-index-worker.js": "lib/runtime-index-worker.js",
}
_MEMORY = "--max-old-space-size=4069"
_ATTRIBUTES = {"_process", "handshake", "sink_thread", "stop"}
# Puts the channel at descriptor 3.
_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@" 3<&0 0</dev/null')


@functools.cache
def start_directly() -> None:
    """Make jsii start the kernel this way, where it is of a known form."""
    node_process = importlib.import_module("jsii._kernel.providers.process")._NodeProcess
    start = node_process.start

    def start_kernel(process: Any) -> None:
        node = _choose_node()
        # Of an old Node jsii's wrapper warns.
        program = _program(process, start) if node and node.is_maintained else None
        if not node or not program or not _starts(process, node, program):
            start(process)

    node_process.start = start_kernel


def _choose_node() -> NodeRuntime | None:
    node = find_node()
    if node and node.from_wheel:
        os.environ["JSII_NODE"] = str(node.path)
    return node


def _program(process: Any, start: Callable[..., None]) -> Path | None:
    """Write the kernel's program; return None where the way in which jsii starts it is not known."""
    code = start.__code__
    if not {*code.co_names} >= _ATTRIBUTES or _MEMORY not in code.co_consts:
        return None
    if os.name != "posix" or not shutil.which(_SHELL[0]) or "JSII_RUNTIME" in os.environ:
        return None
    embedded = importlib.import_module("jsii._embedded.jsii")
    if not _PROGRAM_FILES.items() <= embedded.EMBEDDED_FILES.items():
        return None
    files = resources.files(embedded)
    wrapper, program, worker = ((files / name).read_bytes() for name in _PROGRAM_FILES)
    if not _WRAPPER.search(wrapper):
        return None
    folder = Path(process._ctx_stack.enter_context(tempfile.TemporaryDirectory()))
    (folder / "runtime-index-worker.js").write_bytes(worker)
    (folder / "program.js").write_bytes(_remembering_digests(program))
    return folder / "program.js"


def _remembering_digests(program: bytes) -> bytes:
    script = Path(__file__).with_name("digests.js")
    if not script.is_file():
        return program
    # Written in ASCII, whatever the folder's name.
    module = json.dumps(str(script)).encode()
    call = rb"{return require(%b)(\1,\2,()=>\3)}" % module.replace(b"\\", b"\\\\")
    return _DIGEST.sub(rb"function digestFile(\1,...\2)" + call, program)


def _starts(process: Any, node: NodeRuntime, program: Path) -> bool:
    """Start the kernel; return False where it does not answer as it should."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # A program may have set another default for its sockets.
        ours.settimeout(None)
        theirs.settimeout(None)
        kernel = subprocess.Popen(
            [*_SHELL, str(node.path), _MEMORY, "--preserve-symlinks", str(program)],
            stdin=theirs.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
        )
        printed = (kernel.stdout, kernel.stderr)
        # The channel is what jsii calls the process's input and output.
        kernel.stdin, kernel.stdout = ours.makefile("wb"), ours.makefile("rb")
    process._process = kernel
    process.sink_thread = threading.Thread(target=_pass_on, args=printed, daemon=True)
    process.sink_thread.start()
    try:
        process.handshake()
    except Exception:
        kernel.kill()
        kernel.wait()
        return False
    atexit.register(process.stop)
    return True


def _pass_on(output: IO[bytes], errors: IO[bytes]) -> None:
    """Write what the kernel and its children print where Python prints at that moment."""
    other = threading.Thread(target=_copy, args=(output, "stdout"), daemon=True)
    other.start()
    _copy(errors, "stderr")
    other.join()
    output.close()


def _copy(pipe: IO[bytes], stream: str) -> None:
    for line in iter(pipe.readline, b""):
        to = getattr(sys, stream)
        if hasattr(to, "buffer"):
            to.buffer.write(line)
        else:
            to.write(line.decode(errors="replace"))
