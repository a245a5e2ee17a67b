from typing import Any

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.load_test import Payload, Variant, find_target
from sm_tf.load_test.target import look_again

ON_INSTANCES = {"VariantName": "main", "CurrentInstanceCount": 2, "DesiredInstanceCount": 2}
SERVERLESS = {"VariantName": "main", "CurrentServerlessConfig": {"MaxConcurrency": 20}}


class Described:
    """An AWS with one endpoint."""

    def __init__(self, *variants: dict[str, Any], status: str = "InService", **members: Any) -> None:
        self.members = {
            "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/demo",
            "EndpointConfigName": "demo-config",
            "EndpointStatus": status,
            "ProductionVariants": list(variants),
            **members,
        }

    def describe(self, endpoint_name: str) -> dict[str, Any]:
        assert endpoint_name == "demo"
        return self.members


def payload(megabytes: int, more: int = 0) -> Payload:
    return Payload(body=bytes(megabytes * 1024 * 1024 + more), content_type="text/csv")


def test_the_target_is_named_completely() -> None:
    target = find_target(Described(ON_INSTANCES), "demo")
    assert (target.account, target.region, target.status) == ("123456789012", "eu-west-1", "InService")
    assert target.tested_variant == Variant(name="main", instances=2)
    assert target.tested_variant.size == "2 instances"


def test_a_serverless_variant_has_its_concurrency() -> None:
    measured = find_target(Described(SERVERLESS), "demo").tested_variant
    assert measured.serverless
    assert measured.size == "serverless, 20 at a time"


@pytest.mark.parametrize("status", ["Creating", "Updating", "Failed", "RollingBack"])
def test_it_has_to_be_in_service(status: str) -> None:
    with pytest.raises(
        UsageError, match=rf"^Endpoint demo is {status}: a load test needs an endpoint that is InService\.$"
    ):
        find_target(Described(ON_INSTANCES, status=status), "demo")


def test_an_asynchronous_endpoint_is_refused_with_the_reason() -> None:
    asynchronous = Described(ON_INSTANCES, AsyncInferenceConfig={"OutputConfig": {}})
    with pytest.raises(
        UsageError,
        match=r"is asynchronous: it reads its requests from S3 and queues them, .* Scale it on its backlog",
    ):
        find_target(asynchronous, "demo")


def test_a_variant_without_instances_is_refused() -> None:
    with pytest.raises(UsageError, match="Variant main of endpoint demo has no instances at the moment"):
        find_target(Described({**ON_INSTANCES, "CurrentInstanceCount": 0}), "demo")


def test_of_several_variants_one_is_named() -> None:
    both = Described(ON_INSTANCES, {**ON_INSTANCES, "VariantName": "new"})
    assert find_target(both, "demo", "new").tested_variant.name == "new"
    with pytest.raises(UsageError, match=r"has the variants main, new: name the one to test with --variant"):
        find_target(both, "demo")
    with pytest.raises(UsageError, match=r"^Endpoint demo has no variant old; its variants are main, new"):
        find_target(both, "demo", "old")


@pytest.mark.parametrize(
    ("variant", "kind", "megabytes"), [(ON_INSTANCES, "real-time", 25), (SERVERLESS, "serverless", 4)]
)
def test_a_payload_that_aws_would_refuse_is_refused(
    variant: dict[str, Any], kind: str, megabytes: int
) -> None:
    target = find_target(Described(variant), "demo")
    target.check(payload(megabytes))
    with pytest.raises(
        UsageError, match=rf"^The payload has [\d,]+[15] bytes; {kind} .* accept at most {megabytes} MB \("
    ):
        target.check(payload(megabytes, 1))


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ({"CurrentInstanceCount": 3}, {}),
        ({}, {"EndpointConfigName": "next"}),
        ({}, {"EndpointStatus": "Updating"}),
    ],
)
def test_what_has_changed_is_another_target(change: dict[str, Any], members: dict[str, Any]) -> None:
    aws = Described(ON_INSTANCES, {**ON_INSTANCES, "VariantName": "other"})
    target = find_target(aws, "demo", "main")
    assert look_again(aws, target) == target
    # Another variant's instances make no difference.
    aws.members["ProductionVariants"][1] = {**ON_INSTANCES, "VariantName": "other", "CurrentInstanceCount": 7}
    assert look_again(aws, target) == target
    aws.members |= members
    aws.members["ProductionVariants"][0] = {**ON_INSTANCES, **change}
    assert look_again(aws, target) not in (target, None)


def test_a_variant_that_is_gone_is_noticed() -> None:
    aws = Described(ON_INSTANCES)
    target = find_target(aws, "demo")
    aws.members["ProductionVariants"][0] = {**ON_INSTANCES, "VariantName": "other"}
    assert look_again(aws, target) is None
