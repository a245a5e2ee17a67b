"""What `sm_tf` exports: all of it documented, and none of it loaded before it is used."""

import inspect
import subprocess
import sys
from enum import Enum

import pytest

import sm_tf


def test_the_names_are_sorted_and_resolve() -> None:
    assert sm_tf.__all__ == sorted(sm_tf.__all__)
    assert all(getattr(sm_tf, name).__name__ == name for name in sm_tf.__all__)
    assert dir(sm_tf) == sm_tf.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sm_tf' has no attribute 'Modell'"):
        _ = sm_tf.Modell


@pytest.mark.parametrize("name", sm_tf.__all__)
def test_classes_and_their_public_methods_are_documented(name: str) -> None:
    cls = getattr(sm_tf, name)
    assert inspect.getdoc(cls)
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
