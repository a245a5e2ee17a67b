"""Evaluates IAM policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Context = Mapping[str, str]
"""The values of condition keys, by their names in lower case. A condition on another key isn't known: it lets
a statement allow, but not deny.
"""


def is_allowed(policies: Iterable[str], action: str, resource: str, context: Context) -> bool:
    """Whether policies, given as JSON, allow an action: one does, and none denies it."""
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in statements_of(policy)
        if _applies(statement, action, resource, context)
    }
    return "Allow" in effects and "Deny" not in effects


def statements_of(policy: str) -> Iterator[dict[str, Any]]:
    """The statements of a policy."""
    yield from _listed(json.loads(policy).get("Statement", []))


def conditions_hold(statement: Mapping[str, Any], context: Context) -> bool:
    """Whether the conditions of a statement hold."""
    unknown = statement["Effect"] == "Allow"
    return all(
        _holds(operator, context.get(key.lower()), _listed(values), unknown)
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    def matches(element: str, value: str, fold: Callable[[str], str]) -> bool:
        if f"Not{element}" in statement:
            return not any(_like(fold(each), fold(value)) for each in _listed(statement[f"Not{element}"]))
        return any(_like(fold(each), fold(value)) for each in _listed(statement.get(element, [])))

    return (
        matches("Action", action, str.lower)
        and matches("Resource", resource, str)
        and conditions_hold(statement, context)
    )


def _holds(operator: str, actual: str | None, values: list[Any], unknown: bool) -> bool:
    operator = operator.rpartition(":")[2]
    is_negated = "Not" in operator
    name = operator.removesuffix("IfExists").replace("Not", "")
    if actual is None or name not in _OPERATORS:
        return unknown
    met = any(_OPERATORS[name](str(value), actual) for value in values)
    return met != is_negated


def _like(pattern: str, text: str) -> bool:
    # IAM has no character classes.
    return fnmatchcase(text, re.sub(r"\[", "[[]", pattern))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda value, actual: value.lower() == actual.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, actual: value.lower() == actual.lower(),
}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
