import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.render import File
from sm_tf.scaffold.transaction import Status, compare, write

FILES = {"main.py": File(b"new"), "src/a.py": File(b"new a"), "src/deep/b.py": File(b"new b")}


@pytest.fixture
def project(tmp_path):
    """A folder in which one of the files exists, with another content, beside files of the user's own."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "main.py").write_text("old")
    (folder / "src" / "a.py").write_text("new a")
    (folder / "notes.txt").write_text("mine")
    return folder


def test_files_are_compared_with_what_is_there(project):
    assert compare(project, FILES) == {
        "main.py": Status.CONFLICT,
        "src/a.py": Status.IDENTICAL,
        "src/deep/b.py": Status.CREATE,
    }


def test_all_is_new_where_no_folder_is(tmp_path):
    assert set(compare(tmp_path / "nowhere", FILES).values()) == {Status.CREATE}


@pytest.mark.parametrize("place", ["main.py/", "src"])
def test_a_folder_in_the_way_of_a_file_or_a_file_in_the_way_of_a_folder_is_told(tmp_path, place):
    blocking = tmp_path / place
    blocking.mkdir() if place.endswith("/") else blocking.write_text("")
    with pytest.raises(UsageError, match=r"cannot be written: .* Move it away or choose another folder\."):
        compare(tmp_path, FILES)


def test_a_file_in_the_place_of_the_project_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file is a file: name a folder\."):
        compare(tmp_path / "file", FILES)


def test_files_come_into_a_folder_with_others(project, tree):
    write(project, FILES)
    assert tree(project) == {
        "main.py": "new",
        "notes.txt": "mine",
        "src/": "",
        "src/a.py": "new a",
        "src/deep/": "",
        "src/deep/b.py": "new b",
    }


def test_folders_are_made_on_the_way(tmp_path, tree):
    write(tmp_path / "a" / "b", {"c": File(b"x")})
    assert tree(tmp_path) == {"a/": "", "a/b/": "", "a/b/c": "x"}


def test_files_can_be_removed(project, tree):
    write(project, {"main.py": File(b"new")}, removed=["src/a.py"])
    assert tree(project) == {"main.py": "new", "notes.txt": "mine", "src/": ""}


def test_a_new_file_has_the_rights_of_its_kind_and_an_old_one_keeps_its_own(project):
    (project / "main.py").chmod(0o600)
    write(project, {**FILES, "run.sh": File(b"#!/bin/sh\n", executable=True)})
    mask = os.umask(0)
    os.umask(mask)
    assert (project / "main.py").stat().st_mode & 0o777 == 0o600
    assert (project / "src/deep/b.py").stat().st_mode & 0o777 == 0o666 & ~mask
    assert (project / "run.sh").stat().st_mode & 0o777 == 0o777 & ~mask


def failing(number, error, original):
    """A function that fails when it is called for the nth time."""
    calls = 0

    def call(self, target):
        nonlocal calls
        calls += 1
        if calls == number:
            raise error
        return original(self, target)

    return call


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_of_the_moves_takes_them_back(project, tree, monkeypatch, number, error):
    before = tree(project.parent)
    monkeypatch.setattr(Path, "replace", failing(number, error, Path.replace))
    with pytest.raises((ToolError, KeyboardInterrupt)) as caught:
        write(project, FILES, removed=["notes.txt"])
    if isinstance(error, OSError):
        told = "cannot be written: No space left on device. Nothing was changed."
        assert str(caught.value) == f"{project} {told}"
    monkeypatch.undo()
    assert tree(project.parent) == before


def test_a_failure_at_the_last_step_takes_all_back(project, tree, monkeypatch):
    def refuse(_file):
        raise OSError(30, "Read-only file system")

    before = tree(project.parent)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(ToolError, match="Read-only file system"):
            write(project, FILES, removed=["notes.txt"])
    assert tree(project.parent) == before


def test_a_signal_during_the_moves_waits_for_their_end(project, tree, monkeypatch):
    original = Path.replace

    def interrupted(self, target):
        os.kill(os.getpid(), signal.SIGINT)
        return original(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(project, FILES)
    assert tree(project)["main.py"] == "new"
    assert tree(project)["src/deep/b.py"] == "new b"
    assert [path.name for path in project.iterdir() if path.name.startswith(".sm-tf-")] == []


@pytest.mark.parametrize("existing", [True, False])
def test_a_full_disk_leaves_everything_as_it_was(project, tree, existing):
    """The system refuses files of more than 1000 bytes, as a full disk does."""
    target = project if existing else project / "sub" / "project"
    before = tree(project)
    program = (
        "import sys; from pathlib import Path\n"
        "from sm_tf.scaffold.render import File; from sm_tf.scaffold.transaction import write\n"
        "write(Path(sys.argv[1]), {'a': File(b'small'), 'main.py': File(b'x' * 2000)})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, target],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 1
    assert f"{target} cannot be written: File too large. Nothing was changed." in done.stderr
    assert tree(project) == before


def test_a_folder_that_cannot_be_written_is_told(project, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    # The mode of the folder keeps nobody out who runs as root.
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(ToolError, match=r"cannot be written: Permission denied\. Nothing was changed\."):
        write(project, FILES)
