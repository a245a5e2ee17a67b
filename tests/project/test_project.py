from pathlib import Path

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.project.project import read_project


def test_a_project_says_how_its_program_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py", "context": {"stage": "test"}}')
    project = read_project(tmp_path)
    assert (project.app, project.context) == ("python main.py", {"stage": "test"})
    assert project.outdir == tmp_path / "cdktf.out"


def test_the_outdir_is_that_of_the_variable_then_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py", "output": "build"}')
    assert read_project(tmp_path).outdir == tmp_path / "build"
    monkeypatch.setenv("CDKTF_OUTDIR", "/else")
    assert read_project(tmp_path).outdir == Path("/else")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has no cdktf.json"),
        ("{", "is not JSON"),
        ("{}", 'has no "app"'),
        ("[]", 'has no "app"'),
        (r'{"app": "python\u0000main.py"}', 'has no "app"'),
        ("[" * 100_000, "is not JSON: it is nested too deeply"),
    ],
)
def test_without_a_project_there_is_nothing_to_run(tmp_path: Path, content: str | None, said: str) -> None:
    if content:
        (tmp_path / "cdktf.json").write_text(content)
    with pytest.raises(UsageError, match=said):
        read_project(tmp_path)
