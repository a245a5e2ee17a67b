"""A small jsii assembly: JavaScript that runs in the jsii kernel's process.

`package.json` and `jsii.json` (the assembly's `.jsii`, with its classes and their methods) describe it. Each
class has its own script, and `index.js` exports all of them.
"""

import functools
import importlib
import io
import json
import tarfile
import tempfile
from pathlib import Path

_FOLDER = Path(__file__).parent


@functools.cache
def load_assembly() -> None:
    """Load the assembly into the jsii kernel, once. This starts the kernel and changes nothing else there.

    If the kernel refuses the assembly, jsii's error is raised.
    """
    import jsii

    # This starts the kernel. If Node is missing, jsii raises its own error here.
    importlib.import_module("constructs._jsii")
    package = json.loads((_FOLDER / "package.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(folder, "assembly.tgz")
        tarball.write_bytes(_tarball())
        jsii.kernel.load(package["name"], package["version"], str(tarball))


def _tarball() -> bytes:
    files = {"package.json": _FOLDER / "package.json", ".jsii": _FOLDER / "jsii.json"}
    files |= {f"lib/{script.name}": script for script in sorted(_FOLDER.glob("*.js"))}
    # The bytes are always the same, since jsii caches packages by their digest.
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, file in files.items():
            content = file.read_bytes()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()
