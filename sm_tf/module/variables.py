"""The inputs of a module."""

from collections.abc import Mapping
from typing import Any

from sm_tf.aws.api_rules import Rule
from sm_tf.bindings.module_mode import NAME
from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.naming import MAX_NAME_PREFIX, NAME_PREFIX, NAME_PREFIX_RULE
from sm_tf.module.expression import Raw
from sm_tf.module.validation import example, validations, wrong_value

_TYPES = {bool: "bool", int: "number", float: "number", str: "string"}
_NAME_ID = NAME.removeprefix("${var.").removesuffix("}")

Variable = dict[str, Any]
"""The arguments of a variable's block."""

TESTED = "//"
"""The key of values for tests, which isn't an argument: a `wrong` one that a validation of sm_tf's own
refuses, and an `example` that all of them allow.
"""


def variables_of(
    stack: str,
    declared: Mapping[str, Variable],
    names: Mapping[str, str],
    rules: Mapping[str, list[Rule]],
) -> dict[str, Variable]:
    """Return the variables of a module by their names, `name` first. `names` has those of the stack, by id,
    and `rules` what AWS takes for them.

    Raises:
        UsageError: the stack has a variable that is called `name`.
    """
    own = {
        names[id]: _validated(names[id], typed(variable), rules.get(id, []))
        for id, variable in declared.items()
    }
    if _NAME_ID in own:
        raise UsageError(
            f"Stack {stack} has a variable {_NAME_ID!r}; every module has one of that name, which begins its "
            "names, so give yours another id."
        )
    return {_NAME_ID: _name_variable(stack), **dict(sorted(own.items()))}


def default_name(stack: str) -> str | None:
    """Return the stack's name if it can be a prefix of names."""
    words = "-".join("".join(c if c.isalnum() else " " for c in stack.lower()).split())
    return words if 0 < len(words) <= MAX_NAME_PREFIX else None


def _name_variable(stack: str) -> Variable:
    variable: Variable = {
        "type": Raw("string"),
        "description": "The prefix of all names. Two calls of the module need different ones.",
    }
    if default := default_name(stack):
        variable["default"] = default
    variable[TESTED] = {"wrong": "-", "example": "example"}
    variable["validation"] = [
        {
            "condition": f'${{can(regex("^{NAME_PREFIX}$", var.name))}}',
            "error_message": f"The name {NAME_PREFIX_RULE}.",
        }
    ]
    return variable


def _validated(name: str, variable: Variable, rules: list[Rule]) -> Variable:
    type, is_optional = str(variable["type"]), "default" in variable
    found = example(type, rules)
    if not rules or (found is None and not is_optional):
        return variable
    nullable = is_optional and variable["default"] is None
    own = validations(name, type, rules, nullable=nullable)
    if not own:
        return variable
    wrong = wrong_value(type, rules)
    tested = {"example": found} | ({} if wrong is None else {"wrong": wrong})
    return {**variable, "validation": [*variable.get("validation", []), *own], TESTED: tested}


def typed(variable: Variable) -> Variable:
    """Return a variable with its type, which follows from the default if the program gives none."""
    type = variable.get("type") or _type_of(variable.get("default"))
    ordered = ("description", "default", "sensitive", "nullable", "ephemeral", "validation")
    return {"type": Raw(type), **{key: variable[key] for key in ordered if variable.get(key) is not None}}


def _type_of(default: Any) -> str:
    match default:
        case None:
            return "any"
        case list():
            return f"list({_common(default)})"
        case dict():
            return f"map({_common(list(default.values()))})"
    return _TYPES[type(default)]


def _common(items: list[Any]) -> str:
    types = {_type_of(item) for item in items}
    return types.pop() if len(types) == 1 else "any"
