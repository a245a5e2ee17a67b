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
    assert update({**SAME, "main.py": "theirs\n"}) == {"main.py": Change.CONFLICT}
    assert (project / "main.py").read_bytes() == b"\0mine"


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
