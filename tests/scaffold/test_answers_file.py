import json

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.answers_file import FILE, AnswersFile, read_answers_file
from sm_tf.scaffold.render import File

ANSWERS_FILE = AnswersFile(
    template="mine",
    version="1.0.0",
    source="./mine",
    answers={"name": "demo", "count": 3},
    rendering={"main.py": File(b"print()\n", executable=True), "logo.png": File(b"\x89PNG\xff")},
)


def test_what_is_written_can_be_read(tmp_path):
    (tmp_path / FILE).write_bytes(ANSWERS_FILE.file().content)
    assert read_answers_file(tmp_path) == ANSWERS_FILE


def test_a_reader_sees_template_version_source_and_answers():
    content = json.loads(ANSWERS_FILE.file().content)
    assert {key: value for key, value in content.items() if key != "rendering"} == {
        "template": "mine",
        "version": "1.0.0",
        "source": "./mine",
        "answers": {"name": "demo", "count": 3},
        "executable": ["main.py"],
    }


def test_each_file_has_a_line_of_its_own():
    """So that a change of one file is a change of one line in version control."""
    lines = ANSWERS_FILE.file().content.decode().splitlines()
    assert [line.split(":")[0].strip() for line in lines if '"main.py":' in line] == ['"main.py"']


def test_a_folder_without_it_is_no_project(tmp_path):
    with pytest.raises(UsageError, match=r"has no \.sm-tf\.json: run this in the folder of a project"):
        read_answers_file(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"template": "x"}',
        '{"template": "x", "version": "1", "source": "x", "answers": [], "rendering": {}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {"a": null}, "rendering": {}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {}, "rendering": {"a": "!"}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {}, "rendering": {"a": "AAAA"}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {}, "rendering": {"../a": ""}}',
        '{"template": "x\\u001b[2J", "version": "1", "source": "x", "answers": {}, "rendering": {}}',
        '{"template": "x", "version": "1", "source": "\\u202ex", "answers": {}, "rendering": {}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {"a": "\\u009b"}, "rendering": {}}',
        '{"template": "x", "version": "1", "source": "x", "answers": {}, "rendering": {"a\\nb": ""}}',
        "[" * 100_000,
        "<<<<<<< ours",
    ],
)
def test_a_damaged_one_is_told(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(UsageError, match=r"is damaged \(.*\): restore it from version control\."):
        read_answers_file(tmp_path)


def test_a_file_of_an_earlier_version_has_no_executable_files(tmp_path):
    content = json.loads(ANSWERS_FILE.file().content)
    del content["executable"]
    (tmp_path / FILE).write_text(json.dumps(content))
    assert not read_answers_file(tmp_path).rendering["main.py"].executable


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(ANSWERS_FILE.file().content)
    (tmp_path / FILE).symlink_to("elsewhere")
    with pytest.raises(UsageError, match=r"\.sm-tf\.json is a symbolic link, which isn't followed"):
        read_answers_file(tmp_path)
