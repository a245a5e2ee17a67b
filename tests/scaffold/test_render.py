import re

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.scaffold.render import render
from sm_tf.scaffold.template import read_template


def rendered(folder, **answers):
    return {path: file.content.decode() for path, file in render(read_template(folder), answers).items()}


def test_files_with_the_suffix_are_rendered_and_others_copied(new_template):
    folder = new_template({"main.py.jinja": "print({{ name | quoted }})\n", "keep.txt": "{{ name }}\n"})
    assert rendered(folder, name='a"b') == {"main.py": 'print("a\\"b")\n', "keep.txt": "{{ name }}\n"}


def test_names_of_files_and_folders_may_hold_answers(new_template):
    folder = new_template({"{{ name }}/{{ name }}.py": "x"})
    assert rendered(folder, name="demo") == {"demo/demo.py": "x"}


def test_files_are_left_out_for_other_answers(new_template):
    folder = new_template(
        {".github/ci.yml": "x", "a": "x"},
        files={".github/": {"ci": "github"}},
        questions=[{"name": "ci", "prompt": "CI"}],
    )
    assert list(rendered(folder, ci="none")) == ["a"]
    assert list(rendered(folder, ci="github")) == [".github/ci.yml", "a"]


def test_parts_can_be_included(new_template):
    folder = new_template({"a.jinja": '{% include "_parts/b" %}', "_parts/b": "b of {{ name }}\n"})
    assert rendered(folder, name="demo") == {"a": "b of demo\n"}


def test_bytes_and_the_right_to_execute_are_kept(new_template):
    folder = new_template({"run.sh": "#!/bin/sh\n"})
    (folder / "run.sh").chmod(0o755)
    (folder / "logo.png").write_bytes(b"\x89PNG\xff\x00")
    files = render(read_template(folder), {})
    assert files["run.sh"].executable
    assert files["logo.png"].content == b"\x89PNG\xff\x00"
    assert not files["logo.png"].executable


def test_an_unknown_answer_is_an_error_with_its_place(new_template):
    folder = new_template({"main.py.jinja": "a\n{{ nmae }}\n"})
    with pytest.raises(ToolError, match=r"^The template's main\.py\.jinja.*'nmae' is undefined\.$"):
        rendered(folder, name="demo")


@pytest.mark.parametrize("text", ["{% if %}", "{{ 1 / 0 }}", "{{ name + 1 }}", '{% include "nowhere" %}'])
def test_a_mistake_in_a_template_is_an_error_with_its_place(new_template, text):
    folder = new_template({"main.py.jinja": text})
    with pytest.raises(ToolError, match=r"^The template's main\.py\.jinja"):
        rendered(folder, name="demo")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ name.__init__.__globals__ }}",
        '{% include "../../../etc/passwd" %}',
        '{% include "/etc/passwd" %}',
    ],
)
def test_a_template_cannot_reach_outside(new_template, text):
    folder = new_template({"main.py.jinja": text})
    with pytest.raises(ToolError):
        rendered(folder, name="demo")


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "a/b", "", ".", ".git", ".GIT", "a\\b"])
def test_a_path_that_leads_elsewhere_is_refused(new_template, name):
    folder = new_template({"{{ name }}/hooks/post-checkout": "x"})
    with pytest.raises(ToolError, match="not a path inside the project"):
        rendered(folder, name=name)


def test_rendering_does_not_depend_on_the_working_folder(new_template, tmp_path, monkeypatch):
    folder = new_template({"a.jinja": "{{ name }}\n"})
    before = rendered(folder, name="demo")
    monkeypatch.chdir(tmp_path)
    assert rendered(folder, name="demo") == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("folder", ["__pycache__", ".git"])
def test_a_template_includes_nothing_through_a_link(new_template, tmp_path, folder):
    (tmp_path / "secret").write_text("secret")
    template = new_template({"main.py.jinja": f'{{% include "{folder}/link" %}}'})
    (template / folder).mkdir()
    (template / folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ToolError, match=rf"The template's main\.py\.jinja: {folder}/link"):
        rendered(template)


@pytest.mark.parametrize(
    "text", ['{% include "a.jinja" %}', f"{{{{ {'(' * 3000}1{')' * 3000} }}}}", "{% if 1 %}" * 3000]
)
def test_a_text_without_end_is_an_error_with_its_place(new_template, text):
    with pytest.raises(ToolError, match=r"^The template's a\.jinja"):
        rendered(new_template({"a.jinja": text}))


@pytest.mark.parametrize("name", ["{{ 1 % 0 }}", "{{ name[9] }}", "{{ 'a' + 1 }}"])
def test_a_mistake_in_the_name_of_a_file_is_an_error_with_its_place(new_template, name):
    with pytest.raises(ToolError, match=rf"^The template's {re.escape(name)}: "):
        rendered(new_template({name: "x"}), name="demo")
