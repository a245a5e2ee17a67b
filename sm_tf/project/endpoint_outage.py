"""The endpoints that a plan would take away from their callers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.terraform import Event

_TYPE = "aws_sagemaker_endpoint"
_ACTIONS = ("replace", "delete")
_CAUSES = {
    "replace_by_request": "-replace asks for it",
    "delete_because_no_resource_config": "the program no longer creates it",
    "delete_because_no_module": "the program no longer has its module",
    "delete_because_wrong_repetition": "its count or for_each has changed",
    "delete_because_count_index": "its count has changed",
    "delete_because_each_key": "its for_each has changed",
}
_REPLACED = (
    "add a second Endpoint with the change, apply, move the callers to it, remove this one, and apply again"
)
_DELETED = "move the callers to another Endpoint before this one is removed"


@dataclass(frozen=True, kw_only=True)
class EndpointOutage:
    """An endpoint that a plan would destroy, perhaps to create it again afterwards.

    An endpoint whose creation failed is not one: nobody calls it.

    `path` is the construct's, None if the program no longer has it. `name` is the endpoint's in AWS. `action`
    is replace or delete. `causes` is empty where Terraform doesn't tell them. `instead` says how to go on
    without an outage.
    """

    address: str
    path: str | None
    name: str | None
    action: str
    causes: tuple[str, ...]

    @property
    def instead(self) -> str:
        """The way without an outage."""
        return _REPLACED if self.action == "replace" else _DELETED

    def __str__(self) -> str:
        named = f"Endpoint {self.name or self.address}"
        if self.action == "replace":
            first = f"{named} would be destroyed and then created again: until then, all calls fail."
        else:
            first = f"{named} would be destroyed: all calls fail from then on."
        lines = [first]
        lines += [f"  construct  {self.path}"] if self.path else []
        lines += [f"  because    {cause}" for cause in self.causes]
        return "\n".join([*lines, f"  instead    {self.instead}"])


def lost_endpoints(events: Iterable[Event]) -> list[tuple[str, str]]:
    """Return the address of each endpoint that is taken away, with the action, from the events of
    `terraform plan -json`.
    """
    planned = [event["change"] for event in events if event["type"] == "planned_change"]
    return sorted(
        (change["resource"]["addr"], change["action"])
        for change in planned
        if change["resource"]["resource_type"] == _TYPE
        and change["action"] in _ACTIONS
        and change.get("reason") != "tainted"
    )


def read_outages(
    lost: Iterable[tuple[str, str]], changes: Iterable[Mapping[str, Any]], stack: SynthesizedStackJson
) -> tuple[EndpointOutage, ...]:
    """Return the outages of these endpoints.

    Args:
        lost: The result of `lost_endpoints`.
        changes: The `resource_changes` of `terraform show -json`, empty if the plan could not be saved.
        stack: The synthesized stack.
    """
    by_address = {change["address"]: change for change in changes}
    return tuple(_outage(address, action, by_address.get(address, {}), stack) for address, action in lost)


def _outage(
    address: str, action: str, planned: Mapping[str, Any], stack: SynthesizedStackJson
) -> EndpointOutage:
    change = planned.get("change", {})
    return EndpointOutage(
        address=address,
        path=stack.path(address),
        name=(change.get("before") or {}).get("name"),
        action=action,
        causes=tuple(_causes(address, planned.get("action_reason"), change, stack)),
    )


def _causes(
    address: str, reason: str | None, change: Mapping[str, Any], stack: SynthesizedStackJson
) -> Iterable[str]:
    if reason in _CAUSES:
        yield _CAUSES[reason]
    if reason == "replace_by_triggers":
        _, _, name = address.partition(".")
        block = stack.content.get("resource", {}).get(_TYPE, {}).get(name, {})
        triggers = block.get("lifecycle", {}).get("replace_triggered_by", [])
        yield f"{', '.join(triggers) or 'another resource'} changes (replace_triggered_by)"
    for path in change.get("replace_paths", ()):
        yield _changed(path, change["before"], change["after"])


def _changed(path: list[str | int], before: Any, after: Any) -> str:
    name = ".".join(step for step in path if isinstance(step, str))
    before, after = _at(path, before), _at(path, after)
    if before in (None, [], ""):
        return f"{name} is added"
    if isinstance(before, str) and isinstance(after, str):
        return f"{name} changes from {json.dumps(before)} to {json.dumps(after)}"
    return f"{name} is removed" if after in (None, [], "") else f"{name} changes"


def _at(path: list[str | int], value: Any) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
