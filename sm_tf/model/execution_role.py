"""The role that a model runs under, and what every model needs of it."""

from collections.abc import Mapping, Sequence

from sm_tf.access.iam import Grantee, PolicyStatement, Principal, policy_document
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Map, Resource
from sm_tf.bindings.tokens import is_list_token
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError
from sm_tf.foundation.naming import readable_name


def check_role(check: Checks, where: str, role: Grantee) -> Principal | None:
    """The principal that a user gave as a model's role; note if SageMaker can't assume it."""
    try:
        principal = Principal.given(where, role)
    except InvalidPropsError as error:
        for problem in error.problems:
            check.require(False, f"role: {problem}")
        return None
    check.require(principal.kind == "role", f"role is a {principal.kind}; SageMaker can only assume a role")
    return principal


def make_role(model: Construct, tags: Mapping[str, str] | None) -> Principal:
    """A role that SageMaker may assume; it may do nothing yet."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
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
    return Principal("role", role["arn"], role["name"])


def logs_and_metrics(environment: Environment) -> list[PolicyStatement]:
    """To write the endpoints' logs and metrics."""
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
        # CloudWatch has no resource for this action to be narrowed to, but a condition.
        PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={
                "StringEquals": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]}
            },
        ),
    ]


def network_interfaces(environment: Environment, subnets: Sequence[str]) -> list[PolicyStatement]:
    """To manage network interfaces in these subnets.

    Source:
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
    """
    interfaces = environment.arn("ec2", "network-interface/*")
    groups = environment.arn("ec2", "security-group/*")
    # Of a list that only Terraform knows, the number of statements to write isn't known either.
    ids = ["*"] if is_list_token(subnets) else subnets
    return [
        PolicyStatement(
            actions=["ec2:CreateNetworkInterface"],
            resources=[interfaces, groups, *(environment.arn("ec2", f"subnet/{id}") for id in ids)],
        ),
        PolicyStatement(
            actions=[
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            resources=[interfaces],
        ),
        # AWS has no resources for these actions to be narrowed to.
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
