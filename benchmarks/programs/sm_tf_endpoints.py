"""Endpoints with sm_tf: how many, and the folder to write to, are the arguments."""

import sys

from cdktf import App, LocalBackend, TerraformStack
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

app = App(outdir=sys.argv[2])
stack = TerraformStack(app, "endpoints")
AwsProvider(stack, "aws", region="eu-west-1")
LocalBackend(stack, path="terraform.tfstate")

image = ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
for number in range(int(sys.argv[1])):
    model = Model(stack, f"Model{number}", containers=[ContainerDefinition(image=image)])
    config = EndpointConfig(
        stack,
        f"Config{number}",
        instance_production_variants=[
            InstanceProductionVariantProps(
                model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
            )
        ],
    )
    endpoint = Endpoint(stack, f"Endpoint{number}", endpoint_config=config)
    variant = endpoint.find_instance_production_variant("main")
    variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations(
        "Invocations", max_requests_per_second=30
    )
    variant.metric_model_latency().create_alarm(
        stack, f"Latency{number}", threshold=100_000, evaluation_periods=3
    )

app.synth()
