import json

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.scaffold.template import builtin_templates, made_for, read_template

QUESTION = {"name": "name", "prompt": "Name"}


def test_the_templates_of_the_package():
    assert [template.name for template in builtin_templates()] == [
        "ab-test",
        "module",
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
        "questions": [QUESTION | {"default": "a"}, {"name": "size", "prompt": "Size"}],
        "next_steps": ["go"],
    }
    new_template(
        {"template.json": json.dumps(base), "README.md.jinja": "base", "Makefile": "base"}, folder="_base"
    )
    folder = new_template(
        {"README.md": "mine", "main.py": "mine"},
        extends="_base",
        questions=[{"name": "name", "default": "b"}, {"name": "more", "prompt": "More"}],
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
    template = read_template(new_template({}, files=wanted, questions=questions))
    assert made_for(template, ".github/workflows/ci.yml") == {"ci": "github"}
    assert made_for(template, "Makefile") == {"make": "yes"}
    assert made_for(template, "main.py") == {}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, '"name" must be a text'),
        ({"description": None}, '"description" must be a text'),
        ({"version": 1}, '"version" must be a text'),
        ({"colour": "red"}, "unknown key colour; known keys are description, extends, files, name"),
        ({"extends": "../elsewhere"}, '"extends" must be the name of a folder beside'),
        ({"questions": {}}, '"questions" must be a list of objects'),
        ({"questions": ["name"]}, '"questions" must be a list of objects'),
        ({"questions": [{"prompt": "x"}]}, r'questions\[0\] needs a "name"'),
        ({"questions": [{"name": "My Name", "prompt": "x"}]}, r'questions\[0\] needs a "name"'),
        ({"questions": [{"name": "name"}]}, 'question name has no "prompt"'),
        ({"questions": [QUESTION | {"type": "colour"}]}, "type 'colour' must be one of bucket, email, image"),
        (
            {"questions": [QUESTION | {"help": "x"}]},
            "question name: unknown key help; known keys are choices",
        ),
        ({"questions": [QUESTION | {"default": []}]}, '"default" must be a text'),
        ({"questions": [QUESTION | {"choices": "abc"}]}, '"choices" must be a list of texts'),
        ({"questions": [QUESTION | {"pattern": "("}]}, '"pattern" is not a regular expression'),
        ({"questions": [QUESTION | {"when": "x"}]}, '"when" must be an object'),
        ({"questions": [QUESTION | {"when": {"a": "b"}}]}, "a condition needs a, which no question asks for"),
        ({"files": {"Makefile": {"a": "b"}}}, "a condition needs a, which no question asks for"),
        ({"files": ["x"]}, '"files" must say for each path'),
        ({"questions": [QUESTION | {"type": ["text"]}]}, r"type \['text'\] must be one of"),
        ({"questions": [QUESTION | {"minimum": "1"}]}, '"minimum" must be a whole number'),
        ({"questions": [QUESTION | {"rule": 1}]}, '"rule" must be a text'),
        ({"questions": [QUESTION | {"pattern": "(" * 5000}]}, "is not a regular expression"),
        ({"next_steps": "go"}, '"next_steps" must be a list of texts'),
    ],
)
def test_a_malformed_description_is_refused_with_its_place(new_template, fields, problem):
    folder = new_template({}, **fields)
    with pytest.raises(ToolError, match=problem) as caught:
        read_template(folder)
    assert str(caught.value).startswith(f"{folder / 'template.json'} is not a valid template:\n")


def test_all_mistakes_of_a_description_are_told_at_once(new_template):
    folder = new_template({}, questions=[{"name": "a", "type": "colour"}, QUESTION | {"default": []}])
    with pytest.raises(ToolError) as caught:
        read_template(folder)
    assert str(caught.value).splitlines()[1:] == [
        '  - question a has no "prompt"',
        "  - question a: type 'colour' must be one of bucket, email, image, instance-type, integer, name, "
        "region, s3-archive, s3-uri, text",
        '  - question name: "default" must be a text',
    ]


def test_a_folder_without_description_is_not_a_template(tmp_path):
    with pytest.raises(ToolError, match=r"is not a template: it has no template\.json\."):
        read_template(tmp_path)


def test_a_description_that_is_not_json_is_told(tmp_path):
    (tmp_path / "template.json").write_text("{name: mine}")
    with pytest.raises(ToolError, match=r"template\.json is not JSON"):
        read_template(tmp_path)


def test_deep_json_is_told(tmp_path):
    (tmp_path / "template.json").write_text("[" * 100_000)
    with pytest.raises(ToolError, match=r"template\.json is not JSON: it is nested too deeply"):
        read_template(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "mine\x1b[2J"},
        {"description": "\u202eA template."},
        {"version": "1\x07"},
        {"next_steps": ["run\r"]},
        {"questions": [{"name": "a", "prompt": "A\x1b]0;x\x07"}]},
        {"questions": [{"name": "a", "prompt": "A", "default": "\x9b"}]},
        {"questions": [{"name": "a", "prompt": "A", "choices": ["x", "\x1b[1m"]}]},
        {"questions": [{"name": "a", "prompt": "A", "rule": "\x1b"}]},
        {"files": {"a\x1b": {"b": "c"}}},
    ],
)
def test_texts_that_steer_a_terminal_are_refused(new_template, fields):
    folder = new_template({}, **fields)
    with pytest.raises(ToolError, match="has a control character") as error:
        read_template(folder)
    assert error.value.args[0].replace("\n", "").isprintable()


@pytest.mark.parametrize("link", ["template.json", "base"])
def test_links_to_descriptions_are_refused(new_template, tmp_path, link):
    folder = new_template({}, extends="base")
    other = new_template({}, folder="other", name="other")
    if link == "base":
        (tmp_path / "base").symlink_to(other)
    else:
        (folder / "template.json").unlink()
        (folder / "template.json").symlink_to(other / "template.json")
    with pytest.raises(ToolError, match=f"{link} is a symbolic link"):
        read_template(folder)


def test_symbolic_links_are_refused(new_template):
    folder = new_template({})
    (folder / "secrets").symlink_to("/etc")
    with pytest.raises(ToolError, match=r"secrets is a symbolic link, and templates must not contain any\."):
        read_template(folder).sources()


@pytest.mark.parametrize("levels", [300, 900, 100_000])
def test_a_description_that_is_nested_too_deeply_is_refused(new_template, levels):
    text = '{"questions": [{"name": "a", "default": ' + "[" * levels + "]" * levels + "}]}"
    with pytest.raises(ToolError, match=r"template\.json is not JSON: it is nested too deeply"):
        read_template(new_template({"template.json": text}))
