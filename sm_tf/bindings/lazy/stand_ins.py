"""What imported modules take instead of names from modules that are slow to load."""

import functools
import importlib
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_type_hints


class _MockType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        # Where nobody has loaded the module, nothing is a mock.
        mock = getattr(sys.modules.get("unittest.mock"), "Mock", None)
        return mock is not None and isinstance(instance, mock)


class Mock(metaclass=_MockType):
    """What `unittest.mock.Mock` is, for `isinstance` alone."""


@functools.cache
def version(distribution: str) -> str:
    """Return what `importlib.metadata.version` returns: a loaded package stands beside its metadata."""
    origin = getattr(sys.modules.get(distribution), "__file__", None)
    folders = Path(origin).parent.parent.glob(f"{distribution}-*.dist-info") if origin else ()
    found = [folder.name.removesuffix(".dist-info").removeprefix(f"{distribution}-") for folder in folders]
    if len(found) == 1:
        return found[0]
    answer: str = importlib.import_module("importlib.metadata").version(distribution)
    return answer


def typing_with_cache() -> ModuleType:
    """Return a copy of `typing` that keeps the type hints of the stubs of generated code."""
    copy = ModuleType("typing", sys.modules["typing"].__doc__)
    copy.__dict__.update(sys.modules["typing"].__dict__, get_type_hints=_type_hints)
    return copy


_hints: dict[FunctionType, dict[str, Any]] = {}


def _type_hints(obj: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
    if (
        arguments
        or options
        or type(obj) is not FunctionType
        or not obj.__name__.startswith("_typecheckingstub__")
    ):
        return get_type_hints(obj, *arguments, **options)
    if obj not in _hints:
        _hints[obj] = get_type_hints(obj)
    return _hints[obj]
