"""The Python half: a provider's root module imports its submodules when they are asked for."""

import importlib
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import LazyLoader
from pathlib import Path
from pkgutil import extend_path
from types import ModuleType

from sm_tf.bindings.lazy import kernel, kernel_process
from sm_tf.bindings.lazy.fallback import warn_that_loading_is_plain
from sm_tf.bindings.lazy.generated import GeneratedLoader, SparingLoader

# All of a root module that imports every submodule. Anything else in the file is a form that is not known.
_EAGER_ROOT = re.compile(
    r"""
    (?:r'''(?P<doc>.*?)'''\n)?
    (?:
        \n
      | import\ [\w.]+(?:\ as\ \w+)?\n
      | from\ (?:pkgutil|importlib\.metadata|jsii\._type_checking)\ import\ [\w, ]+\n
      | __path__\ =\ extend_path\(__path__,\ __name__\)\n
      | TYPEGUARD_MAJOR_VERSION\ =\ [^\n]*\n
      | def\ check_type\([^\n]*\n(?:\ {4}[^\n]*\n|\n(?=\ {4}))+
    )*
    from\ \._jsii\ import\ \*\n
    \n
    __all__\ =\ \[\n(?P<names>(?:\ {4}"\w+",\n)+)\]\n
    \n
    publication\.publish\(\)\n
    \n
    (?:\#[^\n]*\n)*
    (?P<imports>(?:from\ \.\ import\ \w+\n)+)
    \s*
    """,
    re.VERBOSE | re.DOTALL,
)

_NAME = re.compile(r'"(\w+)"')
_IMPORT = re.compile(r"import (\w+)")

# Generators of bindings from 2026 on write root modules that are lazy by themselves.
_LAZY_ROOT = re.compile(r"^def __getattr__\(name: str\)", re.MULTILINE)

_ASSEMBLY = re.compile(r'^__jsii_assembly__ = jsii\.JSIIAssembly\.load\(\s*"([^"]+)"', re.MULTILINE)

_loaded_plainly: set[str] = set()


def find_spec(fullname: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """Return how to load a module of CDKTF, of a provider or of what they need; None leaves it as it is."""
    spec = PathFinder.find_spec(fullname, path)
    if spec is None or spec.loader is None:
        return None
    package, _, submodule = fullname.partition(".")
    is_provider = package.startswith(("cdktf_cdktf_provider_", "cdktn_provider_"))
    if type(spec.loader) is not SourceFileLoader:
        if is_provider and package not in _loaded_plainly:
            _loaded_plainly.add(package)
            warn_that_loading_is_plain(package, "it is not installed as source files in a folder")
        return None
    if fullname == "dateutil.parser":
        spec.loader = LazyLoader(spec.loader)
        return spec
    loader: type[SourceFileLoader]
    if fullname in ("typeguard", "jsii._type_checking"):
        loader = SparingLoader
    elif is_provider and package not in _loaded_plainly and submodule in ("", "_jsii"):
        loader = _Assembly if submodule else _Root
    else:
        loader = {"constructs._jsii": _Constructs, "cdktf._jsii": _Core, "cdktn._jsii": _Core}.get(
            fullname, GeneratedLoader
        )
    spec.loader = loader(spec.loader.name, spec.loader.path)
    return spec


class _Root(GeneratedLoader):
    """Loads a provider's root module without its submodules."""

    def exec_module(self, module: ModuleType) -> None:
        source = Path(self.path).read_text(encoding="utf-8")
        assembly = Path(self.path).with_name("_jsii") / "__init__.py"
        root = _EAGER_ROOT.fullmatch(source)
        unknown = None
        names = _NAME.findall(root["names"]) if root else []
        if not root or sorted(names) != sorted(_IMPORT.findall(root["imports"])):
            if not _LAZY_ROOT.search(source):
                unknown = f"{self.path} is not of a known form"
        elif not _assembly_name(assembly):
            unknown = f"{assembly} is not of a known form"
        elif not kernel.resolves_types_of_submodules():
            unknown = "jsii is older than 1.134"
        else:
            _make_lazy(module, root["doc"], names)
            return
        if unknown:
            _loaded_plainly.add(self.name)
            warn_that_loading_is_plain(self.name, unknown)
        super().exec_module(module)


class _Assembly(GeneratedLoader):
    """Loads a provider's assembly into the jsii kernel, where its modules load when they are asked for."""

    def exec_module(self, module: ModuleType) -> None:
        package = self.name.removesuffix("._jsii")
        assembly = _assembly_name(Path(self.path))
        if assembly is None:
            super().exec_module(module)
            return
        # jsii imports what this map names when it meets an object whose class Python has not loaded yet.
        # (A root module that is lazy by itself has no names yet, and its assembly's module writes the map.)
        names = getattr(sys.modules[package], "__all__", [])
        module.__dict__["_SUBMODULE_FQN_MAP"] = {
            f"{assembly}.{_camel_case(name)}": f"{package}.{name}" for name in names
        }
        kernel_is_lazy = kernel.make_lazy()
        super().exec_module(module)
        if kernel_is_lazy and (unknown := kernel.what_was_unknown(assembly)):
            warn_that_loading_is_plain(package, unknown)


class _Constructs(GeneratedLoader):
    """Loads the first assembly of every CDKTF program, which starts Node."""

    def exec_module(self, module: ModuleType) -> None:
        kernel_process.start_directly()
        super().exec_module(module)


class _Core(GeneratedLoader):
    """Loads CDKTF's own assembly into the jsii kernel."""

    def exec_module(self, module: ModuleType) -> None:
        kernel.make_lazy()
        super().exec_module(module)


def _make_lazy(module: ModuleType, doc: str | None, names: list[str]) -> None:
    package = module.__name__

    def get(name: str) -> ModuleType:
        if name in known:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    known = {*names, "_jsii"}
    module.__doc__ = doc
    module.__path__ = extend_path(module.__path__, package)
    module.__dict__["__all__"] = names
    module.__dict__["__getattr__"] = get
    module.__dict__["__dir__"] = lambda: sorted({*module.__dict__, *names})


def _assembly_name(init: Path) -> str | None:
    found = _ASSEMBLY.search(init.read_text(encoding="utf-8"))
    return found[1] if found else None


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
