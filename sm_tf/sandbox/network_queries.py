"""Reads what data sources of EC2 ask for: VPCs, subnets, security groups and route tables."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.sandbox.expressions import Json, is_known
from sm_tf.sandbox.mentions import EC2_KINDS

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class NetworkQuery:
    """What a data source asks for.

    Args:
        kind: VPC, subnet, security group or route table.
        id: the id that it asks for, or one made of its filters.
        filters: EC2's filters, without that of the id.
        vpc: the VPC's id, if it asks for one.
        plural: whether it asks for several.
        unknown: the filters that a stand-in can't be made for.
    """

    kind: str
    id: str
    filters: Filters
    vpc: str | None
    plural: bool
    unknown: tuple[str, ...]


# By type: the prefix of the id, the filter for the id, and the filters for arguments.
_TYPES: dict[str, tuple[str, str, dict[str, str]]] = {
    "aws_vpc": ("vpc", "vpc-id", {"id": "vpc-id", "cidr_block": "cidr", "default": "is-default"}),
    "aws_subnet": (
        "subnet",
        "subnet-id",
        {
            "id": "subnet-id",
            "vpc_id": "vpc-id",
            "availability_zone": "availability-zone",
            "cidr_block": "cidr-block",
            "default_for_az": "default-for-az",
        },
    ),
    "aws_security_group": ("sg", "group-id", {"id": "group-id", "name": "group-name", "vpc_id": "vpc-id"}),
    "aws_route_table": (
        "rtb",
        "route-table-id",
        {"route_table_id": "route-table-id", "subnet_id": "association.subnet-id", "vpc_id": "vpc-id"},
    ),
}
_OLDER_NAMES = {"isDefault": "is-default", "defaultForAz": "default-for-az", "cidrBlock": "cidr-block"}
_KNOWN = {filter for _, _, arguments in _TYPES.values() for filter in arguments.values()}
_KNOWN |= {"cidr-block-association.cidr-block", "state", "description"}
_KNOWN |= {"association.main", "map-public-ip-on-launch"}


def is_network_query(type: str) -> bool:
    """Whether a data source of this type asks for a part of a network."""
    return _singular(type) is not None


def read_query(type: str, block: Json, region: str, resolve: Callable[[Any], Any]) -> NetworkQuery | None:
    """What a data source asks for; None if it asks for nothing, or a part is known only to Terraform."""
    singular = _singular(type)
    if singular is None:
        return None
    prefix, id_filter, arguments = _TYPES[singular]
    filters = _filters(block, arguments, resolve)
    if not filters:
        return None
    asked = dict(filters)
    made = hashlib.sha256(json.dumps([type, region, filters]).encode()).hexdigest()[:17]
    rest = tuple((name, values) for name, values in filters if name != id_filter)
    vpcs = dict(rest).get("vpc-id")
    return NetworkQuery(
        kind=EC2_KINDS[prefix],
        id=asked[id_filter][0] if id_filter in asked else f"{prefix}-{made}",
        filters=rest,
        vpc=vpcs[0] if vpcs else None,
        plural=type != singular and id_filter not in asked,
        unknown=tuple(name for name in asked if name not in _KNOWN and not name.startswith("tag:")),
    )


def tag_filters(block: Json, resolve: Callable[[Any], Any]) -> Filters:
    """The tags of a block that are known, as filters."""
    tags = resolve(block.get("tags") or {})
    if not isinstance(tags, Mapping):
        return ()
    return tuple((f"tag:{name}", (str(value),)) for name, value in tags.items() if is_known(value))


def _singular(type: str) -> str | None:
    return next((name for name in _TYPES if type in (name, f"{name}s")), None)


def _filters(block: Json, arguments: Mapping[str, str], resolve: Callable[[Any], Any]) -> Filters:
    asked: dict[str, Any] = {
        filter: block[argument] for argument, filter in arguments.items() if block.get(argument) is not None
    }
    blocks = block.get("filter") or []
    for filter in blocks if isinstance(blocks, list) else [blocks]:
        asked[_OLDER_NAMES.get(filter["name"], filter["name"])] = filter["values"]
    resolved = {name: resolve(given) for name, given in asked.items()}
    tags = tag_filters(block, resolve)
    if not is_known(list(resolved.values())) or len(tags) != len(block.get("tags") or {}):
        return ()
    listed = {name: given if isinstance(given, list) else [given] for name, given in resolved.items()}
    return (*((name, tuple(map(_text, given))) for name, given in listed.items() if given), *tags)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
