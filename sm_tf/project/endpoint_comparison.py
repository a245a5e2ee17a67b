"""Compares one endpoint in AWS with its state in Terraform."""

import math
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sm_tf.project.terraform_state import AppliedEndpoint

Described = dict[str, Any]

_AGAIN = "wait until that has ended, then verify again"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
_ADVICE_BY_STATUS = {
    "Creating": _AGAIN,
    "Updating": _AGAIN,
    "SystemUpdating": _AGAIN,
    "RollingBack": _AGAIN,
    "Deleting": "somebody is deleting it: wait until it is gone, then apply again",
    "Failed": "a failed endpoint can only be deleted. Fix the cause, then replace it: {replace}",
    "OutOfService": "it accepts no requests: read its logs in CloudWatch",
    "UpdateRollbackFailed": "it serves a mix of the old and the new configuration: see "
    "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html",
}


class Outcome(StrEnum):
    """The outcome of a comparison; a note is worth a look, but is not a difference."""

    OK = "ok"
    NOTE = "note"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One aspect of an endpoint: what AWS has and, if that is different, what to do about it."""

    subject: str
    outcome: Outcome
    found: str
    todo: str = ""


def compare_endpoint(
    applied: AppliedEndpoint, folder: str, client: Callable[[str], Any]
) -> Iterator[Comparison]:
    """Compare status, configuration, variants, models, alarms and weights.

    `folder` is the folder of the endpoint's stack, and `client` returns the boto3 client of a service.
    Instance counts are not compared, since scaling changes them.
    """
    sagemaker = client("sagemaker")
    live = _described(sagemaker.describe_endpoint, EndpointName=applied.name)
    if live is None:
        found = f"does not exist in {applied.region} of account {applied.account}"
        yield _different("status", found, "somebody deleted it: apply again to create it")
        return
    config = _described(sagemaker.describe_endpoint_config, EndpointConfigName=live["EndpointConfigName"])
    # Not -replace: that would create the new endpoint first, under the name of the old one.
    destroy = f"`terraform -chdir={shlex.quote(folder)} destroy -target={shlex.quote(applied.address)}`"
    replace = f"{destroy}, then apply again"
    yield _status(live, replace)
    yield from _configuration(applied, live, config is None, replace)
    yield from _variants(applied, live)
    yield from _models(applied, config, sagemaker)
    yield from _alarms(applied, client)
    yield from _weights(applied, live)


def _status(live: Described, replace: str) -> Comparison:
    status, reason = live["EndpointStatus"], live.get("FailureReason")
    found = f"{status}: {reason}" if reason else status
    if status == "InService":
        # The reason of a failed update stays after the endpoint is in service again.
        return Comparison(subject="status", outcome=Outcome.NOTE if reason else Outcome.OK, found=found)
    return _different("status", found, _ADVICE_BY_STATUS.get(status, "").format(replace=replace))


def _configuration(
    applied: AppliedEndpoint, live: Described, is_gone: bool, replace: str
) -> Iterator[Comparison]:
    in_use, expected = live["EndpointConfigName"], applied.config_name
    pending = live.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
    if in_use != expected and pending == expected:
        yield _different("configuration", f"{in_use} is in use until {expected} is deployed", _AGAIN)
    elif in_use != expected:
        yield _different(
            "configuration",
            f"{in_use} is in use, but {expected} was applied",
            "AWS rolled the deployment back, or somebody updated the endpoint outside Terraform: find the "
            "cause in the alarms and logs of that time, fix it, and apply again",
        )
    elif not is_gone:
        yield Comparison(subject="configuration", outcome=Outcome.OK, found=in_use)
    if is_gone:
        yield _different(
            "configuration",
            f"{in_use} is in use, but was deleted",
            "AWS refuses every update of the endpoint until a configuration of this name exists again: "
            f"create one, or replace the endpoint, which is down meanwhile: {replace}",
        )


def _variants(applied: AppliedEndpoint, live: Described) -> Iterator[Comparison]:
    running = {variant["VariantName"] for variant in _all_variants(live)}
    expected = running if applied.variants is None else set(applied.variants)
    if problems := _listed({"missing": expected - running, "not applied": running - expected}):
        yield _different(
            "variants", problems, "the variants come with the configuration: see the advice for that"
        )
    else:
        yield Comparison(subject="variants", outcome=Outcome.OK, found=", ".join(sorted(running)))


def _models(applied: AppliedEndpoint, config: Described | None, sagemaker: Any) -> Iterator[Comparison]:
    if config:
        models = {variant["ModelName"] for variant in _all_variants(config) if "ModelName" in variant}
    else:
        models = {variant.model for variant in (applied.variants or {}).values()}
    gone = {model for model in models if _described(sagemaker.describe_model, ModelName=model) is None}
    if gone:
        todo = "new instances cannot start: apply again to create the models of the stack"
        yield _different("models", _listed({"deleted": gone}), todo)
    elif models:
        yield Comparison(subject="models", outcome=Outcome.OK, found=", ".join(sorted(models)))


def _alarms(applied: AppliedEndpoint, client: Callable[[str], Any]) -> Iterator[Comparison]:
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
        todo = "AWS rolls back every deployment while one is in ALARM, and ignores deleted ones"
        yield _different("alarms", problems, todo)
    else:
        listed = ", ".join(f"{name} {state}" for name, state in sorted(states.items()))
        yield Comparison(subject="alarms", outcome=Outcome.OK, found=listed)


def _weights(applied: AppliedEndpoint, live: Described) -> Iterator[Comparison]:
    """Weights may be changed while the endpoint serves, for example for a test."""
    now = {v["VariantName"]: v["CurrentWeight"] for v in _all_variants(live) if "CurrentWeight" in v}
    moved = [
        f"{name} {now[name]:g}, applied with {variant.weight:g}"
        for name, variant in sorted((applied.variants or {}).items())
        # AWS keeps weights as 32-bit numbers.
        if name in now and not math.isclose(now[name], variant.weight, rel_tol=1e-6)
    ]
    if moved:
        yield Comparison(subject="weights", outcome=Outcome.NOTE, found="; ".join(moved))


def _described(describe: Callable[..., Described], **name: str) -> Described | None:
    """AWS's description of a resource; None if no resource has this name."""
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


def _different(subject: str, found: str, todo: str) -> Comparison:
    return Comparison(subject=subject, outcome=Outcome.DIFFERENT, found=found, todo=todo)
