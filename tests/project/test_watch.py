import threading
from pathlib import Path

import pytest

from sm_tf.project.watch import changed, snapshot, wait_for_change


def test_added_removed_and_written_files_are_changes(tmp_path: Path) -> None:
    for name in ("kept.py", "written.py", "removed.py"):
        (tmp_path / name).touch()
    before = snapshot(tmp_path, tmp_path / "cdktf.out")
    (tmp_path / "written.py").write_text("x = 1")
    (tmp_path / "removed.py").unlink()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "added.json").touch()
    after = snapshot(tmp_path, tmp_path / "cdktf.out")
    assert changed(before, after) == {"written.py", "removed.py", "folder/added.json"}


@pytest.mark.parametrize(
    "name",
    [
        "cdktf.out/manifest.json",
        ".git/index",
        "__pycache__/main.cpython-311.pyc",
        "venv/lib/site.py",
        "node_modules/cdktf/index.js",
        "main.py~",
        ".main.py.swp",
        "terraform.demo.tfstate",
        "terraform.demo.tfstate.backup",
    ],
)
def test_what_the_program_does_not_read_is_left_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    assert snapshot(tmp_path, tmp_path / "cdktf.out") == {}


def test_waiting_ends_with_the_first_change(tmp_path: Path) -> None:
    before = snapshot(tmp_path, tmp_path / "cdktf.out")
    writer = threading.Timer(0.1, (tmp_path / "main.py").touch)
    writer.start()
    assert wait_for_change(tmp_path, tmp_path / "cdktf.out", before) == {"main.py"}
    writer.join(10)
