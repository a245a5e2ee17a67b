"""Which stack becomes a module, and what stands in the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.module.module import write_module
from sm_tf.module.variables import typed, variables_of

NewProject = Callable[..., Path]

TWO_STACKS = """\
from cdktf import App, TerraformOutput, TerraformStack

app = App()
first, second = TerraformStack(app, "first"), TerraformStack(app, "second")
value = TerraformOutput(first, "value", value="1")
TerraformOutput(second, "other", value=value.value)
second.add_dependency(first)
app.synth()
"""
NAMED = """\
from cdktf import App, TerraformStack, TerraformVariable

app = App()
stack = TerraformStack(app, "demo")
TerraformVariable(stack, "name", type="string")
app.synth()
"""


def test_a_folder_without_a_project_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cdktf\.json"):
        write_module(tmp_path, tmp_path / "module")


def test_a_folder_of_something_else_is_refused_before_the_program_runs(new_project: NewProject) -> None:
    project = new_project("raise SystemExit(3)")
    with pytest.raises(UsageError, match="is not empty"):
        write_module(project, project)


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("program", "stack", "message"),
    [
        (TWO_STACKS, None, "The program has several stacks: first, second. Name one with --stack."),
        (TWO_STACKS, "third", "No stack is named third: the program has first, second."),
        (TWO_STACKS, "second", "Stack second reads from first, whose state a module can't know."),
        (NAMED, None, "Stack demo has a variable 'name'; every module has one of that name"),
    ],
)
def test_a_stack_that_cant_be_a_module(
    new_project: NewProject, tmp_path: Path, program: str, stack: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        write_module(new_project(program), tmp_path / "module", stack=stack)
    assert not (tmp_path / "module").exists()


@pytest.mark.terraform
def test_a_program_that_fails_writes_nothing(new_project: NewProject, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="ZeroDivisionError"):
        write_module(new_project("1 / 0"), tmp_path / "module")
    assert not (tmp_path / "module").exists()


@pytest.mark.parametrize(
    ("default", "type"),
    [
        ("a", "string"),
        (True, "bool"),
        (1, "number"),
        (0.5, "number"),
        (["a"], "list(string)"),
        ({"a": 1}, "map(number)"),
        ([1, "a"], "list(any)"),
        ([], "list(any)"),
        (None, "any"),
    ],
)
def test_a_variable_without_a_type_has_that_of_its_default(default: object, type: str) -> None:
    assert typed({"default": default})["type"] == type


def test_the_name_has_no_default_if_the_stack_is_called_longer_than_a_prefix_may_be() -> None:
    assert variables_of("Demo_Stack", {}, {}, {})["name"]["default"] == "demo-stack"
    assert "default" not in variables_of("a-stack-with-a-long-name", {}, {}, {})["name"]
