"""The values of a stack's Terraform variables, as Terraform itself reads them."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.terraform import Terraform, readable

# Terraform reads these files in a stack's folder by itself, in this order.
_OWN_FILES = ("terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json")
# Variables of the environment that change what a Terraform command does.
_DROPPED = ("TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_LOG")
_NO_VALUE = "No value for required variable"


@dataclass(frozen=True, kw_only=True)
class VariableOptions:
    """Values that the user gives: files, and texts of the form NAME=VALUE.

    Raises:
        UsageError: a file is missing, or a text has another form.
    """

    files: tuple[Path, ...] = ()
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if missing := [str(file) for file in self.files if not file.is_file()]:
            raise UsageError(f"There is no file {', '.join(missing)}: --var-file takes a file of variables.")
        for value in self.values:
            name, equals, _ = value.partition("=")
            if not equals or not name.isidentifier():
                raise UsageError("--var takes NAME=VALUE, where NAME is the name of a variable.")

    def check(self, stacks: Iterable[Mapping[str, Any]]) -> None:
        """Refuse a name that no stack declares.

        Raises:
            UsageError: there is one.
        """
        declared = {name for content in stacks for name in content.get("variable", {})}
        given = {value.partition("=")[0] for value in self.values}
        if unknown := sorted(given - declared):
            known = f"they have {', '.join(sorted(declared))}" if declared else "they have none"
            raise UsageError(f"No stack has the variable {', '.join(unknown)}: {known}.")


@dataclass(frozen=True, kw_only=True)
class StackVariables:
    """The variables of a stack, with what the user gives."""

    name: str
    directory: Path
    content: Mapping[str, Any]
    options: VariableOptions

    @property
    def arguments(self) -> list[str]:
        """Terraform's arguments with the values for this stack's own variables."""
        declared, options = self.content.get("variable", {}), self.options
        files = [f"-var-file={file.resolve()}" for file in options.files] if declared else []
        return files + [f"-var={value}" for value in options.values if value.partition("=")[0] in declared]


def read_variables(
    terraform: Terraform, environment: Mapping[str, str], stacks: Iterable[StackVariables]
) -> dict[str, dict[str, Any]]:
    """The values of the variables of each stack.

    They come from TF_VAR_ in the environment, files in the stack's folder, and the user's options. Terraform
    reads them in a folder of its own.

    Raises:
        UsageError: variables have no value; the message names all of them.
        ToolError: a value is not of its variable's type, or a file cannot be read.
    """
    values: dict[str, dict[str, Any]] = {}
    missing: list[tuple[str, str]] = []
    for stack in stacks:
        found, without = _read(terraform, environment, stack)
        values[stack.name] = found
        missing += [(name, f"{stack.name}: {_described(name, stack.content)}") for name in without]
    if missing:
        are = "1 variable has" if len(missing) == 1 else f"{len(missing)} variables have"
        listed = "\n".join(f"  {line}" for _, line in missing)
        example = missing[0][0]
        raise UsageError(
            f"{are} no value:\n{listed}\n"
            f"Set TF_VAR_{example} in the environment, or pass --var {example}=VALUE or --var-file FILE."
        )
    return values


def _read(
    terraform: Terraform, environment: Mapping[str, str], stack: StackVariables
) -> tuple[dict[str, Any], list[str]]:
    """The values, and the names of the variables that have none."""
    declared = stack.content.get("variable", {})
    if not declared:
        return {}, []
    files = [file for pattern in _OWN_FILES for file in sorted(stack.directory.glob(pattern))]
    arguments = [f"-var-file={file.resolve()}" for file in files] + stack.arguments
    outputs = {
        name: {"value": f"${{var.{name}}}", "sensitive": True}
        for name, variable in declared.items()
        if not variable.get("ephemeral")
    }
    clean = {name: value for name, value in environment.items() if not name.startswith(_DROPPED)}
    with tempfile.TemporaryDirectory(prefix="sm-tf-") as name:
        folder = Path(name)
        (folder / "main.tf.json").write_text(json.dumps({"variable": declared, "output": outputs}))
        done = terraform.run(
            folder, "apply", "-json", "-auto-approve", "-input=false", *arguments, environment=clean
        )
        if done.code == 0:
            state = json.loads((folder / "terraform.tfstate").read_text())
            return {key: output["value"] for key, output in state["outputs"].items()}, []
    errors = [
        event["diagnostic"]
        for event in done.events
        if event["type"] == "diagnostic" and event["diagnostic"]["severity"] == "error"
    ]
    without = [name for name in declared if any(_is_missing(name, error) for error in errors)]
    if not errors or not all(error["summary"] == _NO_VALUE for error in errors):
        # The place would be in a file that is gone.
        wrong = [readable({**error, "range": None}) for error in errors if error["summary"] != _NO_VALUE]
        told = "\n\n".join(wrong) or done.problems()
        raise ToolError(f"Stack {stack.name}: its variables cannot be read.\n{told}")
    return {}, without


def _is_missing(name: str, error: Mapping[str, Any]) -> bool:
    return error["summary"] == _NO_VALUE and f'"{name}"' in error.get("detail", "")


def _described(name: str, content: Mapping[str, Any]) -> str:
    variable = content["variable"][name]
    type = str(variable.get("type", "any")).removeprefix("${").removesuffix("}")
    description = variable.get("description")
    return f"{name} ({type})" + (f", {description}" if description else "")
