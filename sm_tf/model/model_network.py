"""A model's VPC configuration."""

from collections.abc import Mapping, Sequence

from sm_tf.access.network import MAX_SECURITY_GROUPS, Connections, Port, id_of
from sm_tf.access.provider_types import HasId
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Map, Resource
from sm_tf.bindings.tokens import as_list
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import readable_name

_MAX_SUBNETS = 16
"""The most subnets of a model (VpcConfig, SageMaker API reference)."""


def check_network(
    check: Checks,
    vpc: HasId | str | None,
    vpc_subnets: Sequence[HasId | str],
    security_groups: Sequence[HasId | str] | None,
    allow_all_outbound: bool | None,
) -> None:
    """Check that a model's network arguments fit together."""
    if vpc is None:
        given = {
            "vpc_subnets": bool(vpc_subnets),
            "security_groups": security_groups is not None,
            "allow_all_outbound": allow_all_outbound is not None,
        }
        for name in (name for name, present in given.items() if present):
            check.problem(f"{name} is given without vpc; pass vpc= too")
        return
    check.require(vpc != "", "vpc is an empty string; pass a VPC or its id")
    count = len(vpc_subnets)
    check.require(
        1 <= count <= _MAX_SUBNETS,
        f"vpc is given with {count} vpc_subnets; pass 1 to {_MAX_SUBNETS} private subnets of the VPC",
    )
    count = len(as_list(security_groups or ()))
    check.require(
        count <= MAX_SECURITY_GROUPS,
        f"{count} security_groups are given; a model has at most {MAX_SECURITY_GROUPS}",
    )
    check.require(
        not (security_groups and allow_all_outbound is not None),
        "allow_all_outbound is given with security_groups; set the rules of those groups instead",
    )


def make_security_group(
    model: Construct, vpc: HasId | str, *, allow_all_outbound: bool, tags: Mapping[str, str] | None
) -> HasId:
    """Create the model's own security group."""
    group: HasId = Resource(
        model,
        "SecurityGroup",
        "aws_security_group",
        {
            "name_prefix": readable_name(model, limit=60) + "-",
            "description": f"Network access of the model {readable_name(model, limit=200)}",
            "vpc_id": id_of(vpc),
            "tags": Map(tags) if tags else None,
            "lifecycle": {"create_before_destroy": True},
        },
    ).object
    if allow_all_outbound:
        description = "Allow all outbound traffic by default"
        Connections(model, [group]).allow_to_any_ipv4(Port.all_traffic(), description)
    return group
