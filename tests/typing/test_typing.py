"""Type checkers accept what they must accept, and find what they must find."""

from pathlib import Path

import pytest
from mypy import api

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent


def test_mypy_accepts_good_programs_and_finds_each_mistake() -> None:
    programs = [str(FOLDER / "must_pass.py"), str(FOLDER / "must_fail.py")]
    found, problems, _ = api.run(["--no-error-summary", *programs])
    assert (found, problems) == ("", "")
