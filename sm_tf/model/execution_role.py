"""A model's execution role, and the permissions that every model needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sm_tf.access.iam import PolicyStatement, policy_document
from sm_tf.access.policies import check_account
from sm_tf.access.principal import Grantee, Principal, principal_of
from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.role_permissions import ROLE_PERMISSIONS
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Map, Place, Resource
from sm_tf.bindings.tokens import is_list_token
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.rules import check_text_rule


def check_role(check: Checks, place: Place, role: Grantee) -> Principal | None:
    """Return the principal of the role that a user passed; check that SageMaker can assume it."""
    try:
        principal = Principal.given(place.path, role)
    except InvalidPropsError as error:
        for problem in error.problems:
            check.problem(f"role: {problem}")
        return None
    check.require(
        principal.kind == "role",
        f"role is a {principal.kind}; SageMaker can only assume a role, so pass an IAM role",
    )
    must = "is no role that SageMaker takes; pass arn:aws:iam::<account>:role/<path and name>"
    check_text_rule(check, "role", principal.arn, sagemaker("RoleArn"), must)
    check_account(check, place, principal)
    return principal


def make_role(
    model: Construct, tags: Mapping[str, str] | None, *, confused_deputy_protection: bool
) -> Principal:
    """Create a role that SageMaker may assume: with the protection, only on behalf of the role's account. It
    has no permissions yet.

    Source:
    https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    """
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    if confused_deputy_protection:
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": Environment(model).account}}
    role = Resource(
        model,
        "Role",
        "aws_iam_role",
        {
            "name_prefix": readable_name(model, limit=37) + "-",
            "description": f"What SageMaker runs the model {readable_name(model, limit=200)} as",
            "assume_role_policy": policy_document([trust]),
            "tags": Map(tags) if tags else None,
        },
        attributes=("arn", "name"),
    )
    return principal_of(model, "role", role["arn"], role["name"])


def logs_and_metrics(environment: Environment) -> list[PolicyStatement]:
    """Return the permissions to write the endpoints' logs and metrics."""
    return [
        PolicyStatement(
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            resources=[environment.arn("logs", "log-group:/aws/sagemaker/Endpoints/*")],
        ),
        # CloudWatch supports no resources for this action, only a condition.
        PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={
                "StringEquals": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]}
            },
        ),
    ]


def network_interfaces(environment: Environment, subnets: Sequence[str]) -> list[PolicyStatement]:
    """Return the permissions to manage network interfaces in these subnets.

    Source:
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
    """
    interfaces = environment.arn("ec2", "network-interface/*")
    # Subnets and their groups may be shared from another account. Their ids are unique.
    shared = f"arn:{environment.partition}:ec2:{environment.region}:*"
    # If only Terraform knows the list, the number of subnets isn't known at synth.
    ids = ["*"] if is_list_token(subnets) else subnets
    create, *manage = ROLE_PERMISSIONS["Model.vpc_subnets"]
    return [
        PolicyStatement(
            actions=[create],
            resources=[interfaces, f"{shared}:security-group/*", *(f"{shared}:subnet/{id}" for id in ids)],
        ),
        PolicyStatement(actions=manage, resources=[interfaces]),
        # AWS supports no resources for these actions.
        PolicyStatement(
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
        ),
    ]
