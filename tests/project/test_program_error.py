import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.project.program_error import ProgramError, program_error
from sm_tf.project.source_lines import SourceLines

Fail = Callable[..., ProgramError | None]


@pytest.fixture
def fail(tmp_path: Path) -> Fail:
    """Runs a program that fails; the lines of constructs are given by their paths."""

    def run(program: str, **lines: int) -> ProgramError | None:
        main, noted = tmp_path / "main.py", tmp_path / "lines"
        main.write_text(program)
        notes = [{"path": path, "file": str(main), "line": line} for path, line in lines.items()]
        noted.write_text("".join(f"{json.dumps(note)}\n" for note in notes))
        done = subprocess.run(
            [sys.executable, "-u", "main.py"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode != 0
        return program_error(done.stdout, tmp_path, SourceLines(noted, tmp_path))

    return run


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("x = {}\nx['model']", "KeyError: 'model'\n  main.py, line 2"),
        ("def f():\n    assert False\nf()", "AssertionError\n  main.py, line 2"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'\n  main.py, line 1"),
        ("x = (\n", "SyntaxError: '(' was never closed\n  main.py, line 1"),
        ("raise ValueError('two\\nlines')", "ValueError: two\nlines\n  main.py, line 1"),
        # The innermost line of the user, not of a library.
        ("import ast\n\nast.literal_eval('f()')", "ValueError: malformed node or string"),
        # The exception that ended the program, not its cause.
        ("try:\n    {}[1]\nexcept KeyError as e:\n    raise OSError(2) from e", "OSError: 2\n  main.py,"),
    ],
)  # fmt: skip
def test_an_exception_is_a_sentence_and_a_line(fail: Fail, program: str, said: str) -> None:
    error = fail(program)
    assert str(error).startswith(said)
    assert error is not None
    assert error.line is not None
    assert error.line.file == "main.py"


def test_all_mistakes_of_a_construct_are_listed(fail: Fail) -> None:
    program = "from sm_tf import InvalidPropsError\nraise InvalidPropsError('demo/Model', [{}])"
    one, two = fail(program.format("'a: b'")), fail(program.format("'a', 'b'"))
    assert one is not None
    assert two is not None
    assert (one.type, one.where, one.problems) == ("InvalidPropsError", "demo/Model", ["a: b"])
    assert str(one) == "demo/Model: a: b\n  main.py, line 2"
    assert (two.where, two.problems) == ("demo/Model", ["a", "b"])
    assert str(two) == "demo/Model:\n  - a\n  - b\n  main.py, line 2"


def test_problems_at_synth_name_the_line_of_the_construct(fail: Fail) -> None:
    found = "Validation failed with the following errors:\\n  [demo] no role\\n\\nTo ignore this, do that."
    error = fail(f"raise RuntimeError('{found}')", demo=7)
    assert error is not None
    assert (error.type, error.where, error.problems) == ("ValidationError", "demo", ["no role"])
    assert str(error) == "demo: no role\n  main.py, line 7"


def test_problems_of_several_constructs_name_them(fail: Fail) -> None:
    found = "Validation failed with the following errors:\\n  [a] no role\\n  [b] no image"
    error = fail(f"raise RuntimeError('{found}')", a=7)
    assert error is not None
    assert (error.where, error.problems) == (None, ["a: no role (main.py, line 7)", "b: no image"])


def test_what_was_printed_before_is_kept(fail: Fail) -> None:
    error = fail("print('hello')\nraise ValueError")
    assert error is not None
    assert error.printed == "hello"
    assert "hello" not in error.traceback


@pytest.mark.parametrize("program", ["raise SystemExit('no such model')", "import os\nos._exit(3)"])
def test_an_end_without_a_traceback_is_not_an_exception(fail: Fail, program: str) -> None:
    assert fail(program) is None
