"""Finds AWS resources that a text mentions: ids of EC2, ARNs, S3 URIs and container images."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sm_tf.aws.ecr_image import REPOSITORY_PATTERN
from sm_tf.aws.registries import is_aws_account


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A resource that a text mentions: its kind and name, and what else the text says of it.

    `name` is the path and name in IAM, and the id in EC2 and KMS. `region`, `account` and `arn` are empty if
    the text doesn't say them.
    """

    kind: str
    name: str
    region: str = ""
    account: str = ""
    arn: str = ""


IAM_KINDS = ("role", "user", "group", "policy")
EC2_KINDS = {"vpc": "VPC", "subnet": "subnet", "sg": "security group", "rtb": "route table"}
EC2_ID = re.compile(r"(?<![\w-])(vpc|subnet|sg|rtb)-[0-9a-f]{8,17}(?![\w-])")
KEY_ID = re.compile(r"(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)

_BUCKET = r"(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
_S3_HOST = r"s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?"
_S3_URIS = (
    re.compile(rf"""s3://{_BUCKET}(?=[/\s"'\\,)\]]|$)"""),
    re.compile(rf"https://{_S3_HOST}/{_BUCKET}/"),
    re.compile(rf"https://{_BUCKET}\.{_S3_HOST}/"),
)
_IMAGE = re.compile(
    r"(?<!\d)(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)"
    rf"\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/(?P<name>{REPOSITORY_PATTERN})(?![\w${{/-])"
)
_ARN = re.compile(
    r"""arn:aws[\w-]*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|aws|)"""
    r""":(?P<resource>[^\s"'\\,;|<>()\[\]]+)"""
)
# By service: the form of the resource in an ARN, whose group is the name, and the kind.
_RESOURCES: dict[str, tuple[tuple[str, str], ...]] = {
    "iam": tuple((rf"{kind}/(.+)", kind) for kind in IAM_KINDS),
    "kms": ((r"key/(.+)", "key"), (r"(alias/.+)", "alias")),
    "sns": ((r"([^:]+)(?::.+)?", "topic"),),
    "sqs": ((r"([^:]+)", "queue"),),
    "lambda": ((r"function:([^:]+)(?::.+)?", "function"),),
    "ecr": ((r"repository/(.+)", "repository"),),
    "s3": ((r"([^/:]+)(?:/.*)?", "bucket"),),
    # AWS adds six characters to the name.
    "secretsmanager": ((r"secret:([^:]+?)(?:-[A-Za-z0-9]{6})?(?::.*)?", "secret"),),
    "ssm": ((r"parameter(/.+)", "parameter"),),
    "logs": ((r"log-group:([^:]+)(?::.*)?", "log group"),),
    "sagemaker": ((r"model-package/(.+)", "model package"),),
    "ec2": tuple(
        (rf"{kind.lower().replace(' ', '-')}/({prefix}-[0-9a-f]+)", kind)
        for prefix, kind in EC2_KINDS.items()
    ),
}
# A name with one of these stands for many, or is only half known.
_OPEN = re.compile(r"[*?${}]")


def mentions(text: str) -> Iterator[Mention]:
    """What a text mentions, in no particular order, and maybe twice.

    AWS's own repositories and key aliases, and names with wildcards or expressions, are left out.
    """
    return (mention for mention in _all(text) if is_definite(mention.name))


def is_definite(name: str) -> bool:
    """Whether a name is that of one resource, and not AWS's own alias of a key."""
    return not _OPEN.search(name) and not name.startswith("alias/aws/")


def _all(text: str) -> Iterator[Mention]:
    for found in EC2_ID.finditer(text):
        yield Mention(kind=EC2_KINDS[found[1]], name=found[0])
    for form in _S3_URIS:
        for found in form.finditer(text):
            yield Mention(kind="bucket", name=found["name"])
    for found in _IMAGE.finditer(text):
        if not is_aws_account(found["account"]):
            yield Mention(kind="repository", **found.groupdict())
    for found in _ARN.finditer(text):
        if is_aws_account(found["account"]):
            continue
        for resource, kind in _RESOURCES.get(found["service"], ()):
            if named := re.fullmatch(resource, found["resource"]):
                region, account = found["region"], found["account"]
                yield Mention(kind=kind, name=named[1], region=region, account=account, arn=found[0])
