"""Checks updates of SageMaker endpoints, and finds the alarms that roll them back."""

from collections.abc import Collection
from typing import Any

from moto.sagemaker.exceptions import ValidationError


def check_update(
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
    scaled: Collection[str],
    deployment: dict[str, Any] | None,
) -> None:
    """Refuse updates that UpdateEndpoint refuses.

    `old` and `new` are the production variants of the two configurations, `scaled` the names of the
    variants that are registered as scalable targets.
    """
    new_by_name = {variant["VariantName"]: variant for variant in new}
    for variant in old:
        name = variant["VariantName"]
        successor = new_by_name.get(name)
        if name in scaled and (successor is None or _capacity_kind(successor) != _capacity_kind(variant)):
            raise ValidationError(
                f"Variant {name} is a scalable target: deregister it from Application Auto Scaling before it "
                "is removed or its instance type changes."
            )
        if successor and variant.get("ServerlessConfig") and not successor.get("ServerlessConfig"):
            raise ValidationError(
                f"Serverless variant {name} cannot become an instance variant of the same name."
            )
    if any(v.get("ServerlessConfig") for v in new) and not any(v.get("ServerlessConfig") for v in old):
        raise ValidationError("An endpoint with instances cannot be updated to a serverless one.")
    if deployment and {variant["VariantName"] for variant in old} != set(new_by_name):
        raise ValidationError(
            "With a DeploymentConfig, the new configuration has the same variant names as the old."
        )


def rollback_alarms(deployment: dict[str, Any] | None) -> set[str]:
    """The names of the alarms that roll a deployment back."""
    rollback = (deployment or {}).get("AutoRollbackConfiguration") or {}
    return {alarm["AlarmName"] for alarm in rollback.get("Alarms") or []}


def running_variant(variant: dict[str, Any]) -> dict[str, Any]:
    """A variant as DescribeEndpoint shows it right after its deployment."""
    running: dict[str, Any] = {"VariantName": variant["VariantName"]}
    if serverless := variant.get("ServerlessConfig"):
        running |= {"CurrentServerlessConfig": serverless, "DesiredServerlessConfig": serverless}
    elif count := variant.get("InitialInstanceCount"):
        running |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
    weight = variant["InitialVariantWeight"]
    return running | {"CurrentWeight": weight, "DesiredWeight": weight}


def _capacity_kind(variant: dict[str, Any]) -> str:
    return variant.get("InstanceType") or "serverless"
