"""Puts stand-ins into the embedded AWS for what stacks need but don't make."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sm_tf.sandbox.embedded_aws import ACCOUNT_ID, control
from sm_tf.sandbox.existing import Existing, NamedStack, Unmet, find_existing

_SECRET = "(sensitive)"


def make_stand_ins(
    endpoint_url: str, stacks: list[NamedStack], region: str
) -> tuple[list[Existing], list[Unmet]]:
    """Make stand-ins for what is missing, and return them, and what has none.

    Values of sensitive variables are hidden in the answer.
    """
    wanted, unmet = find_existing(stacks, region=region, account=ACCOUNT_ID)
    if not wanted:
        return [], unmet
    answer = control(endpoint_url, "POST", "stand_ins", wanted=[asdict(thing) for thing in wanted])
    secrets = {secret for stack in stacks for secret in _secrets(stack)}
    by_place = {(thing.kind, thing.name, thing.region, thing.account): thing for thing in wanted}

    def read(listed: list[Mapping[str, Any]]) -> list[Existing]:
        found = (
            by_place[thing["kind"], thing["name"], thing["region"], thing["account"]] for thing in listed
        )
        return [replace(thing, name=_hidden(thing.name, secrets)) for thing in found]

    unmet = [replace(one, what=_hidden(one.what, secrets)) for one in unmet]
    for thing in read(answer["refused"]):
        unmet.append(Unmet(what=f"the {thing.kind} {thing.name}", stack=thing.stack, address=thing.address))
    return read(answer["made"]), unmet


def describe(thing: Existing) -> str:
    """A stand-in in words, such as `role hosting` or `VPC vpc-0123456789abcdef0 (eu-west-1, Name=main)`."""
    account = f"account {thing.account}" if thing.account not in (ACCOUNT_ID, "aws") else ""
    asked = [
        f"{name.removeprefix('tag:')}={', '.join(values)}" for name, values in thing.filters if name != "arn"
    ]
    place = ", ".join(filter(None, (thing.region, account, *asked)))
    kind = f"{thing.kind}s" if thing.plural else thing.kind
    return f"{kind} {thing.name}" + (f" ({place})" if place else "")


def _secrets(stack: NamedStack) -> Iterator[str]:
    for name, variable in stack.content.get("variable", {}).items():
        if variable.get("sensitive"):
            yield from _texts(stack.variables.get(name))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and value:
        yield value


def _hidden(name: str, secrets: set[str]) -> str:
    return _SECRET if any(secret in name or name in secret for secret in secrets) else name
