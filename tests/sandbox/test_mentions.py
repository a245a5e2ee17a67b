import pytest

from sm_tf.sandbox.mentions import Mention, mentions

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("vpc-0123456789abcdef0", "VPC", "vpc-0123456789abcdef0"),
        ("subnet-01234567", "subnet", "subnet-01234567"),
        ("sg-01234567", "security group", "sg-01234567"),
        ("rtb-01234567", "route table", "rtb-01234567"),
        (f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-01234567", "security group", "sg-01234567"),
        (f"arn:aws:iam::{ACCOUNT}:role/hosting", "role", "hosting"),
        (f"arn:aws:iam::{ACCOUNT}:role/teams/ml/hosting", "role", "teams/ml/hosting"),
        (f"arn:aws:iam::{ACCOUNT}:user/ada", "user", "ada"),
        (f"arn:aws:iam::{ACCOUNT}:group/ml", "group", "ml"),
        (f"arn:aws:iam::{ACCOUNT}:policy/boundary", "policy", "boundary"),
        ("arn:aws:iam::aws:policy/AmazonSageMakerReadOnly", "policy", "AmazonSageMakerReadOnly"),
        (f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/mrk-1", "key", "mrk-1"),
        (f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/data", "alias", "alias/data"),
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts", "topic", "alerts"),
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts:0a1b2c3d", "topic", "alerts"),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:answers", "queue", "answers"),
        (f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:token:live", "function", "token"),
        (f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/team/scorer", "repository", "team/scorer"),
        (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/scorer:1", "repository", "team/scorer"),
        (f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com/scorer@sha256:ab", "repository", "scorer"),
        (f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws/scorer", "repository", "scorer"),
        ("arn:aws:s3:::models", "bucket", "models"),
        ("arn:aws:s3:::models/a/*", "bucket", "models"),
        ("s3://models/a/model.tar.gz", "bucket", "models"),
        ("https://s3.eu-west-1.amazonaws.com/models/a/model.tar.gz", "bucket", "models"),
        ("https://models.s3.eu-west-1.amazonaws.com/a/model.tar.gz", "bucket", "models"),
        (f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:hub/token-AbC123", "secret", "hub/token"),
        (f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/ml/image", "parameter", "/ml/image"),
        (f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/ml/calls:*", "log group", "/ml/calls"),
        (f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model-package/churn/3", "model package", "churn/3"),
    ],
)
def test_a_text_mentions_what_exists(text: str, kind: str, name: str) -> None:
    for around in (text, f'{{"Resource": ["{text}"]}}', f"a {text} b"):
        assert {(found.kind, found.name) for found in mentions(around)} == {(kind, name)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my-vpc-0123456789abcdef0",
        "vpc-main",
        "subnet-0123456789abcdef0123",
        "arn:aws:s3:::*",
        "arn:aws:s3:::models-*/a",
        "arn:aws:s3:::models-${var.stage}",
        "s3://models-${var.stage}/a",
        f"arn:aws:iam::{ACCOUNT}:role/*",
        f"arn:aws:iam::{ACCOUNT}:root",
        "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/hosting",
        f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/t",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team-${{var.stage}}:1",
        "public.ecr.aws/team/scorer:1",
        "alias/aws/sns",
        f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3",
        "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6",
        "arn:aws:ecr:eu-west-1:763104351884:repository/pytorch-inference",
    ],
)
def test_patterns_half_known_names_and_what_is_awss_own_are_left_out(text: str) -> None:
    assert list(mentions(text)) == []


def test_an_arn_says_the_region_and_the_account() -> None:
    arn = "arn:aws:sns:us-east-1:999999999999:alerts"
    assert list(mentions(f"Send to {arn}, please.")) == [
        Mention(kind="topic", name="alerts", region="us-east-1", account="999999999999", arn=arn)
    ]


def test_a_text_mentions_several() -> None:
    found = mentions("from s3://models/a to s3://answers/ in vpc-01234567")
    assert [mention.name for mention in found] == ["vpc-01234567", "models", "answers"]
