"""Machine-learning models on Amazon SageMaker with Terraform, as Python constructs on CDKTF.

Everything here is loaded when it is first used, so that `import sm_tf` alone costs next to nothing. The
public names, each with its module, stand in `__init__.pyi`, which type checkers and editors read too.
"""

_MODULES: dict[str, str] = {}


def __getattr__(name: str) -> object:
    value: object
    if name in _modules():
        from importlib import import_module

        value = getattr(import_module(_MODULES[name], __name__), name)
    elif name == "__all__":
        value = sorted(_MODULES)
    elif name == "__version__":
        from importlib.metadata import version

        value = version("sm-tf")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_modules())


def _modules() -> dict[str, str]:
    """The module of each public name."""
    if not _MODULES:
        from ast import ImportFrom, parse
        from pkgutil import get_data

        stub = parse(get_data(__name__, "__init__.pyi") or b"")
        imports = (statement for statement in stub.body if isinstance(statement, ImportFrom))
        _MODULES.update({alias.name: f".{each.module}" for each in imports for alias in each.names})
    return _MODULES
