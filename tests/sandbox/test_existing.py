from typing import Any

import pytest

from sm_tf.sandbox.existing import Existing, NamedStack, Unmet, find_existing

ACCOUNT, REGION = "123456789012", "eu-west-1"
VPC, SUBNET, GROUP = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "sg-0123456789abcdef0"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
Block = dict[str, Any]


def stack(name: str = "s", *, variables: dict[str, Any] | None = None, **content: Any) -> NamedStack:
    content = {"provider": {"aws": [{"region": REGION}, {"alias": "us", "region": "us-east-1"}]}, **content}
    return NamedStack(name=name, content=content, variables=variables or {})


def find(*stacks: NamedStack) -> list[Existing]:
    return find_existing(stacks, region="eu-north-1", account=ACCOUNT)[0]


def unmet(*stacks: NamedStack) -> list[Unmet]:
    return find_existing(stacks, region="eu-north-1", account=ACCOUNT)[1]


def names(*stacks: NamedStack) -> set[tuple[str, str]]:
    return {(thing.kind, thing.name) for thing in find(*stacks)}


def resource(type: str, **arguments: Any) -> NamedStack:
    return stack(resource={type: {"a": arguments}})


def asks(type: str, **arguments: Any) -> NamedStack:
    return stack(data={type: {"a": arguments}})


def test_what_a_model_names_exists() -> None:
    model = {
        "execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/hosting",
        "primary_container": {
            "image": f"999999999999.dkr.ecr.{REGION}.amazonaws.com/scorer:1",
            "model_data_source": {"s3_data_source": [{"s3_uri": "s3://models/a/"}]},
        },
        "vpc_config": {"subnets": [SUBNET], "security_group_ids": ["${aws_security_group.g.id}"]},
    }
    found = find(
        stack(resource={"aws_sagemaker_model": {"m": model}, "aws_security_group": {"g": {"vpc_id": VPC}}})
    )
    assert {(thing.kind, thing.name, thing.region, thing.account) for thing in found} == {
        ("role", "hosting", "", ACCOUNT),
        ("repository", "scorer", REGION, "999999999999"),
        ("bucket", "models", REGION, ACCOUNT),
        ("subnet", SUBNET, REGION, ACCOUNT),
        ("VPC", VPC, REGION, ACCOUNT),
    }
    (subnet,) = [thing for thing in found if thing.kind == "subnet"]
    assert (subnet.vpc, subnet.stack, subnet.address) == (VPC, "s", "aws_sagemaker_model.m")


@pytest.mark.parametrize(
    ("type", "arguments", "kind", "name"),
    [
        ("aws_iam_role_policy", {"role": "shared"}, "role", "shared"),
        ("aws_iam_role_policy_attachment", {"role": "shared"}, "role", "shared"),
        ("aws_iam_user_policy", {"user": "ada"}, "user", "ada"),
        ("aws_iam_group_policy", {"group": "ml"}, "group", "ml"),
        ("aws_iam_policy_attachment", {"name": "x", "roles": ["shared"]}, "role", "shared"),
        ("aws_iam_role", {"permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/b"}, "policy", "b"),
        ("aws_s3_object", {"bucket": "models", "key": "a"}, "bucket", "models"),
        ("aws_s3_bucket_policy", {"bucket": "models"}, "bucket", "models"),
        ("aws_ecr_repository_policy", {"repository": "scorer"}, "repository", "scorer"),
        ("aws_lambda_permission", {"function_name": "token"}, "function", "token"),
        ("aws_sagemaker_endpoint_configuration", {"kms_key_arn": KEY}, "key", KEY),
        ("aws_sns_topic", {"kms_master_key_id": "alias/data"}, "alias", "alias/data"),
        ("aws_s3_object", {"kms_key_id": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY}"}, "key", KEY),
        ("aws_sagemaker_model", {"a": [{"b": {"model_data_url": "s3://models/x"}}]}, "bucket", "models"),
    ],
)
def test_arguments_name_it(type: str, arguments: Block, kind: str, name: str) -> None:
    assert names(resource(type, **arguments)) == {(kind, name)}


@pytest.mark.parametrize(
    ("type", "arguments", "kind", "name"),
    [
        ("aws_iam_role", {"name": "shared"}, "role", "shared"),
        ("aws_iam_user", {"user_name": "ada"}, "user", "ada"),
        ("aws_iam_group", {"group_name": "ml"}, "group", "ml"),
        ("aws_iam_policy", {"name": "b"}, "policy", "b"),
        ("aws_iam_policy", {"arn": f"arn:aws:iam::{ACCOUNT}:policy/b"}, "policy", "b"),
        ("aws_kms_key", {"key_id": KEY}, "key", KEY),
        ("aws_kms_key", {"key_id": "alias/data"}, "alias", "alias/data"),
        ("aws_kms_alias", {"name": "alias/data"}, "alias", "alias/data"),
        ("aws_ecr_repository", {"name": "team/scorer"}, "repository", "team/scorer"),
        ("aws_ecr_image", {"repository_name": "scorer", "image_tag": "1"}, "image", "scorer:1"),
        ("aws_s3_bucket", {"bucket": "models"}, "bucket", "models"),
        ("aws_s3_object", {"bucket": "models", "key": "a/b"}, "object", "models/a/b"),
        ("aws_sns_topic", {"name": "alerts"}, "topic", "alerts"),
        ("aws_sqs_queue", {"name": "answers"}, "queue", "answers"),
        ("aws_lambda_function", {"function_name": "token"}, "function", "token"),
        ("aws_secretsmanager_secret", {"name": "hub"}, "secret", "hub"),
        ("aws_secretsmanager_secret_version", {"secret_id": "hub"}, "secret", "hub"),
        ("aws_ssm_parameter", {"name": "/ml/image"}, "parameter", "/ml/image"),
        ("aws_cloudwatch_log_group", {"name": "/ml"}, "log group", "/ml"),
        ("aws_vpc", {"id": VPC}, "VPC", VPC),
        ("aws_subnet", {"id": SUBNET}, "subnet", SUBNET),
        ("aws_security_group", {"id": GROUP}, "security group", GROUP),
    ],
)
def test_data_sources_ask_for_it(type: str, arguments: Block, kind: str, name: str) -> None:
    assert names(asks(type, **arguments)) >= {(kind, name)}
    assert unmet(asks(type, **arguments)) == []


def test_a_data_source_asks_by_tags_and_others_refer_to_what_it_finds() -> None:
    found = find(
        stack(
            data={
                "aws_vpc": {"main": {"tags": {"Name": "main"}}},
                "aws_subnets": {
                    "private": {
                        "filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.main.id}"]}],
                        "tags": {"Tier": "private"},
                    }
                },
                "aws_security_group": {"web": {"name": "web", "vpc_id": "${data.aws_vpc.main.id}"}},
            }
        )
    )
    vpc, subnets, group = sorted(
        found, key=lambda thing: ("VPC", "subnet").index(thing.kind) if thing.kind in ("VPC", "subnet") else 2
    )
    assert (vpc.kind, vpc.filters) == ("VPC", (("tag:Name", ("main",)),))
    assert vpc.name.startswith("vpc-")
    assert (subnets.plural, subnets.vpc) == (True, vpc.name)
    assert subnets.filters == (("vpc-id", (vpc.name,)), ("tag:Tier", ("private",)))
    assert group.filters == (("group-name", ("web",)), ("vpc-id", (vpc.name,)))


def test_the_same_question_has_the_same_answer_in_all_stacks() -> None:
    asked = {"aws_vpc": {"main": {"tags": {"Name": "main"}}}}
    assert len(find(stack("a", data=asked), stack("b", data=asked))) == 1


def test_what_the_stacks_make_needs_no_stand_in() -> None:
    made = stack(
        "shared",
        resource={
            "aws_s3_bucket": {"b": {"bucket": "models"}},
            "aws_iam_role": {"r": {"name": "hosting", "path": "/ml/"}},
            "aws_ecr_repository": {"i": {"name": "${var.name}"}},
            "aws_vpc": {"v": {"tags": {"Name": "main", "Team": "ml"}}},
            "aws_sns_topic": {"t": {"name": "alerts"}},
        },
        variables={"name": "scorer"},
    )
    user = stack(
        "user",
        data={
            "aws_iam_role": {"r": {"name": "hosting"}},
            "aws_vpc": {"v": {"tags": {"Name": "main"}}},
        },
        resource={
            "aws_sagemaker_model": {
                "m": {
                    "execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/ml/hosting",
                    "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/scorer:1",
                    "model_data_url": "s3://models/a",
                }
            }
        },
    )
    assert find(made, user) == []
    assert {thing.name for thing in find(user)} > {"ml/hosting", "scorer", "models"}


def test_another_region_needs_its_own() -> None:
    made = resource("aws_sns_topic", name="alerts")
    elsewhere = stack("us", data={"aws_sns_topic": {"t": {"name": "alerts", "provider": "aws.us"}}})
    assert [(thing.name, thing.region) for thing in find(made, elsewhere)] == [("alerts", "us-east-1")]


def test_names_that_are_given_as_variables_are_found() -> None:
    content = {"resource": {"aws_iam_role_policy": {"p": {"role": "${var.role}"}}}}
    assert names(stack(variables={"role": "shared"}, **content)) == {("role", "shared")}
    assert names(stack(**content)) == set()


def test_an_arn_says_more_than_a_name() -> None:
    both = {
        "aws_iam_role_policy": {"p": {"role": "hosting"}},
        "aws_sagemaker_model": {"m": {"execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/ml/hosting"}},
    }
    assert names(stack(resource=both)) == {("role", "ml/hosting")}


def test_policies_and_modules_name_it_too() -> None:
    document = {"statement": [{"resources": ["arn:aws:s3:::answers/*"], "actions": ["s3:PutObject"]}]}
    content = {
        "data": {"aws_iam_policy_document": {"d": document}},
        "module": {"network": {"source": "./modules/vpc-0123456789abcdef1", "vpc": VPC}},
    }
    assert names(stack(**content)) == {("bucket", "answers"), ("VPC", VPC)}


def test_a_vpc_has_room_for_the_subnets_that_are_put_into_it() -> None:
    (vpc,) = find(resource("aws_subnet", vpc_id=VPC, cidr_block="10.20.3.0/24"))
    assert vpc.filters == (("cidr", ("10.20.0.0/16",)),)


def test_what_is_imported_exists() -> None:
    imported = stack(
        resource={
            "aws_s3_bucket": {"b": {"bucket": "models"}},
            "aws_sagemaker_endpoint": {"e": {"name": "e"}},
        },
        **{
            "import": [
                {"to": "aws_s3_bucket.b", "id": "models"},
                {"to": "aws_sagemaker_endpoint.e", "id": "e"},
            ]
        },
    )
    assert names(imported) == {("bucket", "models")}
    assert [one.what for one in unmet(imported)] == ["e, which it imports"]


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"aws_acm_certificate": {"c": {"domain": "example.com"}}}},
        {"data": {"aws_vpc": {"v": {"filter": [{"name": "dhcp-options-id", "values": ["dopt-1"]}]}}}},
        {"resource": {"aws_sagemaker_endpoint": {"c": {"endpoint_config_name": "by-hand"}}}},
        {"resource": {"aws_sagemaker_endpoint_configuration": {"c": {"v": [{"model_name": "by-hand"}]}}}},
    ],
)
def test_what_has_no_stand_in_is_told(content: Block) -> None:
    (one,) = unmet(stack(**content))
    assert one.stack == "s"
    assert one.address.rpartition(".")[2] in ("c", "v")
    assert find(stack(**content)) == []


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"aws_caller_identity": {"me": {}}, "aws_region": {"r": {}}, "aws_partition": {"p": {}}}},
        {"data": {"aws_iam_policy_document": {"d": {"statement": [{"resources": ["*"]}]}}}},
        {"data": {"aws_subnet": {"s": {"id": "${each.value}", "for_each": "${data.aws_subnets.a.ids}"}}}},
        {"data": {"terraform_remote_state": {"r": {"config": {"bucket": "state"}}}}},
        {"resource": {"aws_iam_role_policy": {"p": {"role": "${aws_iam_role.r.name}"}}}},
        {"resource": {"aws_sns_topic": {"t": {"tags": {"vpc": VPC}, "kms_master_key_id": "alias/aws/sns"}}}},
    ],
)
def test_nothing_else_needs_one(content: Block) -> None:
    assert find_existing([stack(**content)], region=REGION, account=ACCOUNT) == ([], [])
