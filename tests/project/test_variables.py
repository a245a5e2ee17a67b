import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.terraform import find_terraform
from sm_tf.project.variables import StackVariables, VariableOptions, read_variables

DECLARED = {
    "role": {"type": "string", "description": "The role of the models."},
    "zones": {"type": "list(string)", "sensitive": True},
    "copies": {"type": "number"},
    "stage": {"default": "dev"},
}
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The values of the variables of one stack: the user's values and files, and the environment."""

    def read(*values: str, files: tuple[Path, ...] = (), **environment: str) -> dict[str, Any]:
        options = VariableOptions(values=values, files=files)
        stack = StackVariables(
            name="chat", directory=tmp_path, content={"variable": DECLARED}, options=options
        )
        return read_variables(find_terraform(), {**os.environ, **environment}, [stack])["chat"]

    return read


@pytest.mark.terraform
def test_values_come_from_options_files_and_the_environment(read: Read, tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('stage = "own file"\nrole = "own file"\n')
    file = tmp_path / "given" / "more.tfvars"
    file.parent.mkdir()
    file.write_text('role = "given file"\nzones = [\n  "a",\n]\n')
    assert read("copies=3", files=(file,), TF_VAR_copies="1", TF_VAR_stage="environment") == {
        "role": "given file",
        "zones": ["a"],
        "copies": 3,
        "stage": "own file",
    }


@pytest.mark.terraform
def test_all_variables_without_a_value_are_named(read: Read) -> None:
    with pytest.raises(UsageError) as error:
        read(TF_VAR_copies="1")
    assert str(error.value) == (
        "2 variables have no value:\n"
        "  chat: role (string), The role of the models.\n"
        "  chat: zones (list(string))\n"
        "Set TF_VAR_role in the environment, or pass --var role=VALUE or --var-file FILE."
    )


@pytest.mark.terraform
def test_a_value_of_another_type_is_told_without_the_value(read: Read) -> None:
    with pytest.raises(ToolError) as error:
        read("role=r", "copies=1", 'zones=["secret", {}]')
    assert "var.zones" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_stack_without_variables_needs_no_terraform(tmp_path: Path) -> None:
    stack = StackVariables(name="s", directory=tmp_path, content={}, options=VariableOptions())
    assert read_variables(None, {}, [stack]) == {"s": {}}  # type: ignore[arg-type]
    assert stack.arguments == []


def test_a_stack_gets_its_own_variables_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.tfvars"
    file.write_text("")
    options = VariableOptions(files=(file,), values=("a=1", "b=2"))
    stack = StackVariables(name="s", directory=tmp_path, content={"variable": {"b": {}}}, options=options)
    assert stack.arguments == [f"-var-file={file}", "-var=b=2"]
    options.check([stack.content, {"variable": {"a": {}}}])
    with pytest.raises(UsageError, match=r"^No stack has the variable a: they have b\.$"):
        options.check([stack.content])


@pytest.mark.parametrize("value", ["secret", "=secret", "1a=secret"])
def test_options_of_another_form_are_wrong_usage(value: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE") as error:
        VariableOptions(values=(value,))
    assert "secret" not in str(error.value)


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*none\.tfvars"):
        VariableOptions(files=(tmp_path / "none.tfvars",))
