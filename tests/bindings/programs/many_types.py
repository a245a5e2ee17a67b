"""Synthesizes many kinds of resources, data sources and expressions into the folder that is its argument.

What it prints tells what Python sees of objects that come back from Node.
"""

import json
import sys
from typing import Any

import cdktf_cdktf_provider_aws as aws
import jsii
from cdktf import (
    App,
    Aspects,
    AssetType,
    Fn,
    IAspect,
    LocalBackend,
    Op,
    S3Backend,
    TerraformAsset,
    TerraformCount,
    TerraformElement,
    TerraformIterator,
    TerraformLocal,
    TerraformOutput,
    TerraformResourceLifecycle,
    TerraformSelf,
    TerraformStack,
    TerraformVariable,
    Token,
    VariableType,
)
from cdktf_cdktf_provider_aws import data_aws_iam_policy_document, s3_bucket
from cdktf_cdktf_provider_aws.iam_role import IamRole, IamRoleInlinePolicy
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags
from cdktf_cdktf_provider_aws.sagemaker_endpoint import (
    SagemakerEndpoint,
    SagemakerEndpointDeploymentConfig,
    SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicy,
    SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfiguration,
    SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationCanarySize,
)
from cdktf_cdktf_provider_aws.sagemaker_endpoint_configuration import SagemakerEndpointConfiguration
from cdktf_cdktf_provider_aws.sagemaker_model import SagemakerModel, SagemakerModelContainer
from constructs import Construct, IConstruct

# Module, class, arguments: every entry another type. Maps inside lists have the names that Node uses.
RESOURCES: list[tuple[str, str, dict[str, Any]]] = [
    ("acm_certificate", "AcmCertificate", {"domain_name": "example.com", "validation_method": "DNS"}),
    ("ami_copy", "AmiCopy", {"name": "a", "source_ami_id": "ami-1", "source_ami_region": "eu-west-1"}),
    (
        "api_gateway_rest_api",
        "ApiGatewayRestApi",
        {"name": "a", "endpoint_configuration": {"types": ["EDGE"]}},
    ),
    ("apigatewayv2_api", "Apigatewayv2Api", {"name": "a", "protocol_type": "HTTP"}),
    (
        "appautoscaling_target",
        "AppautoscalingTarget",
        {
            "max_capacity": 4,
            "min_capacity": 1,
            "resource_id": "endpoint/a/variant/b",
            "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
            "service_namespace": "sagemaker",
        },
    ),
    ("athena_workgroup", "AthenaWorkgroup", {"name": "a", "force_destroy": True}),
    ("backup_vault", "BackupVault", {"name": "a"}),
    (
        "budgets_budget",
        "BudgetsBudget",
        {
            "budget_type": "COST",
            "time_unit": "MONTHLY",
            "limit_amount": "1200.5",
            "limit_unit": "USD",
            "cost_filter": [{"name": "Service", "values": ["Amazon SageMaker"]}],
        },
    ),
    ("cloudfront_function", "CloudfrontFunction", {"name": "a", "runtime": "cloudfront-js-2.0", "code": "a"}),
    ("cloudwatch_dashboard", "CloudwatchDashboard", {"dashboard_name": "a", "dashboard_body": "{}"}),
    ("cloudwatch_log_group", "CloudwatchLogGroup", {"name": "/aws/sagemaker", "retention_in_days": 30}),
    (
        "cloudwatch_metric_alarm",
        "CloudwatchMetricAlarm",
        {
            "alarm_name": "a",
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 3,
            "threshold": 0.25,
            "metric_query": [
                {"id": "e1", "expression": "m1/2", "returnData": True},
                {
                    "id": "m1",
                    "metric": {
                        "metricName": "ModelLatency",
                        "namespace": "AWS/SageMaker",
                        "period": 60,
                        "stat": "Average",
                        "dimensions": {"EndpointName": "a"},
                    },
                },
            ],
        },
    ),
    ("codecommit_repository", "CodecommitRepository", {"repository_name": "a"}),
    ("cognito_user_pool", "CognitoUserPool", {"name": "a", "password_policy": {"minimum_length": 12}}),
    ("db_instance", "DbInstance", {"instance_class": "db.t3.micro", "allocated_storage": 20}),
    (
        "dynamodb_table",
        "DynamodbTable",
        {
            "name": "a",
            "hash_key": "id",
            "attribute": [{"name": "id", "type": "S"}],
            "ttl": {"enabled": False},
        },
    ),
    ("ebs_volume", "EbsVolume", {"availability_zone": "eu-west-1a", "size": 8}),
    (
        "ecr_repository",
        "EcrRepository",
        {"name": "a", "image_scanning_configuration": {"scan_on_push": True}},
    ),
    (
        "ecs_cluster",
        "EcsCluster",
        {"name": "a", "setting": [{"name": "containerInsights", "value": "enabled"}]},
    ),
    ("efs_file_system", "EfsFileSystem", {"encrypted": True}),
    ("eip", "Eip", {"domain": "vpc"}),
    ("glue_catalog_database", "GlueCatalogDatabase", {"name": "a"}),
    (
        "instance",
        "Instance",
        {"ami": "ami-1", "instance_type": "t3.micro", "root_block_device": {"volume_size": 9}},
    ),
    ("kinesis_stream", "KinesisStream", {"name": "a", "shard_count": 1}),
    ("kms_key", "KmsKey", {"enable_key_rotation": True, "tags": {"a": "b"}}),
    (
        "lambda_function",
        "LambdaFunction",
        {"function_name": "a", "role": "arn", "timeouts": {"create": "5m"}},
    ),
    ("lexv2_models_bot", "Lexv2ModelsBot", {"name": "a", "role_arn": "a", "idle_session_ttl_in_seconds": 60}),
    ("route53_zone", "Route53Zone", {"name": "example.com", "vpc": [{"vpcId": "vpc-1"}]}),
    ("route53_domains_domain", "Route53DomainsDomain", {"domain_name": "example.com"}),
    ("s3_object", "S3Object", {"bucket": "a", "key": "b", "content": "c"}),
    (
        "sagemaker_domain",
        "SagemakerDomain",
        {
            "auth_mode": "IAM",
            "domain_name": "a",
            "subnet_ids": ["subnet-1"],
            "vpc_id": "vpc-1",
            "default_user_settings": {
                "execution_role": "arn",
                "canvas_app_settings": {"kendra_settings": {"status": "ENABLED"}},
            },
        },
    ),
    ("sagemaker_model_package_group", "SagemakerModelPackageGroup", {"model_package_group_name": "a"}),
    (
        "sagemaker_notebook_instance",
        "SagemakerNotebookInstance",
        {"instance_type": "ml.t3.medium", "name": "a", "role_arn": "a"},
    ),
    ("secretsmanager_secret", "SecretsmanagerSecret", {"name": "a", "replica": [{"region": "eu-north-1"}]}),
    (
        "security_group",
        "SecurityGroup",
        {"ingress": [{"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}]},
    ),
    ("sfn_state_machine", "SfnStateMachine", {"definition": "{}", "role_arn": "a"}),
    ("sns_topic", "SnsTopic", {"display_name": "a"}),
    ("sqs_queue", "SqsQueue", {"name": "a", "fifo_queue": True}),
    ("ssm_parameter", "SsmParameter", {"name": "a", "type": "String", "value": "b"}),
    ("subnet", "Subnet", {"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/24"}),
    ("vpc", "Vpc", {"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": True}),
    ("vpc_endpoint", "VpcEndpoint", {"vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-west-1.s3"}),
    (
        "wafv2_ip_set",
        "Wafv2IpSet",
        {"ip_address_version": "IPV4", "scope": "REGIONAL", "addresses": ["10.0.0.0/8"]},
    ),
    ("data_aws_availability_zones", "DataAwsAvailabilityZones", {"state": "available"}),
    ("data_aws_caller_identity", "DataAwsCallerIdentity", {}),
    ("data_aws_ecr_repository", "DataAwsEcrRepository", {"name": "a"}),
    ("data_aws_partition", "DataAwsPartition", {}),
    ("data_aws_region", "DataAwsRegion", {}),
    ("data_aws_sagemaker_prebuilt_ecr_image", "DataAwsSagemakerPrebuiltEcrImage", {"repository_name": "a"}),
    ("data_aws_subnets", "DataAwsSubnets", {"filter": [{"name": "vpc-id", "values": ["vpc-1"]}]}),
]


class Service(Construct):
    """A construct of the user's own, with typed arguments."""

    def __init__(self, scope: Construct, construct_id: str, *, image: str, role: IamRole) -> None:
        super().__init__(scope, construct_id)
        self.model = SagemakerModel(
            self,
            "model",
            execution_role_arn=role.arn,
            container=[SagemakerModelContainer(image=image, environment={"ROLE": role.name})],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True, ignore_changes=["tags"]),
            depends_on=[role],
        )


@jsii.implements(IAspect)
class TagEverything:
    """Called back from Node for each construct."""

    def visit(self, node: IConstruct) -> None:
        seen.append(type(node).__name__)
        if isinstance(node, s3_bucket.S3Bucket):
            node.tags = {**(node.tags_input or {}), "visited": node.node.path}


class Named(TerraformStack):
    """Overrides a method that Node calls."""

    def _allocate_logical_id(self, element: TerraformElement) -> str:
        return f"named_{element.node.id}"


seen: list[str] = []
app = App(outdir=sys.argv[1], context={"answer": 42})
stack = TerraformStack(app, "many")
LocalBackend(stack, path="many.tfstate")
provider = AwsProvider(
    stack,
    "aws",
    region="eu-west-1",
    default_tags=[AwsProviderDefaultTags(tags={"team": "ml"})],
    assume_role=[AwsProviderAssumeRole(role_arn="arn:aws:iam::123456789012:role/deploy")],
)
north = AwsProvider(stack, "north", region="eu-north-1", alias="north")

for module, name, arguments in RESOURCES:
    getattr(getattr(aws, module), name)(stack, f"one_{module}", **arguments)

document = data_aws_iam_policy_document.DataAwsIamPolicyDocument(
    stack,
    "document",
    statement=[
        data_aws_iam_policy_document.DataAwsIamPolicyDocumentStatement(
            actions=["sts:AssumeRole"],
            principals=[
                data_aws_iam_policy_document.DataAwsIamPolicyDocumentStatementPrincipals(
                    type="Service", identifiers=["sagemaker.amazonaws.com"]
                )
            ],
        )
    ],
)
role = IamRole(
    stack,
    "role",
    assume_role_policy=document.json,
    inline_policy=[IamRoleInlinePolicy(name="inline", policy=Fn.jsonencode({"a": [1, 2]}))],
    provider=north,
)
service = Service(stack, "service", image="image:1", role=role)
config = SagemakerEndpointConfiguration(
    stack,
    "config",
    production_variants=[
        {
            "variantName": "all",
            "modelName": service.model.name,
            "serverlessConfig": {"maxConcurrency": 5, "memorySizeInMb": 2048},
        }
    ],
    data_capture_config={
        "destination_s3_uri": "s3://bucket/prefix",
        "initial_sampling_percentage": 100,
        "capture_options": [{"captureMode": "Input"}],
    },
)
endpoint = SagemakerEndpoint(
    stack,
    "endpoint",
    endpoint_config_name=config.name,
    deployment_config=SagemakerEndpointDeploymentConfig(
        blue_green_update_policy=SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicy(
            traffic_routing_configuration=SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfiguration(
                type="CANARY",
                wait_interval_in_seconds=300,
                canary_size=SagemakerEndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationCanarySize(
                    type="CAPACITY_PERCENT", value=25
                ),
            )
        )
    ),
)
endpoint.add_override("lifecycle.prevent_destroy", True)
endpoint.deployment_config.put_auto_rollback_configuration(alarms=[{"alarmName": "latency"}])

variable = TerraformVariable(stack, "count", type=VariableType.NUMBER, default=2, sensitive=False)
local = TerraformLocal(stack, "local", Fn.merge([{"a": 1}, {"b": variable.number_value}]))
bucket = s3_bucket.S3Bucket(
    stack,
    "bucket",
    bucket=Fn.join("-", ["models", Token.as_string(variable.value)]),
    lifecycle_rule=[{"enabled": True, "id": "old", "expiration": {"days": 30}}],
    count=TerraformCount.of(variable.number_value),
)
iterator = TerraformIterator.from_map({"a": {"size": "1"}, "b": {"size": "2"}})
aws.sqs_queue.SqsQueue(
    stack, "each", for_each=iterator, name=iterator.key, tags={"size": iterator.get_string("size")}
)
listed = TerraformIterator.from_list(["x", "y"])
aws.security_group.SecurityGroup(
    stack,
    "dynamic",
    ingress=listed.dynamic({"from_port": 1, "to_port": 2, "protocol": "tcp", "cidr_blocks": [listed.value]}),
)
imported = aws.sns_topic.SnsTopic(stack, "imported", name="given")
imported.import_from("arn:aws:sns:eu-west-1:123456789012:given")
aws.sns_topic.SnsTopic.generate_config_for_import(
    stack, "generated", "arn:aws:sns:eu-west-1:123456789012:other"
)
moved = aws.sqs_queue.SqsQueue(stack, "moved")
moved.add_move_target("target")
aws.sqs_queue.SqsQueue(stack, "goal", name="goal").move_to("target")
aws.sqs_queue.SqsQueue(stack, "renamed").move_from_id("aws_sqs_queue.before")

asset = TerraformAsset(stack, "asset", path=__file__, type=AssetType.FILE, asset_hash="hash")
for key, value in {
    "arn": endpoint.arn,
    "zone": stack.node.find_child("one_data_aws_availability_zones").names,
    "first": Fn.element(config.production_variants and [config.id], 0),
    "block": bucket.lifecycle_rule.get(0).expiration.days,
    "versioned": bucket.versioning.enabled,
    "sum": Op.add(variable.number_value, 1),
    "choice": Fn.conditional(Op.gt(variable.number_value, 1), "many", "one"),
    "asset": asset.file_name,
    "local": local.expression,
    "self": TerraformSelf.get_any("name"),
}.items():
    TerraformOutput(stack, f"output_{key}", value=value, sensitive=key == "asset")
Aspects.of(stack).add(TagEverything())

other = Named(app, "other")
S3Backend(other, bucket="state", key="other")
AwsProvider(other, "aws", region=Token.as_string(app.node.get_context("answer")))
aws.sqs_queue.SqsQueue(other, "cross", name=endpoint.name)
app.synth()

found = stack.node.find_child("bucket")
print(
    json.dumps(
        {
            "seen": seen,
            "children": [(type(child).__name__, type(child).__module__) for child in stack.node.children],
            "same": found is bucket and isinstance(found, s3_bucket.S3Bucket),
            "construct": s3_bucket.S3Bucket.is_terraform_resource(bucket),
            "outputs": [
                type(bucket.lifecycle_rule).__name__,
                type(bucket.lifecycle_rule.get(0).expiration).__name__,
                type(endpoint.deployment_config.blue_green_update_policy).__name__,
            ],
        },
        indent=1,
    )
)
