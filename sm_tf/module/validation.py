"""Validations of a module's variables, from AWS's rules for the arguments that take their values."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sm_tf.aws.api_rules import Rule
from sm_tf.aws.terraform_members import rule_at

_VARIABLE = re.compile(r"\$\{var\.([\w-]+)\}")
_LOOKS_AROUND = re.compile(r"\(\?[=!<]")
"""What Terraform's regular expressions don't have."""

_EXAMPLES = (
    "test",
    "s3://test/test",
    "arn:aws:iam::123456789012:role/test",
    "arn:aws:sns:eu-west-1:123456789012:test",
    "test/json",
)


def rules_of_variables(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Rule]]:
    """Return the rules of the arguments that are a variable, by the variable's id."""
    found: dict[str, list[Rule]] = {}
    for type, named in resources.items():
        for values in named.values():
            for id, path in _uses(values, ()):
                rule = rule_at(type, path)
                if rule is not None and rule not in found.setdefault(id, []):
                    found[id].append(rule)
    return found


def _uses(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    match value:
        case str():
            if alone := _VARIABLE.fullmatch(value):
                yield alone[1], path
        case list():
            for each in value:
                yield from _uses(each, path)
        case Mapping():
            for name, each in value.items():
                if name != "//":
                    yield from _uses(each, (*path, name))


def validations(name: str, type: str, rules: list[Rule], *, nullable: bool) -> list[dict[str, str]]:
    """Return the validations of a variable of a plain type."""
    made = [
        {"condition": condition, "error_message": f"{name} must be {words}."}
        for rule in rules
        for condition, words in _conditions(f"var.{name}", type, rule)
    ]
    for validation in made:
        unless_null = f"var.{name} == null || " if nullable else ""
        validation["condition"] = f"${{{unless_null}{validation['condition']}}}"
    return made


def _conditions(variable: str, type: str, rule: Rule) -> Iterator[tuple[str, str]]:
    if type == "number":
        if rule.lowest is not None or rule.highest is not None:
            yield _bounded(variable, rule), rule.bounds
        return
    if type != "string":
        return
    if rule.choices:
        yield f"contains({json.dumps(rule.choices)}, {variable})", f"one of {', '.join(rule.choices)}"
        return
    if rule.lowest or rule.highest is not None:
        yield _bounded(f"length({variable})", rule), f"{rule.bounds} characters long"
    pattern = rule.pattern.pattern if rule.pattern else ""
    if pattern and not _LOOKS_AROUND.search(pattern):
        yield f"can(regex({json.dumps(f'^(?:{pattern})$')}, {variable}))", f"of the form {pattern}"


def _bounded(number: str, rule: Rule) -> str:
    lowest = f"{number} >= {rule.lowest}" if rule.lowest else ""
    if rule.lowest == 0 and rule.type not in ("string", "list", "map"):
        lowest = f"{number} >= 0"
    highest = f"{number} <= {rule.highest}" if rule.highest is not None else ""
    return " && ".join(part for part in (lowest, highest) if part)


def example(type: str, rules: list[Rule]) -> Any:
    """Return a value that the rules allow, None where none is known."""
    if type == "number":
        return next((int(rule.lowest) for rule in rules if rule.lowest is not None), None)
    if listed := next((rule.choices for rule in rules if rule.choices), None):
        return listed[0]
    return next((text for text in _EXAMPLES if all(rule.allows(text) for rule in rules)), None)


def wrong_value(type: str, rules: list[Rule]) -> Any:
    """Return a value that a validation refuses, None where none is known."""
    for rule in rules:
        if type == "number":
            if rule.lowest is not None:
                return int(rule.lowest) - 1
            if rule.highest is not None:
                return int(rule.highest) + 1
        elif type == "string" and not (rule.pattern and _LOOKS_AROUND.search(rule.pattern.pattern)):
            for text in ("not this", "-", ""):
                if not rule.allows(text):
                    return text
    return None
