"""Version constraints in Terraform's syntax, such as `>= 5.100.0, < 7.0.0` or `~> 6.2`."""

import re

_CONDITION = re.compile(r"\s*(=|!=|>=|<=|>|<|~>|)\s*v?(\d+(?:\.\d+)*)\s*")


def version_key(version: str) -> tuple[int, ...]:
    """The numbers of a release such as `5.100.0`, padded to three; pre-release suffixes are ignored."""
    numbers = [int(part) for part in re.findall(r"\d+", version.split("-")[0].split("+")[0])]
    return tuple(numbers + [0] * (3 - len(numbers)))


def allows(constraint: str, version: str) -> bool:
    """Whether the release satisfies every condition; an unknown form of condition counts as satisfied."""
    return all(
        _holds(condition, version_key(version)) for condition in constraint.split(",") if condition.strip()
    )


def _holds(condition: str, key: tuple[int, ...]) -> bool:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        return True
    operator, bound = found.groups()
    limit = version_key(bound)
    match operator:
        case ">":
            return key > limit
        case ">=":
            return key >= limit
        case "<":
            return key < limit
        case "<=":
            return key <= limit
        case "!=":
            return key != limit
        case "~>":
            fixed = max(len(bound.split(".")) - 1, 1)
            return key >= limit and key[:fixed] == limit[:fixed]
        case _:
            return key == limit
