"""The same endpoints with the provider's own classes; the arguments are those of sm_tf_endpoints.py."""

import json
import sys

from cdktf import App, LocalBackend, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sagemaker_endpoint import SagemakerEndpoint
from cdktf_cdktf_provider_aws.sagemaker_endpoint_configuration import (
    SagemakerEndpointConfiguration,
    SagemakerEndpointConfigurationProductionVariants,
)
from cdktf_cdktf_provider_aws.sagemaker_model import SagemakerModel, SagemakerModelPrimaryContainer

REGION = "eu-west-1"
IMAGE = f"763104351884.dkr.ecr.{REGION}.amazonaws.com/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker"

app = App(outdir=sys.argv[2])
stack = TerraformStack(app, "endpoints")
AwsProvider(stack, "aws", region=REGION)
LocalBackend(stack, path="terraform.tfstate")

account = DataAwsCallerIdentity(stack, "Account").account_id
trust = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
permissions = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
                "Resource": [f"arn:aws:logs:{REGION}:{account}:log-group:/aws/sagemaker/Endpoints/*"],
            },
            {
                "Effect": "Allow",
                "Action": ["cloudwatch:PutMetricData"],
                "Resource": ["*"],
                "Condition": {
                    "StringEquals": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]}
                },
            },
            {
                "Effect": "Allow",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Resource": [f"arn:aws:ecr:{REGION}:763104351884:repository/pytorch-inference"],
            },
            {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
        ],
    }
)
replace_without_gap = TerraformResourceLifecycle(create_before_destroy=True)

for number in range(int(sys.argv[1])):
    role = IamRole(stack, f"Role{number}", name_prefix=f"endpoints-model{number}-", assume_role_policy=trust)
    policy = IamRolePolicy(
        stack, f"Policy{number}", name=f"endpoints-model{number}", role=role.name, policy=permissions
    )
    model = SagemakerModel(
        stack,
        f"Model{number}",
        execution_role_arn=role.arn,
        primary_container=SagemakerModelPrimaryContainer(image=IMAGE),
        depends_on=[policy],
        lifecycle=replace_without_gap,
    )
    config = SagemakerEndpointConfiguration(
        stack,
        f"Config{number}",
        name_prefix=f"endpoints-config{number}-",
        production_variants=[
            SagemakerEndpointConfigurationProductionVariants(
                model_name=model.name,
                variant_name="main",
                instance_type="ml.m5.large",
                initial_instance_count=1,
                initial_variant_weight=1,
            )
        ],
        lifecycle=replace_without_gap,
    )
    endpoint = SagemakerEndpoint(
        stack, f"Endpoint{number}", name=f"endpoints-endpoint{number}", endpoint_config_name=config.name
    )
    target = AppautoscalingTarget(
        stack,
        f"Target{number}",
        service_namespace="sagemaker",
        resource_id=f"endpoint/{endpoint.name}/variant/main",
        scalable_dimension="sagemaker:variant:DesiredInstanceCount",
        min_capacity=1,
        max_capacity=3,
    )
    AppautoscalingPolicy(
        stack,
        f"Invocations{number}",
        name=f"endpoints-endpoint{number}-invocations",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        target_tracking_scaling_policy_configuration=AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
            target_value=900,
            predefined_metric_specification=AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
                predefined_metric_type="SageMakerVariantInvocationsPerInstance"
            ),
            scale_in_cooldown=300,
            scale_out_cooldown=300,
        ),
    )
    CloudwatchMetricAlarm(
        stack,
        f"Latency{number}",
        alarm_name=f"endpoints-latency{number}",
        namespace="AWS/SageMaker",
        metric_name="ModelLatency",
        dimensions={"EndpointName": endpoint.name, "VariantName": "main"},
        statistic="Average",
        period=300,
        threshold=100_000,
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=3,
    )

app.synth()
