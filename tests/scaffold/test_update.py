import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.answers_file import FILE, read_answers_file
from sm_tf.scaffold.project import new_project
from sm_tf.scaffold.template import read_template
from sm_tf.scaffold.update import Change, check_clean, plan_update

TEN_LINES = "".join(f"line {number}\n" for number in range(10))


@pytest.fixture
def project(new_template, tmp_path):
    """A project made from version 1 of a template."""
    folder = new_template({"main.py": TEN_LINES, "README.md": "one\n", "old.py": "old\n"}, version="1")
    new_project(read_template(folder), {}, "../mine", tmp_path / "project").write()
    return tmp_path / "project"


@pytest.fixture
def update(project, new_template):
    """Updates the project to a version 2 of the template with these files, and tells what changed."""

    def run(files):
        folder = new_template(files, folder="newer", version="2")
        planned = plan_update(project, read_answers_file(project), read_template(folder), {}, "../mine")
        planned.write()
        return dict(planned.changes)

    return run


SAME = {"main.py": TEN_LINES, "README.md": "one\n", "old.py": "old\n"}


def test_files_that_the_user_left_alone_follow_the_template(project, update, tree):
    assert update({"main.py": "two\n", "README.md": "one\n", "src/new.py": "new\n"}) == {
        "main.py": Change.UPDATED,
        "old.py": Change.REMOVED,
        "src/new.py": Change.CREATED,
    }
    files = tree(project)
    del files[FILE]
    assert files == {"README.md": "one\n", "main.py": "two\n", "src/": "", "src/new.py": "new\n"}


def test_changes_of_both_are_merged(project, update):
    (project / "main.py").write_text(TEN_LINES.replace("line 0", "my line"))
    assert update({**SAME, "main.py": TEN_LINES.replace("line 9", "their line")}) == {
        "main.py": Change.MERGED
    }
    text = (project / "main.py").read_text()
    assert text == TEN_LINES.replace("line 0", "my line").replace("line 9", "their line")


def test_changes_of_the_same_lines_are_marked_as_git_marks_them(project, update):
    (project / "main.py").write_text(TEN_LINES.replace("line 5", "my line"))
    assert update({**SAME, "main.py": TEN_LINES.replace("line 5", "their line")}) == {
        "main.py": Change.CONFLICT
    }
    lines = (project / "main.py").read_text().splitlines()
    assert lines[4:11] == [
        "line 4",
        "<<<<<<< yours",
        "my line",
        "=======",
        "their line",
        ">>>>>>> mine 2",
        "line 6",
    ]


def test_the_users_changes_stay_when_the_template_has_none(project, update):
    (project / "main.py").write_text("mine")
    (project / "old.py").unlink()
    assert update(SAME) == {}
    assert (project / "main.py").read_text() == "mine"
    assert not (project / "old.py").exists()


def test_the_same_change_by_both_is_none(project, update):
    (project / "main.py").write_text("both\n")
    assert update({**SAME, "main.py": "both\n"}) == {}


def test_what_one_changed_and_the_other_removed_stays_with_the_user(project, update):
    (project / "README.md").unlink()
    (project / "old.py").write_text("changed")
    assert update({"main.py": TEN_LINES, "README.md": "two\n"}) == {
        "README.md": Change.KEPT,
        "old.py": Change.KEPT,
    }
    assert not (project / "README.md").exists()
    assert (project / "old.py").read_text() == "changed"


def test_a_new_file_that_the_user_has_already_is_a_conflict(project, update):
    (project / "new.py").write_text("mine\n")
    assert update({**SAME, "new.py": "theirs\n"}) == {"new.py": Change.CONFLICT}
    assert (project / "new.py").read_text().splitlines() == [
        "<<<<<<< yours",
        "mine",
        "=======",
        "theirs",
        ">>>>>>> mine 2",
    ]


def test_what_is_no_text_is_not_merged(project, update):
    (project / "main.py").write_bytes(b"\0mine")
    assert update({**SAME, "main.py": "theirs\n"}) == {"main.py": Change.BINARY_CONFLICT}
    assert (project / "main.py").read_bytes() == b"\0mine"
    assert (project / "main.py.new").read_text() == "theirs\n"


def test_bytes_behind_a_long_text_make_a_file_binary_too(project, update):
    """git itself looks at the beginning."""
    (project / "main.py").write_bytes(TEN_LINES.encode() * 1000 + b"\0\r\n")
    assert update({**SAME, "main.py": "theirs\n"}) == {"main.py": Change.BINARY_CONFLICT}


@pytest.mark.parametrize("link", [False, True])
def test_the_templates_version_of_a_binary_file_overwrites_nothing(project, update, link):
    (project / "main.py").write_bytes(b"\0mine")
    if link:
        (project / "main.py.new").symlink_to("nowhere")
    else:
        (project / "main.py.new").write_text("mine too")
    with pytest.raises(UsageError, match=r"main\.py\.new is where .* of main\.py would lie.*move it away"):
        update({**SAME, "main.py": "theirs\n"})
    assert (project / "main.py").read_bytes() == b"\0mine"


def test_the_templates_version_of_a_binary_file_is_no_other_file_of_the_template(project, update):
    (project / "main.py").write_bytes(b"\0mine")
    with pytest.raises(UsageError, match="move it away"):
        update({**SAME, "main.py": "theirs\n", "main.py.new": "another"})


WINDOWS = TEN_LINES.replace("\n", "\r\n")


class TestLineEndings:
    def test_of_the_user_stay(self, project, update):
        (project / "main.py").write_bytes(WINDOWS.encode())
        assert update({**SAME, "main.py": TEN_LINES + "more\n"}) == {"main.py": Change.MERGED}
        assert (project / "main.py").read_bytes() == WINDOWS.encode() + b"more\r\n"

    def test_alone_are_no_change(self, project, update):
        (project / "main.py").write_bytes(WINDOWS.encode())
        assert update(SAME) == {}
        assert (project / "main.py").read_bytes() == WINDOWS.encode()

    def test_of_the_template_come_with_it(self, project, update):
        (project / "main.py").write_text(TEN_LINES.replace("line 0", "my line"))
        assert update({**SAME, "main.py": WINDOWS}) == {"main.py": Change.MERGED}
        assert (project / "main.py").read_bytes() == WINDOWS.replace("line 0", "my line").encode()

    def test_around_a_conflict_are_those_of_the_file(self, project, update):
        (project / "main.py").write_bytes(WINDOWS.replace("line 5", "mine").encode())
        theirs = TEN_LINES.replace("line 5", "theirs")
        assert update({**SAME, "main.py": theirs}) == {"main.py": Change.CONFLICT}
        written = (project / "main.py").read_bytes()
        assert b"<<<<<<< yours\r\nmine\r\n=======\r\ntheirs\r\n>>>>>>> mine 2\r\n" in written
        assert written.count(b"\n") == written.count(b"\r\n")

    def test_that_are_mixed_stay_as_they_are(self, project, update):
        mixed = TEN_LINES.replace("line 0\n", "line 0\r\n").encode()
        (project / "main.py").write_bytes(mixed)
        assert update({**SAME, "main.py": TEN_LINES + "more\n"}) == {"main.py": Change.MERGED}
        assert (project / "main.py").read_bytes() == mixed + b"more\n"

    def test_that_are_mixed_make_no_conflict(self, project, update):
        (project / "main.py").write_bytes(WINDOWS.replace("line 0\r", "line 0").encode())
        theirs = TEN_LINES.replace("line 5", "theirs")
        assert update({**SAME, "main.py": theirs}) == {"main.py": Change.MERGED}
        assert (project / "main.py").read_bytes() == theirs.replace("\n", "\r\n").encode()

    def test_of_a_template_that_mixes_them_make_no_conflict(self, project, update):
        (project / "main.py").write_bytes(WINDOWS.encode())
        theirs = TEN_LINES.replace("line 5\n", "theirs\r\n")
        assert update({**SAME, "main.py": theirs}) == {"main.py": Change.MERGED}
        assert (project / "main.py").read_bytes() == WINDOWS.replace("line 5", "theirs").encode()

    def test_alone_keep_no_file_that_the_template_removes(self, project, update):
        (project / "old.py").write_bytes(b"old\r\n")
        assert update({"main.py": TEN_LINES, "README.md": "one\n"}) == {"old.py": Change.REMOVED}

    def test_alone_are_no_conflict_with_a_new_file(self, project, update):
        (project / "new.py").write_bytes(b"a\r\nb\r\n")
        assert update({**SAME, "new.py": "a\nb\n"}) == {}
        assert (project / "new.py").read_bytes() == b"a\r\nb\r\n"


class TestExecutableBit:
    @pytest.fixture
    def runs(self, project):
        return lambda path="main.py": bool((project / path).stat().st_mode & 0o111)

    @pytest.fixture
    def to_executable(self, project, new_template):
        """Updates to a version with these files, in which main.py can be run."""

        def run(files=SAME, *, executable=True, version="2"):
            folder = new_template(files, folder=f"newer{version}", version=version)
            (folder / "main.py").chmod(0o755 if executable else 0o644)
            planned = plan_update(project, read_answers_file(project), read_template(folder), {}, "../mine")
            planned.write()
            return dict(planned.changes)

        return run

    def test_comes_with_the_template_and_goes_with_it(self, to_executable, runs):
        assert to_executable() == {"main.py": Change.UPDATED}
        assert runs()
        assert to_executable(executable=False, version="3") == {"main.py": Change.UPDATED}
        assert not runs()

    def test_comes_with_a_new_text(self, to_executable, runs):
        assert to_executable({**SAME, "main.py": "two\n"}) == {"main.py": Change.UPDATED}
        assert runs()

    def test_comes_to_a_file_that_is_merged(self, project, to_executable, runs):
        (project / "main.py").write_text(TEN_LINES.replace("line 0", "my line"))
        changed = {**SAME, "main.py": TEN_LINES.replace("line 9", "their line")}
        assert to_executable(changed) == {"main.py": Change.MERGED}
        assert runs()

    def test_of_the_user_stays(self, project, update, runs):
        (project / "main.py").chmod(0o755)
        assert update({**SAME, "main.py": "two\n"}) == {"main.py": Change.UPDATED}
        assert runs()

    def test_that_both_set_is_no_change(self, project, to_executable, runs):
        (project / "main.py").chmod(0o755)
        assert to_executable() == {}
        assert runs()

    def test_of_a_new_file_is_there_if_either_has_it(self, project, update, runs):
        (project / "new.sh").write_text("run\n")
        (project / "new.sh").chmod(0o755)
        assert update({**SAME, "new.sh": "run\n"}) == {}
        assert runs("new.sh")

    def test_that_the_user_took_away_stays_away(self, project, to_executable, runs):
        to_executable()
        (project / "main.py").chmod(0o644)
        changed = to_executable({**SAME, "main.py": "two\n"}, version="3")
        assert changed == {"main.py": Change.UPDATED}
        assert not runs()

    def test_comes_with_a_binary_file_that_cannot_be_merged(self, project, to_executable, runs):
        (project / "main.py").write_bytes(b"\0mine")
        changed = to_executable({**SAME, "main.py": "two\n"})
        assert changed == {"main.py": Change.BINARY_CONFLICT}
        assert (runs("main.py"), runs("main.py.new")) == (False, True)

    def test_is_for_those_who_may_read(self, project, to_executable):
        (project / "main.py").chmod(0o600)
        to_executable()
        assert (project / "main.py").stat().st_mode & 0o777 == 0o700


class TestLinks:
    @pytest.fixture
    def outside(self, tmp_path):
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "secret").write_text("secret\n")
        return tmp_path / "outside"

    def test_to_files_stay_and_lead_nowhere(self, project, update, outside):
        (project / "main.py").unlink()
        (project / "main.py").symlink_to(outside / "secret")
        assert update({**SAME, "main.py": "two\n"}) == {"main.py": Change.KEPT}
        assert (project / "main.py").is_symlink()
        assert (outside / "secret").read_text() == "secret\n"

    @pytest.mark.parametrize("target", ["nowhere", "main.py"])
    def test_that_dangle_or_turn_in_circles_stay(self, project, update, target):
        (project / "main.py").unlink()
        (project / "main.py").symlink_to(target)
        assert update({**SAME, "main.py": "two\n"}) == {"main.py": Change.KEPT}

    def test_without_a_change_are_not_told(self, project, update, outside):
        (project / "main.py").unlink()
        (project / "main.py").symlink_to(outside / "secret")
        assert update(SAME) == {}

    def test_to_folders_keep_out_new_files(self, project, update, outside):
        (project / "src").symlink_to(outside)
        assert update({**SAME, "src/new.py": "new\n"}) == {"src/new.py": Change.KEPT}
        assert [path.name for path in outside.iterdir()] == ["secret"]

    def test_to_folders_keep_files_from_being_removed(self, new_template, tmp_path, outside):
        project = tmp_path / "project"
        folder = new_template({"src/secret": "secret\n", "main.py": "one\n"}, version="1")
        new_project(read_template(folder), {}, "../mine", project).write()
        (project / "src" / "secret").unlink()
        (project / "src").rmdir()
        (project / "src").symlink_to(outside)
        newer = read_template(new_template({"main.py": "one\n"}, folder="newer", version="2"))
        planned = plan_update(project, read_answers_file(project), newer, {}, "../mine")
        planned.write()
        assert dict(planned.changes) == {"src/secret": Change.KEPT}
        assert (outside / "secret").read_text() == "secret\n"

    @pytest.mark.parametrize("target", ["nowhere", "project"])
    @pytest.mark.parametrize("folder", ["project", "project/inside"])
    def test_that_lead_to_no_folder_are_no_place_for_a_project(self, new_template, tmp_path, target, folder):
        (tmp_path / "project").symlink_to(target)
        template = read_template(new_template({"main.py": "new\n"}))
        with pytest.raises(UsageError, match=r"project is a symbolic link that leads to no folder"):
            new_project(template, {}, "../mine", tmp_path / folder)

    def test_are_in_the_way_of_a_new_project(self, new_template, tmp_path, outside):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "src").symlink_to(outside)
        template = read_template(new_template({"src/new.py": "new\n"}))
        with pytest.raises(UsageError, match=r"src is a symbolic link, which isn't followed"):
            new_project(template, {}, "../mine", tmp_path / "project")

    def test_in_the_place_of_a_file_are_another_content(self, new_template, tmp_path, outside):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "main.py").symlink_to(outside / "secret")
        made = new_project(
            read_template(new_template({"main.py": "secret\n"})), {}, "../mine", tmp_path / "project"
        )
        assert made.conflicts == ["main.py"]
        made.write()
        assert not (tmp_path / "project" / "main.py").is_symlink()
        assert (outside / "secret").read_text() == "secret\n"


def test_the_next_update_begins_where_this_one_ended(project, update, new_template):
    (project / "main.py").write_text(TEN_LINES.replace("line 5", "my line"))
    update({**SAME, "main.py": TEN_LINES.replace("line 5", "their line")})
    (project / "main.py").write_text(TEN_LINES.replace("line 5", "settled"))
    record = read_answers_file(project)
    assert record.version == "2"
    newest = {**SAME, "main.py": TEN_LINES.replace("line 5", "their line") + "line 10\n"}
    template = read_template(new_template(newest, folder="newest", version="3"))
    planned = plan_update(project, record, template, {}, "../mine")
    assert dict(planned.changes) == {"main.py": Change.MERGED}
    planned.write()
    assert (project / "main.py").read_text() == TEN_LINES.replace("line 5", "settled") + "line 10\n"


def test_a_file_keeps_its_rights(project, update):
    (project / "main.py").chmod(0o700)
    update({**SAME, "main.py": "two\n"})
    assert (project / "main.py").stat().st_mode & 0o777 == 0o700


def test_nothing_is_written_before_it_is_asked_for(project, new_template, tree):
    before = tree(project)
    template = read_template(new_template({"main.py": "two\n"}, folder="newer", version="2"))
    plan_update(project, read_answers_file(project), template, {}, "../mine")
    assert tree(project) == before


def test_a_merge_needs_git(project, new_template, monkeypatch, tmp_path):
    (project / "main.py").write_text("mine")
    template = read_template(new_template({"main.py": "two\n"}, folder="newer", version="2"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"git is not on PATH\. It is needed to merge"):
        plan_update(project, read_answers_file(project), template, {}, "../mine")


def test_the_repository_of_a_hook_is_not_asked(project, git, monkeypatch, tmp_path):
    """A hook of another repository runs the command."""
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "one")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "changed").write_text("not committed\n")
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git" / "index",
        "GIT_OBJECT_DIRECTORY": other / ".git" / "objects",
        "GIT_PREFIX": "src/",
        "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": other,
    }.items():
        monkeypatch.setenv(name, str(value))
    check_clean(project)


def test_a_project_outside_of_git_is_refused(project, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    with pytest.raises(UsageError, match=r"is not in a git repository.*run git init and commit first"):
        check_clean(project)


def test_changes_that_are_not_committed_are_refused(project, git):
    git(project, "init", "--quiet")
    with pytest.raises(
        UsageError, match=r"(?s)uncommitted changes:\n.*\?\? main\.py\n.*\nCommit or stash them first"
    ):
        check_clean(project)
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "one")
    check_clean(project)
    (project / "main.py").write_text("mine")
    with pytest.raises(UsageError, match=r" M main\.py"):
        check_clean(project)


def test_changes_elsewhere_in_the_repository_do_not_matter(project, git):
    git(project.parent, "init", "--quiet")
    git(project.parent, "add", "project")
    git(project.parent, "commit", "--quiet", "-m", "one")
    check_clean(project)
