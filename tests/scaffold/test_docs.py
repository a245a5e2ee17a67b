"""The page on templates says what the code takes."""

import json
import re
from dataclasses import fields
from pathlib import Path

from sm_tf.scaffold.answer_types import ANSWER_TYPES
from sm_tf.scaffold.answers import collect
from sm_tf.scaffold.question import Question
from sm_tf.scaffold.render import render
from sm_tf.scaffold.template import KEYS, read_template

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()


def names_in(heading):
    """The names in the first column of the table with this heading."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_field_and_type_is_explained():
    assert sorted(names_in("in template.json")) == sorted(KEYS)
    assert names_in("type") == list(ANSWER_TYPES)
    assert sorted(names_in("of a question")) == sorted(field.name for field in fields(Question))


def test_the_example_is_a_template(tmp_path):
    described = json.loads(PAGE.split("```json\n")[1].split("```")[0])
    (tmp_path / "template.json").write_text(json.dumps(described))
    (tmp_path / "runbook").mkdir()
    (tmp_path / "runbook" / "{{ name }}.md.jinja").write_text("Call {{ owner }}.\n")
    template = read_template(tmp_path)
    answers = collect(
        template,
        {"stage": "prod", "owner": "a@example.com"},
        directory=Path("/projects/fraud"),
        defaults=True,
    )
    files = render(template, answers)
    assert {path: file.content for path, file in files.items()} == {
        "runbook/fraud.md": b"Call a@example.com.\n"
    }
    developing = collect(template, {}, directory=Path("/projects/fraud"), defaults=True)
    assert render(template, developing) == {}
