import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.program_error import ProgramError
from sm_tf.project.synthesis import select, synthesize

ProjectFolder = Callable[..., Path]
UNFINISHED = """\
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import EndpointConfig

app = App()
stack = TerraformStack(app, "demo")
AwsProvider(stack, "aws")
EndpointConfig(stack, "Config")
app.synth()
"""
EMPTY: dict[str, Any] = {"resource": {}}


def test_stacks_come_in_the_order_to_apply_them(project_folder: ProjectFolder, tmp_path: Path) -> None:
    folder = project_folder(app=(EMPTY, ["network", "data"]), data=(EMPTY, ["network"]), network=(EMPTY, []))
    stacks = synthesize(folder, tmp_path / "out")
    assert [stack.name for stack in stacks] == ["network", "data", "app"]
    assert all((stack.directory / "cdk.tf.json").is_file() for stack in stacks)


def test_a_chosen_stack_brings_what_it_depends_on(project_folder: ProjectFolder, tmp_path: Path) -> None:
    folder = project_folder(app=(EMPTY, ["network"]), network=(EMPTY, []), other=(EMPTY, []))
    stacks = synthesize(folder, tmp_path / "out")
    assert [stack.name for stack in select(stacks, ["app"])] == ["network", "app"]
    with pytest.raises(UsageError, match=r"No stack is named nope: the program has app, network, other\.$"):
        select(stacks, ["nope"])


def test_the_program_sees_its_context_and_this_python(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py", "context": {"stage": "test"}}')
    (tmp_path / "main.py").write_text(
        "import os, sys\nprint(os.environ['CDKTF_CONTEXT_JSON'], sys.prefix)\nsys.exit(3)"
    )
    with pytest.raises(ToolError) as error:
        synthesize(tmp_path, tmp_path / "out")
    assert json.dumps({"stage": "test"}) in str(error.value)
    assert os.path.realpath(sys.prefix) in os.path.realpath(str(error.value).split()[-1])


def test_a_program_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py"}')
    (tmp_path / "main.py").write_text("print('hello')\nraise RuntimeError('no such model')")
    with pytest.raises(ProgramError) as caught:
        synthesize(tmp_path, tmp_path / "out")
    assert str(caught.value) == "RuntimeError: no such model\n  main.py, line 2"
    assert caught.value.printed == "hello"
    assert caught.value.traceback.startswith("Traceback (most recent call last):")


def test_problems_at_synth_lead_to_the_line_that_made_the_construct(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py"}')
    (tmp_path / "main.py").write_text(UNFINISHED)
    with pytest.raises(ProgramError) as caught:
        synthesize(tmp_path, tmp_path / "out")
    error = caught.value
    assert (error.type, error.where, str(error.line)) == ("ValidationError", "demo/Config", "main.py, line 9")
    assert "at least one variant" in error.problems[0]


def test_a_program_that_fails_without_a_traceback_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "echo no such model; exit 4"}')
    with pytest.raises(ToolError, match=r"^`echo .*` failed with exit code 4\.\nno such model$"):
        synthesize(tmp_path, tmp_path / "out")


def test_a_program_that_does_not_synthesize_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "echo hello"}')
    with pytest.raises(ToolError, match=r"(?s)ended without synthesizing.*app.synth.*hello"):
        synthesize(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"stacks": []}', '{"stacks": {"demo": {}}}', '{"stacks": {"demo": null}}']
)
def test_a_damaged_manifest_is_told(project_folder: ProjectFolder, tmp_path: Path, text: str) -> None:
    folder = project_folder(demo=(EMPTY, []))
    with (folder / "main.py").open("a") as program:
        program.write(f"(out / 'manifest.json').write_text({text!r})\n")
    with pytest.raises(ToolError, match=r"^manifest\.json of the program is damaged: only app\.synth\(\)"):
        synthesize(folder, tmp_path / "out")
