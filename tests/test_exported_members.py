"""What `sm_tf` exports: all of it documented, and none of it loaded before it is used."""

import ast
import inspect
import subprocess
import sys
from enum import Enum
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import sm_tf

STUB = {
    alias.name: f"sm_tf.{statement.module}"
    for statement in ast.parse(Path(sm_tf.__file__).with_suffix(".pyi").read_text()).body
    if isinstance(statement, ast.ImportFrom)
    for alias in statement.names
}


def test_the_names_of_the_stub_are_exported_sorted() -> None:
    assert sm_tf.__all__ == sorted(STUB)
    assert dir(sm_tf) == sm_tf.__all__


@pytest.mark.parametrize(("name", "module"), STUB.items())
def test_a_name_is_defined_where_the_stub_says_and_has_no_other(name: str, module: str) -> None:
    value = getattr(sm_tf, name)
    assert value is getattr(import_module(module), name)
    if isinstance(value, type) or inspect.isfunction(value):
        assert (value.__name__, value.__module__) == (name, module)


def test_a_star_import_brings_every_name() -> None:
    names: dict[str, object] = {}
    exec("from sm_tf import *", names)
    assert names.keys() >= STUB.keys()


def test_the_version_is_that_of_the_package() -> None:
    assert sm_tf.__version__ == version("sm-tf")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sm_tf' has no attribute 'Modell'"):
        _ = sm_tf.Modell


@pytest.mark.parametrize("name", sm_tf.__all__)
def test_classes_and_their_public_methods_are_documented(name: str) -> None:
    cls = getattr(sm_tf, name)
    assert inspect.getdoc(cls)
    if not isinstance(cls, type):
        return
    for member_name, member in inspect.getmembers(cls):
        public = not member_name.startswith("_")
        if (
            public
            and (inspect.isroutine(member) or isinstance(member, property))
            and not issubclass(cls, Enum)
        ):
            assert inspect.getdoc(member), f"{name}.{member_name}"


def test_importing_sm_tf_alone_loads_neither_cdktf_nor_jsii() -> None:
    program = "import sys, sm_tf; print(sorted({'cdktf', 'jsii', 'constructs'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
