"""Refuses requests that break the rules of an API's model, in AWS's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from sm_tf.aws.api_rules import Rule, api_table, rule_of


def broken_rules(service: str, operation: str, request: dict[str, Any]) -> list[str]:
    """Return what is wrong with the members of a request, nothing for an operation without rules."""
    try:
        shape = api_table(service)["operations"][operation]
    except (FileNotFoundError, KeyError):
        return []
    return [
        f"Value {shown} at '{member}' failed to satisfy constraint: {constraint}"
        for member, shown, constraint in _broken(service, shape, "", request)
    ]


def refusal(broken: list[str]) -> str:
    """Return AWS's message."""
    errors = "error" if len(broken) == 1 else "errors"
    return f"{len(broken)} validation {errors} detected: {'; '.join(broken)}"


def _broken(service: str, shape: str, member: str, value: Any) -> Iterator[tuple[str, str, str]]:
    described = api_table(service)["shapes"][shape]
    if not _has_type(described["type"], value):
        return  # moto has its own answer.
    for constraint in _broken_by(rule_of(service, shape), described, value):
        yield member, f"'{value}'", constraint
    match described["type"]:
        case "structure":
            for name, inner in described["members"].items():
                below = f"{member}.{_lowered(name)}".lstrip(".")
                if value.get(name) is not None:
                    yield from _broken(service, inner, below, value[name])
                elif name in described.get("required", ()):
                    yield below, "null", "Member must not be null"
        case "list":
            for index, item in enumerate(value, 1):
                yield from _broken(service, described["member"], f"{member}.{index}.member", item)
        case "map":
            for key, item in value.items():
                yield from _broken(service, described["key"], f"{member}.key", key)
                yield from _broken(service, described["value"], f"{member}.{key}.member", item)


def _broken_by(rule: Rule, described: Mapping[str, Any], value: Any) -> Iterator[str]:
    is_number = isinstance(value, int | float)
    size, words = (value, "value") if is_number else (len(value), "length")
    if rule.lowest is not None and size < rule.lowest:
        yield f"Member must have {words} greater than or equal to {rule.lowest}"
    if rule.highest is not None and size > rule.highest:
        yield f"Member must have {words} less than or equal to {rule.highest}"
    if rule.pattern and not rule.pattern.fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {described['pattern']}"
    if rule.choices and value not in rule.choices:
        yield f"Member must satisfy enum value set: [{', '.join(rule.choices)}]"


def _has_type(type: str, value: Any) -> bool:
    match type:
        case "structure" | "map":
            return isinstance(value, dict)
        case "list":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "integer" | "long" | "float" | "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _lowered(name: str) -> str:
    return name[0].lower() + name[1:]
