"""The program that benchmarks/startup.py runs: one endpoint, written to the folder that is its argument."""

import json
import sys

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sagemaker_endpoint import SagemakerEndpoint
from cdktf_cdktf_provider_aws.sagemaker_endpoint_configuration import (
    SagemakerEndpointConfiguration,
    SagemakerEndpointConfigurationProductionVariants,
)
from cdktf_cdktf_provider_aws.sagemaker_model import SagemakerModel, SagemakerModelPrimaryContainer

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
        }
    ],
}

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "endpoint")
AwsProvider(stack, "aws", region="eu-west-1")
role = IamRole(stack, "role", assume_role_policy=json.dumps(TRUST))
model = SagemakerModel(
    stack,
    "model",
    execution_role_arn=role.arn,
    primary_container=SagemakerModelPrimaryContainer(
        image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/model:1"
    ),
)
variant = SagemakerEndpointConfigurationProductionVariants(
    variant_name="all",
    model_name=model.name,
    instance_type="ml.m5.large",
    initial_instance_count=1,
)
config = SagemakerEndpointConfiguration(stack, "config", production_variants=[variant])
SagemakerEndpoint(stack, "endpoint", endpoint_config_name=config.name)
app.synth()
