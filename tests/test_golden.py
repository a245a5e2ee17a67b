"""The JSON of every example, and of every template with its choices, is byte for byte the one that is kept.

An intended change is accepted with

    pytest tests/test_golden.py --snapshot-update

and shows in the diff of `__snapshots__/test_golden`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

TESTS = Path(__file__).parent
EXAMPLES = sorted(program.parent for program in (TESTS.parent / "examples").glob("*/main.py"))
CHOICES = json.loads((TESTS / "data" / "template_choices.json").read_text())

RunProgram = Callable[[Path], str]


class WrittenJson(SingleFileSnapshotExtension):
    """A file with exactly what was written."""

    file_extension = "json"
    _write_mode = WriteMode.TEXT


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example(run_program: RunProgram, snapshot: Any, example: Path) -> None:
    assert run_program(example) == snapshot(extension_class=WrittenJson)


@pytest.mark.parametrize(
    ("template", "choice"), [(template, choice) for template in CHOICES for choice in CHOICES[template]]
)
def test_a_template(
    run_program: RunProgram, make_project: Callable[..., Path], snapshot: Any, template: str, choice: str
) -> None:
    project = make_project(template, **{"name": f"{template}-{choice}", **CHOICES[template][choice]})
    assert run_program(project) == snapshot(extension_class=WrittenJson)
