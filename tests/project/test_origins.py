import json
from pathlib import Path

from sm_tf.project.origins import Origin, Origins


def test_what_has_no_line_has_that_of_the_construct_around_it(tmp_path: Path) -> None:
    notes = tmp_path / "origins.jsonl"
    project = tmp_path / "project"
    lines = [
        {"path": "demo/Model", "file": str(project / "app" / "main.py"), "line": 7},
        {"path": "demo/Model/Role", "file": str(tmp_path / "elsewhere.py"), "line": 9},
    ]
    notes.write_text("".join(json.dumps(line) + "\n" for line in lines))
    origins = Origins(notes, project)
    assert origins.of("demo/Model/Resource") == Origin(file="app/main.py", line=7)
    assert str(origins.of("demo/Model/Role")) == f"{tmp_path / 'elsewhere.py'}, line 9"
    assert origins.of("demo/Models") is None


def test_a_program_that_notes_nothing_has_no_lines(tmp_path: Path) -> None:
    assert Origins(tmp_path / "none", tmp_path).of("demo/Model") is None
