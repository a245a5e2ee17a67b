from typing import Any

import pytest

from sm_tf.sandbox.expressions import Expressions, is_known

CONTENT: dict[str, Any] = {
    "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "us", "region": "${var.region}"}]},
    "locals": {"prefix": "ml-${var.stage}", "loop": "${local.loop}"},
    "data": {
        "aws_caller_identity": {"me": {}},
        "aws_region": {"here": {}, "there": {"provider": "aws.us"}},
        "aws_partition": {"this": {}},
        "aws_iam_role": {"shared": {"name": "shared"}, "each": {"for_each": "${var.names}", "name": "x"}},
    },
}
EXPRESSIONS = Expressions(
    CONTENT,
    {"stage": "dev", "region": "us-east-1", "names": ["a", "b"], "count": 3},
    "eu-north-1",
    "123456789012",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${var.stage}", "dev"),
        ("${var.names}", ["a", "b"]),
        ("n-${var.count}", "n-3"),
        ("${local.prefix}-x", "ml-dev-x"),
        ("arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/r", "arn:aws:iam::123456789012:role/r"),
        ("${data.aws_region.here.name}", "eu-west-1"),
        ("${data.aws_region.there.region}", "us-east-1"),
        ("${data.aws_partition.this.partition}", "aws"),
        ("${data.aws_iam_role.shared.name}", "shared"),
    ],
)
def test_what_is_known_before_terraform_runs_is_put_in(text: str, value: object) -> None:
    assert EXPRESSIONS.resolve(text) == value
    assert EXPRESSIONS.resolve([{"a": text}]) == [{"a": value}]


@pytest.mark.parametrize(
    "text",
    [
        "${aws_iam_role.made.arn}",
        "${var.unset}",
        "${local.loop}",
        "${upper(var.stage)}",
        "${var.names[0]}",
        "x-${var.names}",
        "${data.aws_iam_role.shared.arn}",
        "${data.aws_iam_role.each.name}",
    ],
)
def test_everything_else_stays_an_expression(text: str) -> None:
    assert EXPRESSIONS.resolve(text) == text
    assert not is_known(EXPRESSIONS.resolve(text))


def test_the_region_is_that_of_the_provider_unless_a_resource_has_its_own() -> None:
    assert EXPRESSIONS.region({}) == "eu-west-1"
    assert EXPRESSIONS.region({"provider": "aws.us"}) == "us-east-1"
    assert EXPRESSIONS.region({"region": "ap-south-1"}) == "ap-south-1"
    assert Expressions({}, {}, "eu-north-1", "1").region({}) == "eu-north-1"
