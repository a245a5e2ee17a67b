"""Finds what a program's stacks name or ask data sources for, but don't make: it has to exist already."""

import hashlib
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.aws.dlc_accounts import DLC_ACCOUNT_BY_REGION
from sm_tf.aws.ecr_image import REPOSITORY_PATTERN
from sm_tf.sandbox.expressions import Expressions, Json, is_known

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Existing:
    """Something that has to exist before a plan.

    Args:
        kind: role, user, group, policy, key, alias, repository, image, bucket, object, topic, queue, function,
            secret, parameter, log group, model package, VPC, subnet, security group or route table.
        name: its name, path and name in IAM, or id in EC2 and KMS. A data source that asks for no id gets an
            id that follows from what it asks for.
        region: its region, empty in IAM.
        account: its account; `aws` for a managed policy of AWS.
        filters: what a data source of EC2 asks for, as EC2's filters.
        vpc: the id of the VPC that it is in, if it is known.
        plural: whether the data source asks for several.
        address: the resource or data source that names it, after its stack's name.
    """

    kind: str
    name: str
    region: str
    account: str
    filters: Filters = ()
    vpc: str | None = None
    plural: bool = False
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """Something that has to exist and that has no stand-in: what it is in words, and who asks for it."""

    what: str
    stack: str
    address: str


@dataclass(frozen=True, kw_only=True)
class NamedStack:
    """A stack with its name and the values of its variables."""

    name: str
    content: Json
    variables: Mapping[str, Any]


def find_existing(
    stacks: Iterable[NamedStack], *, region: str, account: str
) -> tuple[list[Existing], list[Unmet]]:
    """What the stacks need and don't make, each once, and the part of it that has no stand-in.

    Args:
        stacks: the stacks that are applied.
        region: the region of a provider that names none.
        account: the account that they are applied in.
    """
    finders = [_Finder(stack, region, account) for stack in stacks]
    made = [thing for finder in finders for thing in finder.made()]
    taken = {_key(thing) for thing in made}
    found: dict[tuple[str, ...], Existing] = {}
    for finder in finders:
        for thing in finder.needed():
            if _key(thing) not in taken and not any(_answers(thing, own) for own in made):
                found.setdefault(_key(thing), thing)
    return list(found.values()), [unmet for finder in finders for unmet in finder.unmet()]


def _key(thing: Existing) -> tuple[str, ...]:
    # The names of buckets are global.
    region = "" if thing.kind in ("bucket", "object") else thing.region
    return (
        thing.kind,
        thing.name.rpartition("/")[2] if thing.kind in _IAM else thing.name,
        region,
        thing.account,
    )


def _answers(asked: Existing, made: Existing) -> bool:
    """Whether a resource that a stack makes has the tags and the name that a data source asks for."""
    wanted = {
        (name, value)
        for name, values in asked.filters
        if name.startswith("tag:") or name == "group-name"
        for value in values
    }
    own = {(name, value) for name, values in made.filters for value in values}
    return made.kind == asked.kind and made.region == asked.region and bool(wanted) and wanted <= own


_IAM = ("role", "user", "group", "policy")

# By a resource's type: the kind, and the argument with the name that the resource gets.
_MADE = {
    "aws_iam_role": ("role", "name"),
    "aws_iam_user": ("user", "name"),
    "aws_iam_group": ("group", "name"),
    "aws_iam_policy": ("policy", "name"),
    "aws_kms_alias": ("alias", "name"),
    "aws_ecr_repository": ("repository", "name"),
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_s3_object": ("object", "key"),
    "aws_sns_topic": ("topic", "name"),
    "aws_sqs_queue": ("queue", "name"),
    "aws_lambda_function": ("function", "function_name"),
    "aws_secretsmanager_secret": ("secret", "name"),
    "aws_ssm_parameter": ("parameter", "name"),
    "aws_cloudwatch_log_group": ("log group", "name"),
    "aws_vpc": ("VPC", ""),
    "aws_subnet": ("subnet", ""),
    "aws_security_group": ("security group", "name"),
    "aws_route_table": ("route table", ""),
}

# By the beginning of a resource's type and an argument: the kind whose name the argument is.
_NAMED = (
    ("aws_iam_role_", "role", "role"),
    ("aws_iam_instance_profile", "role", "role"),
    ("aws_iam_policy_attachment", "roles", "role"),
    ("aws_iam_policy_attachment", "users", "user"),
    ("aws_iam_policy_attachment", "groups", "group"),
    ("aws_iam_user_", "user", "user"),
    ("aws_iam_group_", "group", "group"),
    ("aws_s3_", "bucket", "bucket"),
    ("aws_ecr_", "repository", "repository"),
    ("aws_lambda_", "function_name", "function"),
    ("aws_secretsmanager_secret_", "secret_id", "secret"),
    ("aws_cloudwatch_log_", "log_group_name", "log group"),
)

# By a data source's type: the kind, and the arguments that name it.
_ASKED = {
    "aws_iam_role": ("role", "name"),
    "aws_iam_user": ("user", "user_name"),
    "aws_iam_group": ("group", "group_name"),
    "aws_iam_policy": ("policy", "name"),
    "aws_kms_key": ("key", "key_id"),
    "aws_kms_alias": ("alias", "name"),
    "aws_ecr_repository": ("repository", "name"),
    "aws_ecr_image": ("image", "repository_name", "image_tag"),
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_s3_object": ("object", "bucket", "key"),
    "aws_sns_topic": ("topic", "name"),
    "aws_sqs_queue": ("queue", "name"),
    "aws_lambda_function": ("function", "function_name"),
    "aws_secretsmanager_secret": ("secret", "name"),
    "aws_secretsmanager_secret_version": ("secret", "secret_id"),
    "aws_ssm_parameter": ("parameter", "name"),
    "aws_cloudwatch_log_group": ("log group", "name"),
}

# By a data source's type of EC2: the kind, the prefix of its id, and EC2's filter for each argument.
_IN_VPC = {"vpc_id": "vpc-id"}
_NETWORK: dict[str, tuple[str, str, dict[str, str]]] = {
    "aws_vpc": ("VPC", "vpc", {"id": "vpc-id", "cidr_block": "cidr", "default": "is-default"}),
    "aws_subnet": (
        "subnet",
        "subnet",
        {
            "id": "subnet-id",
            "availability_zone": "availability-zone",
            "cidr_block": "cidr-block",
            "default_for_az": "default-for-az",
            **_IN_VPC,
        },
    ),
    "aws_security_group": ("security group", "sg", {"id": "group-id", "name": "group-name", **_IN_VPC}),
    "aws_route_table": (
        "route table",
        "rtb",
        {"route_table_id": "route-table-id", "subnet_id": "association.subnet-id", **_IN_VPC},
    ),
}
_IDS = ("vpc-id", "subnet-id", "group-id", "route-table-id")
_FILTERS = {
    *(filter for _, _, arguments in _NETWORK.values() for filter in arguments.values()),
    *("isDefault", "defaultForAz", "cidrBlock", "cidr-block-association.cidr-block", "state"),
    *("association.main", "map-public-ip-on-launch", "description"),
}

# Data sources that ask for nothing that could be missing. Those of several things find none, and go on.
_FREE = {
    "aws_arn",
    "aws_availability_zone",
    "aws_caller_identity",
    "aws_canonical_user_id",
    "aws_ecr_authorization_token",
    "aws_iam_policy_document",
    "aws_iam_session_context",
    "aws_kms_ciphertext",
    "aws_partition",
    "aws_region",
    "aws_sagemaker_prebuilt_ecr_image",
    "aws_secretsmanager_random_password",
    "aws_service",
    "aws_service_principal",
}

# By a resource's type and an argument: what the argument names, which has no stand-in.
_WITHOUT_STAND_IN = {
    ("aws_sagemaker_endpoint_configuration", "model_name"): ("model", "aws_sagemaker_model"),
    ("aws_sagemaker_endpoint", "endpoint_config_name"): (
        "endpoint configuration",
        "aws_sagemaker_endpoint_configuration",
    ),
}

# Terraform's own, and texts for readers.
_SKIPPED = {"//", "provider", "depends_on", "lifecycle", "provisioner", "tags", "tags_all", "description"}
_SKIPPED |= {"alarm_description", "dashboard_body"}

_EC2_ID = re.compile(r"(?<![\w-])(vpc|subnet|sg|rtb)-[0-9a-f]{8,17}(?![\w-])")
_EC2_KINDS = {prefix: kind for kind, prefix, _ in _NETWORK.values()}
_ARN = re.compile(
    r"""arn:aws[\w-]*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|aws|)"""
    r""":(?P<resource>[^\s"'\\,;|<>()\[\]]+)"""
)
_IMAGE = re.compile(
    r"(?<!\d)(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
    rf"/(?P<name>{REPOSITORY_PATTERN})(?![\w${{/-])"
)
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_S3_URIS = (
    re.compile(rf"""s3://(?P<name>{_BUCKET})(?=[/\s"'\\,)\]]|$)"""),
    re.compile(rf"https://s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/(?P<name>{_BUCKET})/"),
    re.compile(rf"https://(?P<name>{_BUCKET})\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/"),
)
_KEY_ID = re.compile(r"(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_KEY_ARGUMENT = re.compile(r"kms|key_id|encryption_key|master_key")
_REFERENCES = re.compile(r"\$\{(data\.)?(aws_\w+)\.([\w-]+)")
_UNKNOWN = re.compile(r"[*?${}]")

# By service: the form of an ARN's resource, and the kind. The group is the name.
_ARN_RESOURCES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "iam": tuple((re.compile(rf"{kind}/(.+)"), kind) for kind in _IAM),
    "kms": ((re.compile(r"key/(.+)"), "key"), (re.compile(r"(alias/.+)"), "alias")),
    "sns": ((re.compile(r"([^:]+)(?::.+)?"), "topic"),),
    "sqs": ((re.compile(r"([^:]+)"), "queue"),),
    "lambda": ((re.compile(r"function:([^:]+)(?::.+)?"), "function"),),
    "ecr": ((re.compile(r"repository/(.+)"), "repository"),),
    "s3": ((re.compile(r"([^/:]+)(?:/.*)?"), "bucket"),),
    # AWS adds six characters to the name.
    "secretsmanager": ((re.compile(r"secret:([^:]+?)(?:-[A-Za-z0-9]{6})?(?::.*)?"), "secret"),),
    "ssm": ((re.compile(r"parameter(/.+)"), "parameter"),),
    "logs": ((re.compile(r"log-group:([^:]+)(?::.*)?"), "log group"),),
    "sagemaker": ((re.compile(r"model-package/(.+)"), "model package"),),
    "ec2": tuple(
        (re.compile(rf"{words}/({prefix}-[0-9a-f]+)"), _EC2_KINDS[prefix])
        for words, prefix in (("vpc", "vpc"), ("subnet", "subnet"), ("security-group", "sg"))
    ),
}
_AWS_ACCOUNTS = set(DLC_ACCOUNT_BY_REGION.values())


class _Finder:
    """Looks through one stack."""

    def __init__(self, stack: NamedStack, region: str, account: str) -> None:
        self._stack = stack
        self._account = account
        self._blocks = list(_blocks(stack.content))
        self._resolver = Expressions(stack.content, stack.variables, region, account)
        self._region = region
        self._imported = {
            block.get("to") for block in _listed(stack.content.get("import")) if isinstance(block, Mapping)
        }
        self._by_address = {address: block for address, _, _, block in self._blocks}

    def made(self) -> Iterator[Existing]:
        """What the stack makes, as far as its name or its tags are known."""
        for address, section, type, block in self._blocks:
            if section != "resource" or type not in _MADE or address in self._imported:
                continue
            kind, argument = _MADE[type]
            name = self._resolve(block.get(argument))
            if kind == "object":
                name = f"{self._resolve(block.get('bucket'))}/{name}"
            filters = self._tag_filters(block)
            if kind == "security group" and _is_text(name):
                filters = (*filters, ("group-name", (name,)))
            if _is_text(name) or filters:
                yield self._thing(kind, name if _is_text(name) else address, address, block, filters=filters)

    def needed(self) -> Iterator[Existing]:
        """What the stack names and asks for."""
        yield from self._networks()
        for address, section, type, block in self._blocks:
            if section == "data" and (singular := _singular(type)):
                yield from self._asked_of_ec2(address, singular, type != singular, block)
        for address, section, type, block in self._blocks:
            if section == "data" and type in _ASKED:
                yield from self._asked(address, type, block)
            if section == "import" and (kind := _imported_kind(address)):
                yield from self._named(kind, str(self._resolve(block["id"])), address, block)
            for argument, text in self._texts(block):
                yield from self._in_text(text, address, block)
                yield from self._in_argument(section, type, argument, text, address, block)

    def unmet(self) -> Iterator[Unmet]:
        """What the stack needs that has no stand-in."""
        for address, section, type, block in self._blocks:
            if section == "data" and type.startswith("aws_") and not self._is_met(type, block):
                yield Unmet(what=f"a data source of the type {type}", stack=self._stack.name, address=address)
            if section == "import" and not _imported_kind(address) and not _EC2_ID.search(str(block["id"])):
                yield Unmet(what=f"{block['id']}, which is imported", stack=self._stack.name, address=address)
            for argument, text in self._texts(block) if section == "resource" else ():
                words, made_by = _WITHOUT_STAND_IN.get((type, argument), ("", ""))
                names = {
                    self._resolve(b.get("name"))
                    for _, s, t, b in self._blocks
                    if (s, t) == (section, made_by)
                }
                if words and is_known(text) and text not in names:
                    yield Unmet(what=f"the {words} {text}", stack=self._stack.name, address=address)

    def _is_met(self, type: str, block: Json) -> bool:
        if singular := _singular(type):
            return not self._unknown_filters(singular, block)
        return type in _ASKED or type in _FREE or type.endswith("s")

    def _thing(self, kind: str, name: str, address: str, block: Mapping[str, Any], **more: Any) -> Existing:
        region = more.pop("region", "") or self._resolver.region(block)
        account = more.pop("account", "") or self._account
        region = "" if kind in _IAM else region
        address = f"{self._stack.name}: {address}"
        return Existing(kind=kind, name=name, region=region, account=account, address=address, **more)

    def _resolve(self, value: Any) -> Any:
        """The value, with the ids that data sources of EC2 get."""
        resolved = self._resolver.resolve(value)
        if isinstance(resolved, list):
            return [self._resolve(inner) for inner in resolved]
        if isinstance(resolved, str) and (
            found := re.fullmatch(r"\$\{data\.(aws_\w+)\.([\w-]+)\.id\}", resolved)
        ):
            type, name = found.groups()
            block = self._stack.content.get("data", {}).get(type, {}).get(name)
            if block is not None and type in _NETWORK and (asked := self._filters(type, block)):
                return self._id(type, asked, block)
        return resolved

    def _texts(self, value: Any, argument: str = "") -> Iterator[tuple[str, str]]:
        """Every text in a block, with the name of its argument."""
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if key not in _SKIPPED:
                    yield from self._texts(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from self._texts(inner, argument)
        elif isinstance(value, str):
            resolved = self._resolve(value)
            if isinstance(resolved, str):
                yield argument, resolved
            elif isinstance(resolved, Mapping | list):
                yield from self._texts(resolved, argument)

    # EC2 ---------------------------------------------------------------------------------------------------

    def _networks(self) -> Iterator[Existing]:
        """The VPCs that subnets are put into, with room for them."""
        for address, section, type, block in self._blocks:
            if section == "resource" and type == "aws_subnet":
                vpc, cidr = self._resolve(block.get("vpc_id")), self._resolve(block.get("cidr_block"))
                if _is_text(vpc) and _EC2_ID.fullmatch(vpc) and _is_text(cidr):
                    network = ipaddress.ip_network(cidr, strict=False).supernet(new_prefix=16)
                    filters = (("cidr", (str(network),)),)
                    yield self._thing("VPC", vpc, address, block, filters=filters)

    def _asked_of_ec2(self, address: str, type: str, plural: bool, block: Json) -> Iterator[Existing]:
        filters = self._filters(type, block)
        if not filters or self._unknown_filters(type, block):
            return
        kind, _, arguments = _NETWORK[type]
        own_id = arguments.get("id", "route-table-id")
        vpcs = dict(filters).get("vpc-id", ()) if kind != "VPC" else ()
        ids = dict(filters).get(own_id, ()) or (self._id(type, filters, block),)
        rest = tuple((name, values) for name, values in filters if name != own_id)
        for id in ids:
            yield self._thing(
                kind, id, address, block, filters=rest, vpc=vpcs[0] if vpcs else None, plural=plural
            )

    def _filters(self, type: str, block: Json) -> Filters:
        """What a data source asks for; empty if a part of it is known only to Terraform."""
        asked: dict[str, Any] = {
            filter: block[argument]
            for argument, filter in _NETWORK[type][2].items()
            if block.get(argument) is not None
        }
        for filter in _listed(block.get("filter")):
            asked[filter["name"]] = filter["values"]
        asked = {
            _PLAIN.get(name, name): [_text(value) for value in _listed(self._resolve(given))]
            for name, given in asked.items()
        }
        tags = self._resolve(block.get("tags") or {})
        if not is_known(list(asked.values())) or not isinstance(tags, Mapping) or not is_known(tags):
            return ()
        asked |= {f"tag:{name}": [str(value)] for name, value in tags.items()}
        return tuple((name, tuple(values)) for name, values in asked.items() if values)

    def _unknown_filters(self, type: str, block: Json) -> list[str]:
        return [
            name
            for name, _ in self._filters(type, block)
            if not name.startswith("tag:") and name not in _FILTERS
        ]

    def _tag_filters(self, block: Json) -> Filters:
        tags = self._resolve(block.get("tags") or {})
        if not isinstance(tags, Mapping):
            return ()
        return tuple((f"tag:{name}", (value,)) for name, value in tags.items() if _is_text(value))

    def _id(self, type: str, filters: Filters, block: Json) -> str:
        """The id of what a data source finds: the one that it asks for, or one made of its filters."""
        kind, prefix, arguments = _NETWORK[type]
        if own := dict(filters).get(arguments.get("id", "route-table-id")):
            return own[0]
        asked = json.dumps([kind, self._resolver.region(block), filters])
        return f"{prefix}-{hashlib.sha256(asked.encode()).hexdigest()[:17]}"

    def _vpc_near(self, block: Json) -> str | None:
        """The VPC that a block names, or one that the block refers to."""
        referred = (
            self._by_address.get(f"{data or ''}{type}.{name}", {})
            for _, text in _plain_texts(block)
            for data, type, name in _REFERENCES.findall(text)
        )
        for near in (block, *referred):
            for _, text in self._texts(near):
                if (found := _EC2_ID.search(text)) and found[1] == "vpc":
                    return found[0]
        vpcs = {
            found[0]
            for _, _, _, other in self._blocks
            for _, text in self._texts(other)
            for found in _EC2_ID.finditer(text)
            if found[1] == "vpc"
        }
        return vpcs.pop() if len(vpcs) == 1 else None

    # Names -------------------------------------------------------------------------------------------------

    def _asked(self, address: str, type: str, block: Json) -> Iterator[Existing]:
        kind, *arguments = _ASKED[type]
        names = [self._resolve(block.get(argument)) for argument in arguments]
        if all(_is_text(name) for name in names) and not names[0].startswith("arn:"):
            if kind == "key" and names[0].startswith("alias/"):
                kind = "alias"
            yield from self._named(
                kind, ":".join(names) if kind == "image" else "/".join(names), address, block
            )

    def _in_argument(
        self, section: str, type: str, argument: str, text: str, address: str, block: Json
    ) -> Iterator[Existing]:
        if not is_known(text) or text.startswith("arn:"):
            return
        if section == "resource":
            for start, named, kind in _NAMED:
                if argument == named and type.startswith(start):
                    yield from self._named(kind, text, address, block)
        if _KEY_ARGUMENT.search(argument):
            if _KEY_ID.fullmatch(text):
                yield from self._named("key", text, address, block)
            elif text.startswith("alias/"):
                yield from self._named("alias", text, address, block)

    def _in_text(self, text: str, address: str, block: Json) -> Iterator[Existing]:
        for found in _EC2_ID.finditer(text):
            kind = _EC2_KINDS[found[1]]
            vpc = self._vpc_near(block) if kind != "VPC" else None
            yield self._thing(kind, found[0], address, block, vpc=vpc)
        for form in _S3_URIS:
            for found in form.finditer(text):
                yield from self._named("bucket", found["name"], address, block)
        for found in _IMAGE.finditer(text):
            if found["account"] not in _AWS_ACCOUNTS:
                place = {"region": found["region"], "account": found["account"]}
                yield from self._named("repository", found["name"], address, block, **place)
        for found in _ARN.finditer(text):
            place = {"region": found["region"], "account": found["account"]}
            if found["account"] in _AWS_ACCOUNTS:
                continue
            for form, kind in _ARN_RESOURCES.get(found["service"], ()):
                if named := form.fullmatch(found["resource"]):
                    yield from self._named(kind, named[1], address, block, **place)

    def _named(self, kind: str, name: str, address: str, block: Json, **place: str) -> Iterator[Existing]:
        # AWS makes its own aliases, and the rest of a name may be unknown.
        if not name.startswith("alias/aws/") and not _UNKNOWN.search(name):
            yield self._thing(kind, name, address, block, **place)


# Older names of EC2's filters.
_PLAIN = {"isDefault": "is-default", "defaultForAz": "default-for-az", "cidrBlock": "cidr-block"}


def _singular(type: str) -> str | None:
    return next((name for name in _NETWORK if type in (name, f"{name}s")), None)


def _blocks(content: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Address, section, type and content of everything that may name something."""
    for section, start in (("resource", ""), ("data", "data.")):
        for type, named in content.get(section, {}).items():
            for name, block in named.items():
                yield f"{start}{type}.{name}", section, type, block
    for name, block in content.get("module", {}).items():
        rest = {key: value for key, value in block.items() if key not in ("source", "version", "providers")}
        yield f"module.{name}", "module", "", rest
    for block in _listed(content.get("import")):
        yield str(block.get("to")), "import", "", {"id": block.get("id")}


def _imported_kind(address: str) -> str | None:
    kind, argument = _MADE.get(address.partition(".")[0], ("", ""))
    return kind if argument and kind != "security group" else None


def _plain_texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _plain_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _plain_texts(inner)
    elif isinstance(value, str):
        yield "", value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and is_known(value)
