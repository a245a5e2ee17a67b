"""Lists the resources that exist in the embedded AWS, by its own API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.sandbox.stack import Resource, Stack

Attributes = Mapping[str, Any]
Reader = Callable[[Callable[[str], Any], Attributes], str | None]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource: its kind in words, its address in Terraform, its name in AWS, and its state in AWS."""

    stack: str
    address: str
    kind: str
    name: str
    state: str


def inventory(aws: Sandbox, stack: Stack) -> list[Row]:
    """The stack's resources that exist, in the order in which a request passes them, helpers last."""
    kinds = list(_KINDS)
    resources = sorted(
        (resource for resource in stack.resources() if resource.type in _KINDS),
        key=lambda resource: (kinds.index(resource.type), resource.address),
    )
    rows = (_row(aws, stack, resource) for resource in resources)
    return [row for row in rows if row is not None]


def left_behind(aws: Sandbox, stack: Stack, resources: list[Resource]) -> list[Row]:
    """The destroyed resources that AWS still has."""
    rows = (_row(aws, stack, resource) for resource in resources if resource.type in _KINDS)
    return [row for row in rows if row is not None]


def _row(aws: Sandbox, stack: Stack, resource: Resource) -> Row | None:
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    kind, name, read = _KINDS[resource.type]
    region = resource.attributes.get("region") or _region_of(resource) or aws.region
    try:
        state = read(lambda service: aws.client(service, region), resource.attributes)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise
        return None
    if state is None:
        return None
    return Row(
        stack=stack.name,
        address=resource.address,
        kind=kind,
        name=str(resource.attributes[name]),
        state=state,
    )


def _region_of(resource: Resource) -> str | None:
    parts = str(resource.attributes.get("arn", "")).split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None


def _model(client: Callable[[str], Any], attributes: Attributes) -> str:
    model = client("sagemaker").describe_model(ModelName=attributes["name"])
    containers = model.get("Containers") or [model["PrimaryContainer"]]
    images = [container.get("Image", "model package").rsplit("/", 1)[-1] for container in containers]
    return ", ".join(images)


def _endpoint_config(client: Callable[[str], Any], attributes: Attributes) -> str:
    config = client("sagemaker").describe_endpoint_config(EndpointConfigName=attributes["name"])
    return ", ".join(_variant(variant) for variant in config["ProductionVariants"])


def _variant(variant: dict[str, Any]) -> str:
    if serverless := variant.get("ServerlessConfig"):
        capacity = f"serverless, {serverless['MemorySizeInMB']} MB, {serverless['MaxConcurrency']} at once"
    else:
        capacity = f"{variant.get('InitialInstanceCount', 0)} x {variant['InstanceType']}"
    return f"{variant['VariantName']}: {capacity}"


def _endpoint(client: Callable[[str], Any], attributes: Attributes) -> str:
    endpoint = client("sagemaker").describe_endpoint(EndpointName=attributes["name"])
    weights = {variant["VariantName"]: variant["CurrentWeight"] for variant in endpoint["ProductionVariants"]}
    total = sum(weights.values()) or 1
    shares = ", ".join(f"{name} {weight / total:.0%}" for name, weight in weights.items())
    return f"{endpoint['EndpointStatus']}, traffic: {shares}"


def _target(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    found = client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=attributes["service_namespace"],
        ResourceIds=[attributes["resource_id"]],
        ScalableDimension=attributes["scalable_dimension"],
    )["ScalableTargets"]
    return f"{found[0]['MinCapacity']} to {found[0]['MaxCapacity']}" if found else None


def _policy(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    found = client("application-autoscaling").describe_scaling_policies(
        ServiceNamespace=attributes["service_namespace"],
        ResourceId=attributes["resource_id"],
        ScalableDimension=attributes["scalable_dimension"],
    )["ScalingPolicies"]
    policy = next((policy for policy in found if policy["PolicyName"] == attributes["name"]), None)
    if policy is None:
        return None
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
    if not tracking:
        return str(policy["PolicyType"])
    metric = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "a custom metric")
    return f"{metric} at {tracking['TargetValue']:g}"


def _scheduled_action(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    found = client("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace=attributes["service_namespace"], ScheduledActionNames=[attributes["name"]]
    )["ScheduledActions"]
    return str(found[0]["Schedule"]) if found else None


def _metric_alarm(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    found = client("cloudwatch").describe_alarms(AlarmNames=[attributes["alarm_name"]])["MetricAlarms"]
    return str(found[0]["StateValue"]) if found else None


def _composite_alarm(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    found = client("cloudwatch").describe_alarms(
        AlarmNames=[attributes["alarm_name"]], AlarmTypes=["CompositeAlarm"]
    )["CompositeAlarms"]
    return str(found[0]["StateValue"]) if found else None


def _dashboard(client: Callable[[str], Any], attributes: Attributes) -> str:
    client("cloudwatch").get_dashboard(DashboardName=attributes["dashboard_name"])
    return "exists"


def _role(client: Callable[[str], Any], attributes: Attributes) -> str:
    iam, name = client("iam"), attributes["name"]
    iam.get_role(RoleName=name)
    inline = len(iam.list_role_policies(RoleName=name)["PolicyNames"])
    attached = len(iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"])
    return f"{inline + attached} policies" if inline + attached != 1 else "1 policy"


def _repository(client: Callable[[str], Any], attributes: Attributes) -> str:
    found = client("ecr").describe_repositories(repositoryNames=[attributes["name"]])["repositories"][0]
    return str(found["repositoryUri"])


def _bucket(client: Callable[[str], Any], attributes: Attributes) -> str:
    client("s3").head_bucket(Bucket=attributes["bucket"])
    return "exists"


def _object(client: Callable[[str], Any], attributes: Attributes) -> str:
    found = client("s3").head_object(Bucket=attributes["bucket"], Key=attributes["key"])
    return f"{found['ContentLength']:,} bytes"


def _topic(client: Callable[[str], Any], attributes: Attributes) -> str:
    client("sns").get_topic_attributes(TopicArn=attributes["arn"])
    return "exists"


def _key(client: Callable[[str], Any], attributes: Attributes) -> str | None:
    state = str(client("kms").describe_key(KeyId=attributes["key_id"])["KeyMetadata"]["KeyState"])
    return None if state == "PendingDeletion" else state


def _vpc(client: Callable[[str], Any], attributes: Attributes) -> str:
    return str(client("ec2").describe_vpcs(VpcIds=[attributes["id"]])["Vpcs"][0]["State"])


def _subnet(client: Callable[[str], Any], attributes: Attributes) -> str:
    return str(client("ec2").describe_subnets(SubnetIds=[attributes["id"]])["Subnets"][0]["State"])


def _security_group(client: Callable[[str], Any], attributes: Attributes) -> str:
    group = client("ec2").describe_security_groups(GroupIds=[attributes["id"]])["SecurityGroups"][0]
    return f"{len(group['IpPermissions'])} in, {len(group['IpPermissionsEgress'])} out"


# By Terraform's type: the kind in words, the attribute with the name, and the reader of the state.
_KINDS: dict[str, tuple[str, str, Reader]] = {
    "aws_sagemaker_model": ("model", "name", _model),
    "aws_sagemaker_endpoint_configuration": ("endpoint configuration", "name", _endpoint_config),
    "aws_sagemaker_endpoint": ("endpoint", "name", _endpoint),
    "aws_appautoscaling_target": ("scalable target", "resource_id", _target),
    "aws_appautoscaling_policy": ("scaling policy", "name", _policy),
    "aws_appautoscaling_scheduled_action": ("scheduled action", "name", _scheduled_action),
    "aws_cloudwatch_metric_alarm": ("alarm", "alarm_name", _metric_alarm),
    "aws_cloudwatch_composite_alarm": ("composite alarm", "alarm_name", _composite_alarm),
    "aws_cloudwatch_dashboard": ("dashboard", "dashboard_name", _dashboard),
    "aws_iam_role": ("role", "name", _role),
    "aws_ecr_repository": ("repository", "name", _repository),
    "aws_s3_bucket": ("bucket", "bucket", _bucket),
    "aws_s3_object": ("object", "key", _object),
    "aws_sns_topic": ("topic", "name", _topic),
    "aws_kms_key": ("key", "key_id", _key),
    "aws_vpc": ("VPC", "id", _vpc),
    "aws_subnet": ("subnet", "id", _subnet),
    "aws_security_group": ("security group", "name", _security_group),
}
