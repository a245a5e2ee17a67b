"""Finds what a program's stacks name or ask data sources for, but don't make: it has to exist already."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.sandbox.expressions import Expressions, Json, is_known
from sm_tf.sandbox.mentions import EC2_ID, EC2_KINDS, IAM_KINDS, KEY_ID, is_definite, mentions
from sm_tf.sandbox.network_queries import (
    Filters,
    NetworkQuery,
    is_network_query,
    read_query,
    tag_filters,
)


@dataclass(frozen=True, kw_only=True)
class Existing:
    """Something that has to exist before a plan.

    Args:
        kind: role, user, group, policy, key, alias, repository, image, bucket, object, topic, queue,
            function, secret, parameter, log group, model package, VPC, subnet, security group or route table.
        name: its name, path and name in IAM, or id in EC2 and KMS. What a data source finds by tags has an id
            that is made of them.
        region: its region, empty in IAM.
        account: its account; `aws` for a managed policy of AWS.
        filters: what a data source asks for, as EC2's filters.
        vpc: the id of the VPC that it is in, if it is known.
        plural: whether the data source asks for several.
        stack: the stack that needs it.
        address: the resource or data source that names it.
    """

    kind: str
    name: str
    region: str
    account: str
    filters: Filters = ()
    vpc: str | None = None
    plural: bool = False
    stack: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """Something that has to exist and has no stand-in: what it is in words, and who needs it."""

    what: str
    stack: str
    address: str


@dataclass(frozen=True, kw_only=True)
class NamedStack:
    """A stack with its name and the values of its variables."""

    name: str
    content: Mapping[str, Any]
    variables: Mapping[str, Any]


def find_existing(
    stacks: Iterable[NamedStack], *, region: str, account: str
) -> tuple[list[Existing], list[Unmet]]:
    """What the stacks need and don't make, each once, and what of it has no stand-in.

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
            key = _key(thing)
            if key not in taken and not any(_answers(thing, own) for own in made):
                found[key] = max(found.get(key, thing), thing, key=_detail)
    return list(found.values()), [unmet for finder in finders for unmet in finder.unmet()]


def _key(thing: Existing) -> tuple[str, ...]:
    # Names of buckets are global, and those in IAM are unique whatever their paths are.
    region = "" if thing.kind in ("bucket", "object") else thing.region
    name = thing.name.rpartition("/")[2] if thing.kind in IAM_KINDS else thing.name
    return thing.kind, name, region, thing.account


def _detail(thing: Existing) -> tuple[int, int]:
    """How much is known of a thing: its path in IAM, and what a data source finds it by."""
    return len(thing.name), len(thing.filters)


def _answers(asked: Existing, made: Existing) -> bool:
    """Whether a resource that a stack makes has the tags and the name that a data source asks for."""
    filters = dict(asked.filters)
    wanted = {name: values[0] for name, values in filters.items() if name.startswith("tag:")}
    wanted |= {name: filters[name][0] for name in ("group-name",) if name in filters}
    own = {name: values[0] for name, values in made.filters}
    same = made.kind == asked.kind and made.region == asked.region
    return same and bool(wanted) and wanted.items() <= own.items()


# By a resource's type: the kind, and the argument with the name that the resource gets.
_MADE = {
    "aws_iam_role": ("role", "name"),
    "aws_iam_user": ("user", "name"),
    "aws_iam_group": ("group", "name"),
    "aws_iam_policy": ("policy", "name"),
    "aws_kms_alias": ("alias", "name"),
    "aws_ecr_repository": ("repository", "name"),
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_sns_topic": ("topic", "name"),
    "aws_sqs_queue": ("queue", "name"),
    "aws_lambda_function": ("function", "function_name"),
    "aws_secretsmanager_secret": ("secret", "name"),
    "aws_ssm_parameter": ("parameter", "name"),
    "aws_cloudwatch_log_group": ("log group", "name"),
}
_MADE_IN_NETWORK = {
    "aws_vpc": "VPC",
    "aws_subnet": "subnet",
    "aws_security_group": "security group",
    "aws_route_table": "route table",
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
_KEY_ARGUMENT = re.compile(r"kms|key_id|encryption_key|master_key")

# By a data source's type: the kind, the arguments that name it, and what is between them.
_ASKED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "aws_iam_role": ("role", ("name",), ""),
    "aws_iam_user": ("user", ("user_name",), ""),
    "aws_iam_group": ("group", ("group_name",), ""),
    "aws_iam_policy": ("policy", ("name",), ""),
    "aws_kms_key": ("key", ("key_id",), ""),
    "aws_kms_alias": ("alias", ("name",), ""),
    "aws_ecr_repository": ("repository", ("name",), ""),
    "aws_ecr_image": ("image", ("repository_name", "image_tag"), ":"),
    "aws_s3_bucket": ("bucket", ("bucket",), ""),
    "aws_s3_object": ("object", ("bucket", "key"), "/"),
    "aws_sns_topic": ("topic", ("name",), ""),
    "aws_sqs_queue": ("queue", ("name",), ""),
    "aws_lambda_function": ("function", ("function_name",), ""),
    "aws_secretsmanager_secret": ("secret", ("name",), ""),
    "aws_secretsmanager_secret_version": ("secret", ("secret_id",), ""),
    "aws_ssm_parameter": ("parameter", ("name",), ""),
    "aws_cloudwatch_log_group": ("log group", ("name",), ""),
}

# Data sources of one thing that ask for nothing that could be missing.
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

# By a resource's type and an argument: what the argument names, and the type that makes it.
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
_REFERENCE = re.compile(r"\$\{((?:data\.)?aws_\w+\.[\w-]+)")
_DATA_ID = re.compile(r"\$\{data\.(aws_\w+)\.([\w-]+)\.id\}")


@dataclass(frozen=True, kw_only=True)
class _Block:
    section: str
    type: str
    address: str
    content: Json


class _Finder:
    """Looks through one stack."""

    def __init__(self, stack: NamedStack, region: str, account: str) -> None:
        self._stack = stack
        self._account = account
        self._expressions = Expressions(stack.content, stack.variables, region, account)
        self._blocks = {block.address: block for block in _blocks(stack.content)}
        self._imports = list(_imports(stack.content))
        self._vpcs = self._vpc_ids(*self._blocks.values())

    def made(self) -> Iterator[Existing]:
        """What the stack makes, as far as its name or its tags are known."""
        imported = {block.address for block in self._imports}
        for block in self._of("resource"):
            if block.address in imported:
                continue
            if kind := _MADE_IN_NETWORK.get(block.type):
                filters = tag_filters(block.content, self._resolve)
                name = self._resolve(block.content.get("name"))
                filters += (("group-name", (name,)),) if _is_text(name) else ()
                yield self._thing(kind, block.address, block, filters=filters)
            elif block.type in _MADE:
                kind, argument = _MADE[block.type]
                name = self._resolve(block.content.get(argument))
                if _is_text(name):
                    yield self._thing(kind, name, block)

    def needed(self) -> Iterator[Existing]:
        """What the stack names and asks for."""
        yield from self._extended_vpcs()
        for block in self._of("data"):
            if (query := self._query(block)) and not query.unknown:
                found = {"filters": query.filters, "vpc": query.vpc, "plural": query.plural}
                yield self._thing(query.kind, query.id, block, **found)
        for block in (*self._blocks.values(), *self._imports):
            yield from self._named_by(block)
            for argument, text in self._texts(block.content):
                yield from self._mentioned(text, block)
                yield from self._in_argument(argument, text, block)

    def unmet(self) -> Iterator[Unmet]:
        """What the stack needs that has no stand-in."""
        for block in self._of("data"):
            if block.type.startswith("aws_") and not self._can_be_met(block):
                yield self._unmet(f"what a data source of the type {block.type} finds", block)
        for block in self._imports:
            id = str(self._resolve(block.content["id"]))
            if block.type.startswith("aws_") and block.type not in _MADE and not any(mentions(id)):
                yield self._unmet(f"{id}, which it imports", block)
        for block in self._of("resource"):
            for argument, text in self._texts(block.content):
                words, maker = _WITHOUT_STAND_IN.get((block.type, argument), ("", ""))
                names = {self._resolve(made.content.get("name")) for made in self._of("resource", maker)}
                if words and is_known(text) and text not in names:
                    yield self._unmet(f"the {words} {text}", block)

    def _of(self, section: str, type: str | None = None) -> list[_Block]:
        return [
            block
            for block in self._blocks.values()
            if block.section == section and type in (None, block.type)
        ]

    def _unmet(self, what: str, block: _Block) -> Unmet:
        return Unmet(what=what, stack=self._stack.name, address=block.address)

    def _can_be_met(self, block: _Block) -> bool:
        if is_network_query(block.type):
            query = self._query(block)
            return query is None or not query.unknown
        # Data sources of several things find none, and Terraform goes on.
        return block.type in _ASKED or block.type in _FREE or block.type.endswith("s")

    def _thing(self, kind: str, name: str, block: _Block, **more: Any) -> Existing:
        region = more.pop("region", "") or self._expressions.region(block.content)
        account = more.pop("account", "") or self._account
        return Existing(
            kind=kind,
            name=name,
            region="" if kind in IAM_KINDS else region,
            account=account,
            stack=self._stack.name,
            address=block.address,
            **more,
        )

    def _resolve(self, value: Any) -> Any:
        """The value with what is known put in, also the ids of what data sources of EC2 find."""
        resolved = self._expressions.resolve(value)
        if isinstance(resolved, list):
            return [self._resolve(inner) for inner in resolved]
        if isinstance(resolved, str) and (found := _DATA_ID.fullmatch(resolved)):
            block = self._blocks.get(f"data.{found[1]}.{found[2]}")
            if block and (query := self._query(block)):
                return query.id
        return resolved

    def _query(self, block: _Block) -> NetworkQuery | None:
        return read_query(block.type, block.content, self._expressions.region(block.content), self._resolve)

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
            else:
                yield from self._texts(resolved, argument)

    def _extended_vpcs(self) -> Iterator[Existing]:
        """The VPCs that the stack puts subnets into, with room for them."""
        for block in self._of("resource", "aws_subnet"):
            vpc = self._resolve(block.content.get("vpc_id"))
            cidr = self._resolve(block.content.get("cidr_block"))
            if _is_text(vpc) and EC2_ID.fullmatch(vpc) and _is_text(cidr):
                network = ipaddress.ip_network(cidr, strict=False).supernet(new_prefix=16)
                yield self._thing("VPC", vpc, block, filters=(("cidr", (str(network),)),))

    def _named_by(self, block: _Block) -> Iterator[Existing]:
        """What a data source or an import has the name of."""
        if block.section == "data" and block.type in _ASKED:
            kind, arguments, between = _ASKED[block.type]
        elif block.section == "import" and block.type in _MADE:
            kind, arguments, between = _MADE[block.type][0], ("id",), ""
        else:
            return
        names = [self._resolve(block.content.get(argument)) for argument in arguments]
        if not all(_is_text(name) for name in names) or names[0].startswith("arn:"):
            return
        if kind == "key" and names[0].startswith("alias/"):
            kind = "alias"
        if is_definite(name := between.join(names)):
            yield self._thing(kind, name, block)

    def _in_argument(self, argument: str, text: str, block: _Block) -> Iterator[Existing]:
        """What an argument names without an ARN."""
        if not is_known(text) or text.startswith("arn:") or not is_definite(text):
            return
        for start, named, kind in _NAMED if block.section == "resource" else ():
            if argument == named and block.type.startswith(start):
                yield self._thing(kind, text, block)
        if _KEY_ARGUMENT.search(argument):
            if KEY_ID.fullmatch(text):
                yield self._thing("key", text, block)
            elif text.startswith("alias/"):
                yield self._thing("alias", text, block)

    def _mentioned(self, text: str, block: _Block) -> Iterator[Existing]:
        for mention in mentions(text):
            more: dict[str, Any] = {"region": mention.region, "account": mention.account}
            if mention.kind == "secret":
                # Its ARN ends in characters that AWS chooses.
                more["filters"] = (("arn", (mention.arn,)),)
            if mention.kind in EC2_KINDS.values() and mention.kind != "VPC":
                more["vpc"] = self._vpc_near(block)
            yield self._thing(mention.kind, mention.name, block, **more)

    def _vpc_near(self, block: _Block) -> str | None:
        """The VPC that a block names, or one that it refers to, or the stack's only one."""
        references = (address for text in _plain_texts(block.content) for address in _REFERENCE.findall(text))
        referred = [self._blocks[address] for address in references if address in self._blocks]
        near = self._vpc_ids(block, *referred) or self._vpcs
        return near[0] if near and (near is not self._vpcs or len(near) == 1) else None

    def _vpc_ids(self, *blocks: _Block) -> list[str]:
        texts = (text for block in blocks for _, text in self._texts(block.content))
        ids = [found[0] for text in texts for found in EC2_ID.finditer(text) if found[1] == "vpc"]
        return list(dict.fromkeys(ids))


def _blocks(content: Mapping[str, Any]) -> Iterator[_Block]:
    """Everything that may name something."""
    for section, start in (("resource", ""), ("data", "data.")):
        for type, named in content.get(section, {}).items():
            for name, block in named.items():
                yield _Block(section=section, type=type, address=f"{start}{type}.{name}", content=block)
    for name, block in content.get("module", {}).items():
        rest = {key: value for key, value in block.items() if key not in ("source", "version", "providers")}
        yield _Block(section="module", type="", address=f"module.{name}", content=rest)


def _imports(content: Mapping[str, Any]) -> Iterator[_Block]:
    for block in content.get("import", []):
        address = str(block["to"])
        yield _Block(section="import", type=address.partition(".")[0], address=address, content=block)


def _plain_texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _plain_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _plain_texts(inner)
    elif isinstance(value, str):
        yield value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and is_known(value)
