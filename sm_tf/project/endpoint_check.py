"""Compares one endpoint in AWS with how it was applied."""

import math
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sm_tf.project.applied import AppliedEndpoint

Described = dict[str, Any]

_AGAIN = "verify again when that is over"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
_ADVICE_BY_STATUS = {
    "Creating": _AGAIN,
    "Updating": _AGAIN,
    "SystemUpdating": _AGAIN,
    "RollingBack": _AGAIN,
    "Deleting": "somebody deletes it: apply again when that is over",
    "Failed": "AWS lets a failed endpoint be deleted only: once the reason is gone, replace it, {replace}",
    "OutOfService": "it takes no requests: look at its logs in CloudWatch",
    "UpdateRollbackFailed": "it serves a mix of the old and the new configuration, see "
    "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html",
}


class Outcome(StrEnum):
    """How a check went: a note is worth a look, but no difference."""

    OK = "ok"
    NOTE = "note"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was compared: what AWS has and, where that differs, what to do."""

    subject: str
    outcome: Outcome
    found: str
    todo: str = ""


def check_endpoint(applied: AppliedEndpoint, folder: str, client: Callable[[str], Any]) -> Iterator[Check]:
    """Compare status, configuration, variants, models, alarms and weights.

    `folder` is that of the endpoint's stack, `client` gives a boto3 client by its service. Instance counts
    are left to scaling.
    """
    sagemaker = client("sagemaker")
    live = _described(sagemaker.describe_endpoint, EndpointName=applied.name)
    if live is None:
        found = f"does not exist in {applied.region} of account {applied.account}"
        yield _different("status", found, "somebody deleted it: apply again, which creates it")
        return
    config = _described(sagemaker.describe_endpoint_config, EndpointConfigName=live["EndpointConfigName"])
    # Not -replace: it would create the new endpoint first, under the name that the old one has.
    destroy = f"`terraform -chdir={shlex.quote(folder)} destroy -target={shlex.quote(applied.address)}`"
    replace = f"{destroy}, then apply again"
    yield _status(live, replace)
    yield from _configuration(applied, live, config is None, replace)
    yield from _variants(applied, live)
    yield from _models(applied, config, sagemaker)
    yield from _alarms(applied, client)
    yield from _weights(applied, live)


def _status(live: Described, replace: str) -> Check:
    status, reason = live["EndpointStatus"], live.get("FailureReason")
    found = f"{status}: {reason}" if reason else status
    if status == "InService":
        # The reason why an update failed stays after the endpoint is in service again.
        return Check(subject="status", outcome=Outcome.NOTE if reason else Outcome.OK, found=found)
    return _different("status", found, _ADVICE_BY_STATUS.get(status, "").format(replace=replace))


def _configuration(applied: AppliedEndpoint, live: Described, is_gone: bool, replace: str) -> Iterator[Check]:
    in_use, expected = live["EndpointConfigName"], applied.config_name
    pending = live.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
    if in_use != expected and pending == expected:
        yield _different("configuration", f"{in_use} is in use until {expected} is deployed", _AGAIN)
    elif in_use != expected:
        yield _different(
            "configuration",
            f"{in_use} is in use, not {expected}, which was applied",
            "AWS rolled the deployment back, or somebody updated the endpoint outside Terraform: find the "
            "cause, with the alarms and the logs of that time, remove it, and apply again",
        )
    elif not is_gone:
        yield Check(subject="configuration", outcome=Outcome.OK, found=in_use)
    if is_gone:
        yield _different(
            "configuration",
            f"{in_use} is in use, but was deleted",
            "AWS refuses every update of the endpoint until there is a configuration of this name again: "
            f"create it, or replace the endpoint, which is down meanwhile, {replace}",
        )


def _variants(applied: AppliedEndpoint, live: Described) -> Iterator[Check]:
    running = {variant["VariantName"] for variant in _all_variants(live)}
    expected = running if applied.variants is None else set(applied.variants)
    if problems := _listed({"missing": expected - running, "not applied": running - expected}):
        yield _different("variants", problems, "they come with the configuration: see there")
    else:
        yield Check(subject="variants", outcome=Outcome.OK, found=", ".join(sorted(running)))


def _models(applied: AppliedEndpoint, config: Described | None, sagemaker: Any) -> Iterator[Check]:
    if config:
        models = {variant["ModelName"] for variant in _all_variants(config) if "ModelName" in variant}
    else:
        models = {variant.model for variant in (applied.variants or {}).values()}
    gone = {model for model in models if _described(sagemaker.describe_model, ModelName=model) is None}
    if gone:
        todo = "new instances cannot start: apply again, which creates the models of the stack"
        yield _different("models", _listed({"deleted": gone}), todo)
    elif models:
        yield Check(subject="models", outcome=Outcome.OK, found=", ".join(sorted(models)))


def _alarms(applied: AppliedEndpoint, client: Callable[[str], Any]) -> Iterator[Check]:
    if not applied.alarms:
        return
    found = client("cloudwatch").describe_alarms(
        AlarmNames=list(applied.alarms), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    states = {
        alarm["AlarmName"]: alarm["StateValue"]
        for alarm in [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    }
    firing = {name for name, state in states.items() if state == "ALARM"}
    problems = _listed({"in ALARM": firing, "deleted": set(applied.alarms) - states.keys()})
    if problems:
        todo = "AWS rolls every deployment back while one is in ALARM, and heeds none that is deleted"
        yield _different("alarms", problems, todo)
    else:
        said = ", ".join(f"{name} {state}" for name, state in sorted(states.items()))
        yield Check(subject="alarms", outcome=Outcome.OK, found=said)


def _weights(applied: AppliedEndpoint, live: Described) -> Iterator[Check]:
    """Weights may be moved while the endpoint serves, such as for a test."""
    now = {v["VariantName"]: v["CurrentWeight"] for v in _all_variants(live) if "CurrentWeight" in v}
    moved = [
        f"{name} {now[name]:g}, applied with {variant.weight:g}"
        for name, variant in sorted((applied.variants or {}).items())
        # AWS keeps them with the precision of 32 bits.
        if name in now and not math.isclose(now[name], variant.weight, rel_tol=1e-6)
    ]
    if moved:
        yield Check(subject="weights", outcome=Outcome.NOTE, found="; ".join(moved))


def _described(describe: Callable[..., Described], **name: str) -> Described | None:
    """What AWS says of a resource; None when there is none of this name."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    try:
        return describe(**name)
    except ClientError as error:
        if error.response["Error"].get("Message", "").startswith("Could not find"):
            return None
        raise


def _all_variants(described: Described) -> list[Described]:
    return [*described.get("ProductionVariants", []), *described.get("ShadowProductionVariants", [])]


def _listed(found: Mapping[str, Collection[str]]) -> str:
    return "; ".join(f"{', '.join(sorted(names))} {words}" for words, names in found.items() if names)


def _different(subject: str, found: str, todo: str) -> Check:
    return Check(subject=subject, outcome=Outcome.DIFFERENT, found=found, todo=todo)
