"""The endpoint under test."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from sm_tf.aws.invocation_limits import INSTANCE_PAYLOAD_BYTES, MEGABYTE, SERVERLESS_PAYLOAD_BYTES
from sm_tf.foundation.errors import UsageError
from sm_tf.load_test.payload import Payload


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A production variant, with its current number of instances or its serverless concurrency."""

    name: str
    instances: int = 0
    max_concurrency: int | None = None

    @property
    def serverless(self) -> bool:
        """Whether the variant is serverless."""
        return self.max_concurrency is not None

    @property
    def size(self) -> str:
        """The size in words."""
        if self.serverless:
            return f"serverless, {self.max_concurrency} at a time"
        return f"{self.instances} {'instance' if self.instances == 1 else 'instances'}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """An endpoint at one time; two are equal if nothing that affects a measurement differs.

    `tested_variant` is the variant that gets the requests.
    """

    endpoint_name: str
    account: str
    region: str
    status: str
    config_name: str
    variants: tuple[Variant, ...] = field(compare=False)
    tested_variant: Variant

    def check(self, payload: Payload) -> None:
        """Raise `UsageError` if AWS would refuse the payload."""
        serverless = self.tested_variant.serverless
        limit = SERVERLESS_PAYLOAD_BYTES if serverless else INSTANCE_PAYLOAD_BYTES
        if len(payload.body) > limit:
            kind = "serverless" if serverless else "real-time"
            raise UsageError(
                f"The payload has {len(payload.body):,} bytes; {kind} endpoints accept at most "
                f"{limit // MEGABYTE} MB ({limit:,} bytes)."
            )


class Describes(Protocol):
    """Describes endpoints."""

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        """AWS's DescribeEndpoint."""


def find_target(aws: Describes, endpoint_name: str, variant_name: str | None = None) -> Target:
    """Find the endpoint of this name.

    `variant_name` defaults to the only variant.

    Raises:
        UsageError: the endpoint is missing, not in service or asynchronous, or has no such variant.
    """
    described = aws.describe(endpoint_name)
    target = _target(described, endpoint_name, variant_name)
    if target.status != "InService":
        raise UsageError(
            f"Endpoint {endpoint_name} is {target.status}: a load test needs an endpoint that is InService."
        )
    if described.get("AsyncInferenceConfig"):
        raise UsageError(
            f"Endpoint {endpoint_name} is asynchronous: it reads its requests from S3 and queues them, so no "
            "rate is too high for it. Scale it on its backlog instead."
        )
    variant = target.tested_variant
    if not (variant.serverless or variant.instances):
        raise UsageError(
            f"Variant {variant.name} of endpoint {endpoint_name} has no instances at the moment."
        )
    return target


def look_again(aws: Describes, target: Target) -> Target | None:
    """The same endpoint now; None if the variant is gone."""
    try:
        return _target(aws.describe(target.endpoint_name), target.endpoint_name, target.tested_variant.name)
    except UsageError:
        return None


def _target(described: dict[str, Any], endpoint_name: str, variant_name: str | None) -> Target:
    variants = tuple(_variant(variant) for variant in described.get("ProductionVariants", ()))
    named = [variant for variant in variants if variant_name in (None, variant.name)]
    names = ", ".join(variant.name for variant in variants) or "none"
    if not named:
        raise UsageError(f"Endpoint {endpoint_name} has no variant {variant_name}; its variants are {names}.")
    if len(named) > 1:
        raise UsageError(
            f"Endpoint {endpoint_name} has the variants {names}: name the one to test with --variant."
        )
    _, _, _, region, account, _ = described["EndpointArn"].split(":", 5)
    return Target(
        endpoint_name=endpoint_name,
        account=account,
        region=region,
        status=described["EndpointStatus"],
        config_name=described["EndpointConfigName"],
        variants=variants,
        tested_variant=named[0],
    )


def _variant(described: dict[str, Any]) -> Variant:
    serverless = described.get("CurrentServerlessConfig")
    return Variant(
        name=described["VariantName"],
        instances=described.get("CurrentInstanceCount", 0),
        max_concurrency=serverless["MaxConcurrency"] if serverless else None,
    )
