"""IAM policies are evaluated as IAM does."""

import json
from typing import Any

import pytest

from sm_tf.sandbox.aws.policy_evaluation import is_allowed

BUCKET = "arn:aws:s3:::bucket/models/a.tar.gz"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, **({"Action": "s3:GetObject", "Resource": "*"} | elements)}


def decide(*statements: dict[str, Any], action: str = "s3:GetObject", resource: str = BUCKET) -> bool:
    context = {"aws:sourceaccount": "1", "aws:securetransport": "true"}
    policies = [json.dumps({"Version": "2012-10-17", "Statement": each}) for each in statements]
    return is_allowed(policies, action, resource, context)


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Action": ["s3:PutObject", "s3:GetObject"]},
        {"Action": "s3:get*"},
        {"Action": "*"},
        {"Action": "s3:GetObjec?"},
        {"Resource": "arn:aws:s3:::bucket/*"},
        {"Resource": ["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/models/?.tar.gz"]},
        {"Condition": {"StringEquals": {"aws:SourceAccount": ["1", "2"]}}},
        {"Condition": {"StringLike": {"aws:sourceaccount": "?"}}},
        {"Condition": {"StringNotEquals": {"aws:SourceAccount": "2"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "1"}}},
        {"Condition": {"ForAnyValue:StringLike": {"aws:SourceAccount": "1*"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringEquals": {"aws:SomethingNew": "x"}}},
    ],
)
def test_a_statement_that_allows(elements: dict[str, Any]) -> None:
    assert decide(statement(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": "s3:GetObjectTagging"},
        {"Action": "s3:Get[O]bject"},
        {"Resource": "arn:aws:s3:::bucket"},
        {"Resource": "arn:aws:s3:::Bucket/*"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}},
        {"Condition": {"StringNotLike": {"aws:SourceAccount": "1*"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}, "Bool": {"aws:SecureTransport": "false"}}},
    ],
)
def test_a_statement_that_doesnt_apply(elements: dict[str, Any]) -> None:
    assert not decide(statement(**elements))


def test_not_action_and_not_resource() -> None:
    everything_but = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}
    assert decide(everything_but)
    assert not decide(everything_but, action="iam:PassRole")
    assert not decide(everything_but, resource="arn:aws:s3:::secret/a")


def test_a_denial_wins() -> None:
    assert not decide(statement(), statement("Deny", Resource="arn:aws:s3:::bucket/*"))
    assert decide(statement(), statement("Deny", Resource="arn:aws:s3:::other/*"))


def test_a_denial_on_an_unknown_condition_doesnt_count() -> None:
    assert decide(statement(), statement("Deny", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))


def test_nothing_allows_nothing() -> None:
    assert not decide()
