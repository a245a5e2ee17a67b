"""What the Terraform registry expects beside a module: a README, examples and tests."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sm_tf.module.block import Block, document
from sm_tf.module.expression import Raw
from sm_tf.module.stack_module import StackModule
from sm_tf.module.variables import TESTED, Variable

_TEMPLATE = Path(__file__).with_name("readme.md.jinja")
_EXAMPLES = {
    "string": "example",
    "number": 1,
    "bool": True,
}


def readme(module: StackModule, source: str) -> str:
    """Return the README of a module; `source` is the address that its callers write."""
    from jinja2 import Environment, StrictUndefined

    jinja = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    jinja.filters |= {"code": _code, "cell": _cell, "default_cell": _default_cell}
    return jinja.from_string(_TEMPLATE.read_text()).render(
        title=module.name,
        label=module.label,
        source=source,
        summary=_summary(module),
        required=_required(module.variables),
        aliases=module.aliases,
        fixed=module.fixed_names,
        terraform_version=module.terraform_version,
        requirements=module.requirements,
        variables=module.variables,
        outputs=module.outputs,
        resources=[address.rpartition(".")[::2] for address in module.resources],
    )


def examples(module: StackModule) -> dict[str, str]:
    """Return the files of the examples: `simple` sets the inputs without a default, `complete` all."""
    chosen = {"simple": _required(module.variables), "complete": list(module.variables)}
    return {
        f"examples/{name}/{file}": text
        for name, inputs in chosen.items()
        for file, text in _example(module, inputs).items()
    }


def tests(module: StackModule) -> dict[str, str]:
    """Return the files of the tests, by path. They need no AWS account."""
    mocks = [_mock(module, name, None) for name in module.requirements]
    mocks += [_mock(module, *alias.split(".")) for alias in module.aliases]
    values = {name: example_of(module.variables[name]) for name in _required(module.variables)}
    blocks = [*mocks]
    if values:
        blocks.append(Block("variables", (), values))
    names = [
        Block(
            "assert",
            (),
            {
                "condition": Raw(f'startswith({address}, "test-")'),
                "error_message": f"{address.rpartition('.')[0]} must begin with the name of the call.",
            },
        )
        for address in module.named
    ]
    blocks.append(Block("run", ("plan",), {"command": Raw("plan")}))
    if names:
        chosen = Block("variables", (), {"name": "test"})
        blocks.append(Block("run", ("names",), {"command": Raw("plan")}, [chosen, *names]))
    for name, variable in module.variables.items():
        if (wrong := _wrong_value(variable)) is not None:
            bad = Block("variables", (), {name: wrong})
            expected = {"command": Raw("plan"), "expect_failures": [Raw(f"var.{name}")]}
            blocks.append(Block("run", (f"wrong_{name}",), expected, [bad]))
    return {"tests/module.tftest.hcl": document(blocks)}


def example_of(variable: Variable) -> Any:
    """Return a value for an input: one that its own validation lists, else one of its type."""
    if (own := variable.get(TESTED, {}).get("example")) is not None:
        return own
    for validation in variable.get("validation", []):
        if listed := _LISTED.search(validation["condition"]):
            return json.loads(listed[1])
    return _EXAMPLES.get(str(variable["type"]).partition("(")[0], {} if "map" in variable["type"] else [])


_LISTED = re.compile(r'contains\(\[("[^"]*"|-?[\d.]+)')


def _example(module: StackModule, inputs: list[str]) -> dict[str, str]:
    required = _required(module.variables)
    arguments: dict[str, Any] = {"source": "../.."}
    if module.aliases:
        arguments["providers"] = {Raw(alias): Raw(alias) for alias in module.aliases}
    for name in inputs:
        arguments[name] = Raw(f"var.{name}") if name in required else module.variables[name]["default"]
    call = Block("module", (module.label,), arguments)
    outputs = [
        Block(
            "output",
            (name,),
            {"description": output.get("description"), "value": Raw(f"module.{module.label}.{name}")}
            | ({"sensitive": True} if output.get("sensitive") else {}),
        )
        for name, output in module.outputs.items()
    ]
    files = {
        "main.tf": "\n".join([*module.provider_blocks, str(call)]),
        "outputs.tf": document(outputs),
        "versions.tf": document([_versions(module)]),
    }
    if required:
        told = ("type", "description", "sensitive")
        files["variables.tf"] = document(
            [
                Block(
                    "variable",
                    (name,),
                    {key: value for key, value in module.variables[name].items() if key in told},
                )
                for name in required
            ]
        )
    return {name: text for name, text in files.items() if text}


def _versions(module: StackModule) -> Block:
    requirements = {name: dict(requirement) for name, requirement in module.requirements.items()}
    inside = [Block("required_providers", (), requirements)] if requirements else []
    return Block("terraform", (), {"required_version": module.terraform_version}, inside)


def _mock(module: StackModule, provider: str, alias: str | None) -> Block:
    known = {
        type: values for type, values in _MOCKED.items() if any(type in each for each in module.resources)
    }
    data = [Block("mock_data", (type,), {"defaults": values}) for type, values in known.items()]
    return Block(
        "mock_provider", (provider,), {"alias": alias} if alias else {}, data if provider == "aws" else []
    )


_MOCKED = {
    "aws_caller_identity": {"account_id": "123456789012"},
    "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com"},
    "aws_region": {"id": "eu-west-1"},
}


def _required(variables: Mapping[str, Variable]) -> list[str]:
    return [name for name, variable in variables.items() if "default" not in variable]


def _wrong_value(variable: Variable) -> Any:
    """Return a value that a validation of sm_tf's own refuses, None if there is none."""
    return variable.get(TESTED, {}).get("wrong")


def _summary(module: StackModule) -> str:
    count = dict.fromkeys(_TOLD, 0)
    for address in module.resources:
        type = address.partition(".")[0]
        if type in count:
            count[type] += 1
    parts = [f"{number} {_TOLD[type]}{'s' if number > 1 else ''}" for type, number in count.items() if number]
    *first, last = parts or ["a stack"]
    return f"A Terraform module with {', '.join(first)}{' and ' if first else ''}{last}."


_TOLD = {
    "aws_sagemaker_endpoint": "SageMaker endpoint",
    "aws_sagemaker_model": "model",
    "aws_appautoscaling_target": "scalable target",
    "aws_cloudwatch_metric_alarm": "alarm",
    "aws_cloudwatch_dashboard": "dashboard",
}


def _code(text: Any) -> str:
    return f"`{text}`"


def _cell(text: Any) -> str:
    return " ".join(str(text or "").split()).replace("|", "\\|")


def _default_cell(variable: Variable) -> str:
    return _code(_cell(json.dumps(variable["default"]))) if "default" in variable else "n/a"
