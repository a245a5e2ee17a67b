"""A Terraform plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The changes of one plan, as sorted resource addresses such as `aws_sagemaker_model.main`.

    A replaced resource is in `replaces` only, whether the new or the old one comes first. `file` is the saved
    plan, None if it was not saved.
    """

    creates: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    file: Path | None = None

    @property
    def empty(self) -> bool:
        """Whether the plan changes neither resources nor outputs."""
        return not (self.creates or self.updates or self.replaces or self.deletes or self.outputs)

    def __str__(self) -> str:
        counts = {
            "to create": self.creates,
            "to update": self.updates,
            "to replace": self.replaces,
            "to delete": self.deletes,
        }
        counted = ", ".join(f"{len(addresses)} {words}" for words, addresses in counts.items() if addresses)
        return counted or ("outputs change" if self.outputs else "no changes")


def plan_from(events: Iterable[dict[str, Any]], file: Path | None = None) -> Plan:
    """Read the changes out of the JSON events of `terraform plan` or `terraform apply`."""
    changes: dict[str, list[str]] = {"create": [], "update": [], "replace": [], "delete": []}
    outputs: dict[str, str] = {}
    for event in events:
        if event["type"] == "planned_change":
            change = event["change"]
            if change["action"] in changes:
                changes[change["action"]].append(change["resource"]["addr"])
        elif event["type"] == "outputs":
            outputs = {name: output.get("action", "noop") for name, output in event["outputs"].items()}
    return Plan(
        creates=tuple(sorted(changes["create"])),
        updates=tuple(sorted(changes["update"])),
        replaces=tuple(sorted(changes["replace"])),
        deletes=tuple(sorted(changes["delete"])),
        outputs=tuple(sorted(name for name, action in outputs.items() if action != "noop")),
        file=file,
    )
