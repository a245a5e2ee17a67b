"""The JSON of every example, and of every template with its choices, is byte for byte the one that is kept.

An intended change is accepted with

    ACCEPT_JSON=1 pytest tests/test_golden.py

and shows in the diff of `data/synthesized`.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
KEPT = TESTS / "data" / "synthesized"
EXAMPLES = sorted(program.parent for program in (TESTS.parent / "examples").glob("*/main.py"))
CHOICES = json.loads((TESTS / "data" / "template_choices.json").read_text())

RunProgram = Callable[[Path], str]


def check_kept(name: str, written: str) -> None:
    file = KEPT / f"{name}.json"
    if os.environ.get("ACCEPT_JSON"):
        file.write_text(written)
    assert written == file.read_text()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example(run_program: RunProgram, example: Path) -> None:
    check_kept(f"example-{example.name}", run_program(example))


@pytest.mark.parametrize(
    ("template", "choice"), [(template, choice) for template in CHOICES for choice in CHOICES[template]]
)
def test_a_template(
    run_program: RunProgram, make_project: Callable[..., Path], template: str, choice: str
) -> None:
    project = make_project(template, **{"name": f"{template}-{choice}", **CHOICES[template][choice]})
    check_kept(f"template-{template}-{choice}", run_program(project))


def test_nothing_else_is_kept() -> None:
    programs = {f"example-{example.name}" for example in EXAMPLES}
    programs |= {f"template-{template}-{choice}" for template in CHOICES for choice in CHOICES[template]}
    assert {file.stem for file in KEPT.glob("*.json")} == programs
