import json

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.scaffold.template import builtin_templates, made_for, read_template

QUESTION = {"name": "name", "prompt": "Name"}


def test_the_templates_of_the_package():
    assert [template.name for template in builtin_templates()] == [
        "ab-test",
        "pipeline",
        "realtime",
        "serverless",
    ]


@pytest.mark.parametrize("template", builtin_templates(), ids=lambda template: template.name)
def test_every_question_has_a_default_that_is_allowed(template):
    assert template.name == template.folders[0].name
    for question in template.questions:
        assert question.default is not None or question.optional
        assert not question.choices or question.default in question.choices


def test_a_template_takes_what_it_does_not_say_from_the_one_it_extends(new_template):
    base = {
        "answers": [QUESTION | {"default": "a"}, {"name": "size", "prompt": "Size"}],
        "next_steps": ["go"],
    }
    new_template(
        {"template.json": json.dumps(base), "README.md.jinja": "base", "Makefile": "base"}, folder="_base"
    )
    folder = new_template(
        {"README.md": "mine", "main.py": "mine"},
        extends="_base",
        answers=[{"name": "name", "default": "b"}, {"name": "more", "prompt": "More"}],
    )
    template = read_template(folder)
    assert [(question.name, question.prompt, question.default) for question in template.questions] == [
        ("name", "Name", "b"),
        ("size", "Size", None),
        ("more", "More", None),
    ]
    assert template.next_steps == ("go",)
    assert {path: file.read_text() for path, file in template.sources().items()} == {
        "Makefile": "base",
        "README.md": "mine",
        "main.py": "mine",
    }


def test_what_begins_with_an_underscore_is_for_the_template_itself(new_template):
    folder = new_template({"_parts/a.py": "", "_notes.md": "", "src/__init__.py": "", ".git/HEAD": ""})
    assert list(read_template(folder).sources()) == ["src/__init__.py"]


def test_files_may_be_made_for_certain_answers(new_template):
    wanted = {".github/": {"ci": "github"}, "Makefile": {"make": "yes"}}
    questions = [{"name": name, "prompt": name} for name in ("ci", "make")]
    template = read_template(new_template({}, files=wanted, answers=questions))
    assert made_for(template, ".github/workflows/ci.yml") == {"ci": "github"}
    assert made_for(template, "Makefile") == {"make": "yes"}
    assert made_for(template, "main.py") == {}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, 'it has no "name"'),
        ({"description": None}, 'it has no "description"'),
        ({"version": 1}, 'it has no "version"'),
        ({"colour": "red"}, "unknown colour; known are answers, description, extends, files"),
        ({"extends": "../elsewhere"}, '"extends" must be the name of a folder beside'),
        ({"answers": {}}, '"answers" is no list'),
        ({"answers": ["name"]}, r"answers\[0\] is no object"),
        ({"answers": [{"prompt": "x"}]}, r'answers\[0\] needs a "name"'),
        ({"answers": [{"name": "My Name", "prompt": "x"}]}, r'answers\[0\] needs a "name"'),
        ({"answers": [{"name": "name"}]}, 'answer name has no "prompt"'),
        ({"answers": [QUESTION | {"kind": "colour"}]}, "kind 'colour'; known are bucket, email, image"),
        ({"answers": [QUESTION | {"help": "x"}]}, "answer name has unknown help; known are choices"),
        ({"answers": [QUESTION | {"default": []}]}, "its default is no text"),
        ({"answers": [QUESTION | {"choices": "abc"}]}, '"choices" must be a list of texts'),
        ({"answers": [QUESTION | {"pattern": "("}]}, "its pattern is wrong"),
        ({"answers": [QUESTION | {"when": "x"}]}, '"when" is no object'),
        ({"answers": [QUESTION | {"when": {"a": "b"}}]}, "a condition needs a, which no question asks for"),
        ({"files": {"Makefile": {"a": "b"}}}, "a condition needs a, which no question asks for"),
        ({"files": ["x"]}, '"files" must say for each path'),
        ({"next_steps": "go"}, '"next_steps" must be a list of texts'),
    ],
)
def test_a_malformed_description_is_refused_with_its_place(new_template, fields, problem):
    folder = new_template({}, **fields)
    with pytest.raises(ToolError, match=problem) as caught:
        read_template(folder)
    assert str(caught.value).startswith(f"{folder / 'template.json'}: ")


def test_a_folder_without_description_is_no_template(tmp_path):
    with pytest.raises(ToolError, match=r"is no template: it has no template\.json\."):
        read_template(tmp_path)


def test_a_description_that_is_not_json_is_told(tmp_path):
    (tmp_path / "template.json").write_text("{name: mine}")
    with pytest.raises(ToolError, match=r"template\.json is not JSON"):
        read_template(tmp_path)


def test_symbolic_links_are_refused(new_template):
    folder = new_template({})
    (folder / "secrets").symlink_to("/etc")
    with pytest.raises(ToolError, match=r"secrets is a symbolic link, which a template may not have\."):
        read_template(folder).sources()
