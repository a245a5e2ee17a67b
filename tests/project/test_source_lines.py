import json
from pathlib import Path

from sm_tf.project.source_lines import SourceLine, SourceLines


def test_what_has_no_line_has_that_of_the_construct_around_it(tmp_path: Path) -> None:
    notes = tmp_path / "lines.jsonl"
    project = tmp_path / "project"
    lines = [
        {"path": "demo/Model", "file": str(project / "app" / "main.py"), "line": 7},
        {"path": "demo/Model/Role", "file": str(tmp_path / "elsewhere.py"), "line": 9},
    ]
    notes.write_text("".join(json.dumps(line) + "\n" for line in lines))
    lines = SourceLines(notes, project)
    assert lines.of("demo/Model/Resource") == SourceLine(file="app/main.py", line=7)
    assert str(lines.of("demo/Model/Role")) == f"{tmp_path / 'elsewhere.py'}, line 9"
    assert lines.of("demo/Models") is None


def test_a_program_that_notes_nothing_has_no_lines(tmp_path: Path) -> None:
    assert SourceLines(tmp_path / "none", tmp_path).of("demo/Model") is None
