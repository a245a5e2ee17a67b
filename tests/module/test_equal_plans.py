"""Terraform plans the same for a module's HCL as for the stack's JSON, for every example and template."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_tf.bindings.module_mode import VARIABLE
from sm_tf.module.schemas import Schemas, read_schemas
from sm_tf.module.stack_module import StackModule, stack_module
from sm_tf.project.stack_json import assets_of
from sm_tf.project.synthesis import SynthesizedStack
from sm_tf.project.terraform_runner import terraform_runner
from sm_tf.sandbox.sandbox import Sandbox

TESTS = Path(__file__).parents[1]
EXAMPLES = sorted(program.parent for program in (TESTS.parent / "examples").glob("*/main.py"))
CHOICES = json.loads((TESTS / "data" / "template_choices.json").read_text())
REQUIREMENTS = {"aws": {"source": "aws"}}


def projects(make_project: Callable[..., Path]) -> Iterator[Path]:
    yield from EXAMPLES
    for template, choices in CHOICES.items():
        for choice, answers in choices.items():
            yield make_project(template, **{**answers, "name": f"{template}-{choice}"})


def write_both(name: str, stack: SynthesizedStack, schemas: Schemas, root: Path) -> StackModule:
    """Write the stack as a module in HCL and, nearly as it is, in JSON."""
    module = stack_module(stack, schemas, root=False)
    content = json.loads((stack.directory / "cdk.tf.json").read_text())
    del content["provider"]
    for key in ("backend", "cloud"):
        content["terraform"].pop(key, None)
    content["variable"] = {**content.get("variable", {}), "name": {}}
    for kind, files in {"hcl": module.files, "json": {"main.tf.json": json.dumps(content)}}.items():
        folder = root / f"{name}_{kind}"
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text)
        for path, asset in assets_of(stack.directory).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(asset, folder / path)
    return module


def comparable(value: Any) -> Any:
    """Texts that hold JSON count as what they hold."""
    match value:
        case str() if value[:1] in ("{", "["):
            try:
                return json.loads(value)
            except ValueError:
                return value
        case list():
            return [comparable(item) for item in value]
        case dict():
            return {key: comparable(item) for key, item in value.items()}
    return value


def changes_in(plan: dict[str, Any], module: str) -> dict[str, Any]:
    prefix = f"module.{module}."
    return {
        change["address"].removeprefix(prefix): comparable(
            [change["change"]["after"], change["change"]["after_unknown"], change["change"]["actions"]]
        )
        for change in plan["resource_changes"]
        if change["address"].startswith(prefix)
    }


def test_terraform_plans_the_same(
    sagemaker_sandbox: Sandbox,
    tmp_path: Path,
    make_project: Callable[..., Path],
    run_program: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    root = tmp_path / "root"
    root.mkdir()
    modules: dict[str, StackModule] = {}
    with terraform_runner() as terraform:
        schemas = read_schemas(terraform, "all", REQUIREMENTS)
    for project in projects(make_project):
        run_program(project)
        (directory,) = (tmp_path / f"{project.name}-out" / "stacks").iterdir()
        stack = SynthesizedStack(name=directory.name, directory=directory, dependencies=())
        modules[project.name] = write_both(project.name, stack, schemas, root)
    calls = {
        f"{label}_{kind}": {"source": f"./{label}_{kind}", "name": "given"}
        for label in modules
        for kind in ("hcl", "json")
    }
    content = {
        "terraform": {"required_providers": REQUIREMENTS},
        "provider": {"aws": [{"region": "us-gov-west-1"}]},
        "module": calls,
    }
    (root / "cdk.tf.json").write_text(json.dumps(content))
    stack = sagemaker_sandbox.stack(root)
    stack.plan()
    with terraform_runner() as terraform:
        shown = terraform.run(stack.directory, "show", "-json", "sandbox.tfplan")
    # The modules are in different folders.
    plan = json.loads(shown.text.replace("_hcl/", "/").replace("_json/", "/"))
    for label, module in modules.items():
        in_json, in_hcl = changes_in(plan, f"{label}_json"), changes_in(plan, f"{label}_hcl")
        assert in_json, label
        assert {module.moved[old]: change for old, change in in_json.items()} == in_hcl
