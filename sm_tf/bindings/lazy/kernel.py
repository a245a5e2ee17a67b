"""The Node half: a small jsii assembly that changes how the jsii kernel loads a provider's JavaScript."""

import functools
import importlib
import io
import json
import tarfile
import tempfile
from pathlib import Path

from sm_tf.bindings.lazy.fallback import warn_that_loading_is_plain

_NAME = "sm-tf-lazy-bindings"
_VERSION = "1.0.0"
_SCRIPTS = Path(__file__).with_name("assembly")


class _Providers:
    """The class of the same name in assembly/index.js."""

    __jsii_type__ = f"{_NAME}.Providers"


def resolves_types_of_submodules() -> bool:
    """Tell whether jsii can import a class's module when an object of the class arrives."""
    return hasattr(importlib.import_module("jsii._reference_map"), "_submodule_fqn_map")


@functools.cache
def make_lazy() -> bool:
    """Make the kernel load the providers' modules lazily; warn and return False if it cannot be made to."""
    import jsii

    # This starts the kernel: where Node is missing, that is no form that is unknown here.
    importlib.import_module("constructs._jsii")
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(folder, "assembly.tgz")
        tarball.write_bytes(_tarball())
        try:
            jsii.kernel.load(_NAME, _VERSION, str(tarball))
        except Exception as error:
            warn_that_loading_is_plain("Each provider", f"the jsii kernel refused to be changed ({error})")
            return False
    return True


def what_was_unknown(assembly: str) -> str | None:
    """Say why the kernel loaded all modules of `assembly`, or None if it did not."""
    import jsii

    answer: str | None = jsii.kernel.sinvoke(_Providers, "whatWasUnknown", [assembly])
    return answer


def _tarball() -> bytes:
    package = {"name": _NAME, "version": _VERSION, "main": "lib/index.js"}
    string = {"primitive": "string"}
    method = {
        "name": "whatWasUnknown",
        "static": True,
        "parameters": [{"name": "assembly", "type": string}],
        "returns": {"type": string, "optional": True},
    }
    providers = {
        "assembly": _NAME,
        "fqn": _Providers.__jsii_type__,
        "kind": "class",
        "name": "Providers",
        "methods": [method],
    }
    assembly = {
        "schema": "jsii/0.10.0",
        "jsiiVersion": "5.8.0",
        "name": _NAME,
        "version": _VERSION,
        "types": {_Providers.__jsii_type__: providers},
    }
    files = {
        "package.json": json.dumps(package).encode(),
        ".jsii": json.dumps(assembly).encode(),
        **{f"lib/{script.name}": script.read_bytes() for script in sorted(_SCRIPTS.glob("*.js"))},
    }
    # The same bytes each time: jsii caches packages by their digest.
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()
