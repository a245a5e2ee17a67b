"""Copies of the examples, synthesized and changed as a user would."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.sandbox import synthesize

EXAMPLES = Path(__file__).parents[2] / "examples"


class Project:
    """A copy of an example whose program may be edited."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def edit(self, before: str, after: str) -> None:
        """Replace a piece of main.py."""
        main = self.directory / "main.py"
        program = main.read_text()
        assert before in program
        main.write_text(program.replace(before, after))

    def synthesize(self) -> Path:
        """Run the program and return the folder of its one stack."""
        (stack,) = synthesize(self.directory, self.directory / "cdktf.out")
        return stack.directory


@pytest.fixture
def copy_of_example(tmp_path: Path) -> Callable[[str], Project]:
    """Copies an example by its name."""

    def copy(name: str) -> Project:
        ignored = shutil.ignore_patterns("cdktf.out")
        return Project(Path(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=ignored)))

    return copy
