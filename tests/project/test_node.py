import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.project.node import path_with_node


def test_a_node_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v22.1.0\n")
    node.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert path_with_node(path) == path


@pytest.mark.parametrize("version", ["v16.20.2", "nonsense"])
def test_an_old_node_gives_way_to_the_one_of_the_wheel(tmp_path: Path, version: str) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    found = shutil.which("node", path=path_with_node(f"{tmp_path}{os.pathsep}{os.environ['PATH']}"))
    assert found is not None
    assert found != str(node)
    assert subprocess.run([found, "--version"], capture_output=True).stdout.startswith(b"v")


def test_a_missing_node_is_that_of_the_wheel(hide: Callable[[str], None]) -> None:
    hide("node")
    assert shutil.which("node") is None
    assert shutil.which("node", path=path_with_node(os.environ["PATH"]))


def test_without_any_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sm_tf.project.node.find_spec", lambda _: None)
    with pytest.raises(ToolError, match=r"pip install 'sm-tf\[node\]'"):
        path_with_node("/nowhere")
