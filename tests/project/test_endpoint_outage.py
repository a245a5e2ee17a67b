import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.project.endpoint_outage import EndpointOutage, lost_endpoints, read_outages
from sm_tf.project.stack_json import SynthesizedStackJson

ADDRESS = "aws_sagemaker_endpoint.E"
Outages = Callable[..., tuple[EndpointOutage, ...]]


def event(action: str, reason: str | None = None, address: str = ADDRESS) -> dict[str, Any]:
    resource = {"addr": address, "resource_type": address.split(".")[0]}
    change = {"resource": resource, "action": action}
    return {"type": "planned_change", "change": change | ({"reason": reason} if reason else {})}


@pytest.fixture
def outages(tmp_path: Path) -> Outages:
    """The outages of a stack with one endpoint, of events and the endpoint's entry in the saved plan."""
    block = {
        "//": {"metadata": {"path": "demo/Endpoint"}},
        "lifecycle": {"replace_triggered_by": ["terraform_data.Kind"]},
    }
    content = {"resource": {"aws_sagemaker_endpoint": {"E": block}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(content))

    def read(*events: dict[str, Any], **planned: Any) -> tuple[EndpointOutage, ...]:
        changes = [{"address": ADDRESS, **planned}] if planned else []
        return read_outages(lost_endpoints(events), changes, SynthesizedStackJson(tmp_path))

    return read


def test_the_attributes_that_force_it_are_named(outages: Outages) -> None:
    before = {"name": "demo", "deployment_config": [], "tags": {"a": "b"}}
    after = {"name": "demo-2", "deployment_config": [{"auto_rollback_configuration": [{}]}]}
    rollback = ["deployment_config", 0, "auto_rollback_configuration"]
    change = {"before": before, "after": after, "replace_paths": [["name"], rollback, ["tags"]]}
    (outage,) = outages(
        event("replace", "cannot_update"), change=change, action_reason="replace_because_cannot_update"
    )
    assert str(outage) == (
        "Endpoint demo would be destroyed and then created again: until then, all calls fail.\n"
        "  construct  demo/Endpoint\n"
        '  because    name changes from "demo" to "demo-2"\n'
        "  because    deployment_config.auto_rollback_configuration is added\n"
        "  because    tags is removed\n"
        "  instead    add a second Endpoint with the change, apply, move the callers to it, remove this one, "
        "and apply again"
    )


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("replace_by_triggers", "terraform_data.Kind changes (replace_triggered_by)"),
        ("replace_by_request", "-replace asks for it"),
    ],
)
def test_other_causes_of_a_replacement_are_named(outages: Outages, reason: str, cause: str) -> None:
    (outage,) = outages(event("replace"), change={"before": {"name": "demo"}}, action_reason=reason)
    assert outage.causes == (cause,)


def test_a_destruction_is_an_outage(outages: Outages) -> None:
    gone = "aws_sagemaker_endpoint.Gone"
    (outage,) = outages(event("delete", address=gone))
    assert (outage.address, outage.path, outage.name, outage.causes) == (gone, None, None, ())
    assert str(outage) == (
        f"Endpoint {gone} would be destroyed: all calls fail from then on.\n"
        "  instead    move the callers to another Endpoint before this one is removed"
    )
    (outage,) = outages(
        event("delete"), change={"before": {}}, action_reason="delete_because_no_resource_config"
    )
    assert outage.causes == ("the program no longer creates it",)


@pytest.mark.parametrize(
    "harmless",
    [
        event("replace", "tainted"),
        event("update"),
        event("create"),
        event("replace", address="aws_sagemaker_endpoint_configuration.C"),
        {"type": "outputs", "outputs": {}},
    ],
)
def test_anything_else_is_not_an_outage(outages: Outages, harmless: dict[str, Any]) -> None:
    """A tainted endpoint is one whose creation failed."""
    assert outages(harmless) == ()
