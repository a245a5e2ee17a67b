"""The endpoint that is driven."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from sm_tf.aws.invocation_limits import INSTANCE_PAYLOAD_BYTES, MEGABYTE, SERVERLESS_PAYLOAD_BYTES
from sm_tf.foundation.errors import UsageError
from sm_tf.load_test.payload import Payload


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A production variant: how many instances it has now, or its serverless concurrency."""

    name: str
    instances: int = 0
    max_concurrency: int | None = None

    @property
    def serverless(self) -> bool:
        """Whether it runs without instances."""
        return self.max_concurrency is not None

    @property
    def size(self) -> str:
        """How large it is, in words."""
        if self.serverless:
            return f"serverless, {self.max_concurrency} at a time"
        return f"{self.instances} {'instance' if self.instances == 1 else 'instances'}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """An endpoint as it is now; two are equal when nothing that a measurement depends on is different.

    `measured` is the one of its variants that gets the requests.
    """

    endpoint_name: str
    account: str
    region: str
    status: str
    config_name: str
    variants: tuple[Variant, ...] = field(compare=False)
    measured: Variant

    def check(self, payload: Payload) -> None:
        """Raise `UsageError` for a payload that AWS would refuse."""
        serverless = self.measured.serverless
        limit = SERVERLESS_PAYLOAD_BYTES if serverless else INSTANCE_PAYLOAD_BYTES
        if len(payload.body) > limit:
            kind = "serverless" if serverless else "real-time"
            raise UsageError(
                f"The payload has {len(payload.body):,} bytes; {kind} endpoints take {limit // MEGABYTE} MB "
                f"({limit:,} bytes) at most."
            )


class Describes(Protocol):
    """What tells of endpoints."""

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        """AWS's DescribeEndpoint."""


def find_target(aws: Describes, endpoint_name: str, variant_name: str | None = None) -> Target:
    """The endpoint of that name, ready to be driven.

    `variant_name` may be absent where there is one variant only. Raises `UsageError` for an endpoint that is
    missing, not in service or asynchronous, and for a variant that it does not have.
    """
    described = aws.describe(endpoint_name)
    target = _target(described, endpoint_name, variant_name)
    if target.status != "InService":
        raise UsageError(f"Endpoint {endpoint_name} is {target.status}: a load test needs it InService.")
    if described.get("AsyncInferenceConfig"):
        raise UsageError(
            f"Endpoint {endpoint_name} is asynchronous: it queues its requests and reads them from S3, so "
            "no rate is too high for it and InvokeEndpoint is refused. Scale it on its backlog instead."
        )
    if not (target.measured.serverless or target.measured.instances):
        raise UsageError(f"Variant {target.measured.name} of endpoint {endpoint_name} has no instances now.")
    return target


def look_again(aws: Describes, target: Target) -> Target | None:
    """The same endpoint now; None where the variant is gone."""
    try:
        return _target(aws.describe(target.endpoint_name), target.endpoint_name, target.measured.name)
    except UsageError:
        return None


def _target(described: dict[str, Any], endpoint_name: str, variant_name: str | None) -> Target:
    variants = tuple(_variant(variant) for variant in described.get("ProductionVariants", ()))
    named = [variant for variant in variants if variant_name in (None, variant.name)]
    names = ", ".join(variant.name for variant in variants) or "none"
    if not named:
        raise UsageError(f"Endpoint {endpoint_name} has no variant {variant_name}: it has {names}.")
    if len(named) > 1:
        raise UsageError(
            f"Endpoint {endpoint_name} has the variants {names}: name the one that gets the requests, with "
            "--variant."
        )
    _, _, _, region, account, _ = described["EndpointArn"].split(":", 5)
    return Target(
        endpoint_name=endpoint_name,
        account=account,
        region=region,
        status=described["EndpointStatus"],
        config_name=described["EndpointConfigName"],
        variants=variants,
        measured=named[0],
    )


def _variant(described: dict[str, Any]) -> Variant:
    serverless = described.get("CurrentServerlessConfig")
    return Variant(
        name=described["VariantName"],
        instances=described.get("CurrentInstanceCount", 0),
        max_concurrency=serverless["MaxConcurrency"] if serverless else None,
    )
