"""A small jsii assembly of our own: JavaScript that runs in the jsii kernel's process.

`package.json` and `jsii.json` (the assembly's `.jsii`: its classes and their methods) describe it; each class
has a script of its own, and `index.js` names them all.
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
    """Load the assembly into the jsii kernel, once; this changes nothing else there.

    It starts the kernel. Raises what jsii raises where the kernel refuses the assembly.
    """
    import jsii

    # This starts the kernel: where Node is missing, that is an error of its own.
    importlib.import_module("constructs._jsii")
    package = json.loads((_FOLDER / "package.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(folder, "assembly.tgz")
        tarball.write_bytes(_tarball())
        jsii.kernel.load(package["name"], package["version"], str(tarball))


def _tarball() -> bytes:
    files = {"package.json": _FOLDER / "package.json", ".jsii": _FOLDER / "jsii.json"}
    files |= {f"lib/{script.name}": script for script in sorted(_FOLDER.glob("*.js"))}
    # The same bytes each time: jsii caches packages by their digest.
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, file in files.items():
            content = file.read_bytes()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()
