"""The build context: which files, which hash, which archive."""

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.images.context import BuildContext

PINNED = "d95ae12ba9426246c1319b5b1af3158beb1225688418ed34e08ee512faf959c2"


def test_hash_is_a_pinned_value_on_every_machine(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    assert BuildContext(tmp_path).hash() == PINNED


def test_hash_ignores_where_when_and_who(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other)
    os.utime(other / "model.py", (0, 0))
    (other / "model.py").chmod(0o600)
    other.chmod(0o700)
    assert BuildContext(other).hash() == BuildContext(folder).hash()


def _edit(folder: Path) -> None:
    (folder / "model.py").write_text("print('bye')\n")


def _rename(folder: Path) -> None:
    (folder / "model.py").rename(folder / "model2.py")


def _make_executable(folder: Path) -> None:
    (folder / "model.py").chmod(0o755)


def _edit_dockerfile(folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM scratch\n")


def _add_empty_folder(folder: Path) -> None:
    (folder / "data").mkdir()


def _make_link(folder: Path) -> None:
    (folder / "model.py").rename(folder / "other")
    (folder / "model.py").symlink_to("other")


@pytest.mark.parametrize(
    "change", [_edit, _rename, _make_executable, _edit_dockerfile, _add_empty_folder, _make_link]
)
def test_hash_changes_with_what_an_image_can_show(folder: Path, change: Callable[[Path], None]) -> None:
    before = BuildContext(folder).hash()
    change(folder)
    assert BuildContext(folder).hash() != before


def test_hash_changes_with_a_link_s_target(folder: Path) -> None:
    (folder / "link").symlink_to("model.py")
    before = BuildContext(folder).hash()
    (folder / "link").unlink()
    (folder / "link").symlink_to("nowhere")
    assert BuildContext(folder).hash() != before


def test_hash_ignores_what_is_left_out(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*.log\n**/__pycache__\n")
    before = BuildContext(folder).hash()
    (folder / "train.log").write_text("epoch 1")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "model.pyc").write_bytes(b"\0")
    assert BuildContext(folder).hash() == before


def test_exclude_comes_after_the_ignore_file(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n!*.py\n")
    (folder / "secret.py").write_text("")
    assert BuildContext(folder, exclude=["secret.py"]).paths() == ["model.py"]


def test_dockerfile_s_own_ignore_file_goes_first(folder: Path) -> None:
    (folder / "gpu").mkdir()
    (folder / "gpu" / "Dockerfile").write_text("FROM scratch\n")
    (folder / "gpu" / "Dockerfile.dockerignore").write_text("gpu\n")
    (folder / ".dockerignore").write_text("model.py\n")
    assert BuildContext(folder, "gpu/Dockerfile").paths() == [".dockerignore", "Dockerfile", "model.py"]


def test_archive_keeps_modes_links_and_empty_folders(folder: Path, tmp_path: Path) -> None:
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o700)
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "linked").symlink_to("empty")
    (folder / "empty").mkdir()
    (folder / ("é" * 90)).write_text("a long name")
    BuildContext(folder).archive(tmp_path / "image.tar")
    with tarfile.open(tmp_path / "image.tar") as archive:
        shown = {
            item.name: (item.type, f"{item.mode:o}", item.linkname, item.mtime, item.uid, item.uname)
            for item in archive
        }
    rest = (0, 0, "")
    assert shown == {
        "Dockerfile": (tarfile.REGTYPE, "644", "", *rest),
        "Dockerfile.dockerignore": (tarfile.REGTYPE, "644", "", *rest),
        "context": (tarfile.DIRTYPE, "755", "", *rest),
        "context/Dockerfile": (tarfile.REGTYPE, "644", "", *rest),
        "context/dangling": (tarfile.SYMTYPE, "777", "/nowhere", *rest),
        "context/empty": (tarfile.DIRTYPE, "755", "", *rest),
        "context/linked": (tarfile.SYMTYPE, "777", "empty", *rest),
        "context/model.py": (tarfile.REGTYPE, "644", "", *rest),
        "context/run.sh": (tarfile.REGTYPE, "755", "", *rest),
        "context/" + "é" * 90: (tarfile.REGTYPE, "644", "", *rest),
    }


def test_archive_is_the_same_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    BuildContext(folder).archive(tmp_path / "1.tar")
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other)
    os.utime(other / "model.py", (0, 0))
    BuildContext(other).archive(tmp_path / "2.tar")
    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()


def test_dockerfile_reaches_the_builder_though_it_is_ignored(folder: Path, tmp_path: Path) -> None:
    (folder / ".dockerignore").write_text("Dockerfile\n.dockerignore\n")
    BuildContext(folder).archive(tmp_path / "image.tar")
    with tarfile.open(tmp_path / "image.tar") as archive:
        assert archive.getnames() == ["Dockerfile", "Dockerfile.dockerignore", "context", "context/model.py"]


def test_files_are_taken_back_from_any_depth(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c.py").write_text("")
    (folder / "a" / "d.txt").write_text("")
    (folder / ".dockerignore").write_text("**\n!**/*.py\n")
    assert BuildContext(folder).paths() == ["a", "a/b", "a/b/c.py", "model.py"]


def test_sockets_and_pipes_stay_outside(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert BuildContext(folder).paths() == ["Dockerfile", "model.py"]
