"""The program that benchmarks/startup.py runs: one endpoint, written to the folder that is its argument."""

import sys

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "endpoint")
AwsProvider(stack, "aws", region="eu-west-1")
image = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/model:1")
model = Model(stack, "Model", containers=[ContainerDefinition(image=image)])
config = EndpointConfig(
    stack,
    "Config",
    instance_production_variants=[
        InstanceProductionVariantProps(model=model, variant_name="all", instance_type=InstanceType.M5_LARGE)
    ],
)
Endpoint(stack, "Endpoint", endpoint_config=config)
app.synth()
