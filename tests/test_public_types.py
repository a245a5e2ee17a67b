"""Users can name every type that they meet: those of the public signatures are exported."""

import ast
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import sm_tf

FOREIGN = "sm_tf.bindings."
"""CDKTF's and the provider's classes are reached through it; users import these from their own packages."""


def modules_of(cls: type) -> Iterator[tuple[type, ModuleType]]:
    """The classes of sm_tf that a class is made of, with their modules."""
    for each in inspect.getmro(cls):
        if each.__module__.startswith("sm_tf."):
            yield each, sys.modules[each.__module__]


def origins(module: ModuleType) -> dict[str, str]:
    """The names of a module that come from sm_tf, with the modules that they are defined in."""
    found = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sm_tf."):
            found |= {alias.asname or alias.name: str(node.module) for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            found[node.name] = module.__name__
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: module.__name__ for target in targets if isinstance(target, ast.Name)}
    return found


def annotations(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """The annotations of what is public in a class or a module, with its name."""
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, hints = node.target.id, [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            name, arguments = node.name, node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [each for each in (arguments.vararg, arguments.kwarg) if each]
            hints = [hint for hint in (*(each.annotation for each in every), node.returns) if hint]
        else:
            continue
        if not name.startswith("_") or name == "__init__":
            yield from ((name, hint) for hint in hints)


def names_in(hint: ast.expr) -> Iterator[str]:
    for node in ast.walk(hint):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def types_of(exported: str) -> Iterator[tuple[str, str]]:
    """The types of sm_tf in the signatures of an exported name, and where they are."""
    value = getattr(sm_tf, exported)
    if isinstance(value, type):
        parts = [
            (module, node.body)
            for cls, module in modules_of(value)
            for node in ast.parse(inspect.getsource(module)).body
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__
        ]
    elif inspect.isfunction(value):
        parts = [(sys.modules[value.__module__], ast.parse(inspect.getsource(value)).body)]
    else:
        return
    for module, body in parts:
        known = origins(module)
        for name, hint in annotations(body):
            for type_name in names_in(hint):
                if type_name in known and not known[type_name].startswith(FOREIGN):
                    yield type_name, f"{exported}.{name}"


@pytest.mark.parametrize("exported", sm_tf.__all__)
def test_every_type_of_a_public_signature_is_exported(exported: str) -> None:
    missing = {f"{where}: {name}" for name, where in types_of(exported) if name not in sm_tf.__all__}
    assert not missing
