"""The folder of a module: only one that was written before is written again."""

import json
from pathlib import Path

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.owned_folder import OwnedFolder
from sm_tf.scaffold.render import File

MARKER = ".marker.json"


def owned(folder: Path) -> OwnedFolder:
    return OwnedFolder(folder, MARKER, "module")


def test_a_new_or_empty_folder_is_fine(tmp_path: Path) -> None:
    owned(tmp_path / "new" / "module").check()
    owned(tmp_path).check()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    with pytest.raises(UsageError, match="is not empty, and no module was written there before"):
        owned(tmp_path).check()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "module"
    file.write_text("")
    with pytest.raises(UsageError, match="is a file: name a folder"):
        owned(file).check()


def test_files_that_the_module_no_longer_has_are_removed_and_others_stay(tmp_path: Path) -> None:
    owned(tmp_path).write({"a.tf": File(b"a"), "examples/b.tf": File(b"b")})
    (tmp_path / "CHANGELOG.md").write_text("mine")
    owned(tmp_path).check()
    owned(tmp_path).write({"a.tf": File(b"new")})
    assert (tmp_path / "a.tf").read_text() == "new"
    assert not (tmp_path / "examples" / "b.tf").exists()
    assert (tmp_path / "CHANGELOG.md").read_text() == "mine"
    assert json.loads((tmp_path / MARKER).read_text()) == {"files": ["a.tf"]}


@pytest.mark.parametrize("marker", ["", "{", '["a"]', '{"files": ["../outside"]}', '{"files": "a"}'])
def test_a_marker_that_somebody_changed_is_an_error(tmp_path: Path, marker: str) -> None:
    (tmp_path / MARKER).write_text(marker)
    with pytest.raises(UsageError, match="is damaged"):
        owned(tmp_path).check()


def test_links_are_not_followed(tmp_path: Path) -> None:
    module, outside = tmp_path / "module", tmp_path / "outside"
    owned(module).write({"a.tf": File(b"a"), "examples/b.tf": File(b"b")})
    (module / "examples").rename(outside)
    (module / "examples").symlink_to(outside)
    with pytest.raises(UsageError, match=r"examples is a symbolic link, which isn't followed"):
        owned(module).write({"examples/b.tf": File(b"new")})
    owned(module).write({"a.tf": File(b"new")})
    assert (outside / "b.tf").read_text() == "b"
