"""A model's VPC configuration."""

from collections.abc import Mapping, Sequence

from sm_tf.access.network import Connections, Port, id_of
from sm_tf.access.provider_types import HasId
from sm_tf.aws.api_rules import Rule, sagemaker
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Map, Resource
from sm_tf.bindings.tokens import as_list
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.rules import check_count_rule, check_text_rule


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
    check_count_rule(
        check,
        "vpc_subnets, which vpc needs,",
        len(vpc_subnets),
        sagemaker("Subnets"),
        "private subnets of the VPC",
    )
    groups = as_list(security_groups or ())
    if groups:
        check_count_rule(check, "security_groups", len(groups), sagemaker("VpcSecurityGroupIds"), "groups")
    check_ids(check, "vpc_subnets", vpc_subnets, sagemaker("SubnetId"))
    check_ids(check, "security_groups", groups, sagemaker("SecurityGroupId"))
    check.require(
        not (security_groups and allow_all_outbound is not None),
        "allow_all_outbound is given with security_groups; set the rules of those groups instead",
    )


def check_ids(check: Checks, what: str, things: Sequence[HasId | str], rule: Rule) -> None:
    """Check the ids among subnets or security groups."""
    for index, id in enumerate(thing for thing in things if isinstance(thing, str)):
        check_text_rule(check, f"{what}[{index}]", id, rule, "must be an id: letters, digits and hyphens")


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
