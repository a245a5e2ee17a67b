import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.answers_file import FILE, read_answers_file
from sm_tf.scaffold.project import new_project, recorded_source
from sm_tf.scaffold.render import File
from sm_tf.scaffold.template import read_template
from sm_tf.scaffold.transaction import Status


@pytest.fixture
def template(new_template):
    return read_template(
        new_template(
            {"main.py.jinja": "print('{{ name }}')\n", "LICENSE": "free\n"},
            questions=[{"name": "name", "prompt": "Name"}],
            next_steps=["python main.py {{ name }}"],
        )
    )


def test_a_project_is_its_files_and_the_answers_file(template, tmp_path, tree):
    project = new_project(template, {"name": "demo"}, "realtime", tmp_path / "demo")
    assert project.next_steps == ("python main.py demo",)
    project.check()
    project.write()
    written = tree(tmp_path / "demo")
    assert {path: written[path] for path in written if path != FILE} == {
        "LICENSE": "free\n",
        "main.py": "print('demo')\n",
    }
    record = read_answers_file(tmp_path / "demo")
    assert (record.template, record.version, record.source) == ("mine", "1.0.0", "realtime")
    assert record.answers == {"name": "demo"}
    assert record.rendering == {"LICENSE": File(b"free\n"), "main.py": File(b"print('demo')\n")}


def test_making_it_again_changes_nothing(template, tmp_path):
    new_project(template, {"name": "demo"}, "realtime", tmp_path / "demo").write()
    again = new_project(template, {"name": "demo"}, "realtime", tmp_path / "demo")
    assert set(again.statuses.values()) == {Status.IDENTICAL}
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "demo").iterdir()}
    again.check()
    again.write()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "demo").iterdir()} == stamps


def test_an_answers_file_may_be_written_down_differently(template, tmp_path):
    new_project(template, {"name": "demo"}, "realtime", tmp_path).write()
    file = tmp_path / FILE
    file.write_text(file.read_text().replace("\n", "\n\n"))
    assert new_project(template, {"name": "demo"}, "realtime", tmp_path).statuses[FILE] == Status.IDENTICAL


def test_files_that_differ_are_not_overwritten(template, tmp_path):
    (tmp_path / "main.py").write_text("mine")
    project = new_project(template, {"name": "demo"}, "realtime", tmp_path)
    assert project.conflicts == ["main.py"]
    with pytest.raises(UsageError) as caught:
        project.check()
    assert str(caught.value).splitlines() == [
        f"1 file exists in {tmp_path} with different content; nothing was written:",
        "  main.py",
        "Choose another folder, or overwrite with --force.",
    ]


@pytest.mark.parametrize(
    ("source", "recorded"),
    [
        ("realtime", "realtime"),
        ("https://example.com/mine.git@v1", "https://example.com/mine.git@v1"),
        ("https://me:secret@example.com/mine.git@v1", "https://example.com/mine.git@v1"),
        ("git@example.com:mine.git", "git@example.com:mine.git"),
        ("/templates/mine", "/templates/mine"),
        ("./mine", "../mine"),
        ("demo/inside", "./inside"),
    ],
)
def test_a_relative_path_is_recorded_as_seen_from_the_project(tmp_path, monkeypatch, source, recorded):
    monkeypatch.chdir(tmp_path)
    assert recorded_source(source, tmp_path / "demo") == recorded


def test_next_steps_cannot_steer_the_terminal(new_template, tmp_path):
    """An expression makes control characters out of plain ones."""
    template = read_template(
        new_template({}, next_steps=[r"run {{ '\x1b]0;title\x07' }}", r"{{ '\u202e' }}x"])
    )
    project = new_project(template, {}, "./mine", tmp_path / "demo")
    assert project.next_steps == (r"run \x1b]0;title\x07", r"\u202ex")
