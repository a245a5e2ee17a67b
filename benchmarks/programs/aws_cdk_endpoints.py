"""The same endpoints with the AWS CDK; the arguments are those of sm_tf_endpoints.py."""

import sys

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sagemaker_alpha as sagemaker

# CloudFormation takes at most 500 resources a stack.
ENDPOINTS_A_STACK = 45

app = App(outdir=sys.argv[2])
image = sagemaker.ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
for number in range(int(sys.argv[1])):
    if number % ENDPOINTS_A_STACK == 0:
        stack = Stack(app, f"endpoints{number // ENDPOINTS_A_STACK}", env=Environment(region="eu-west-1"))
    model = sagemaker.Model(stack, f"Model{number}", containers=[sagemaker.ContainerDefinition(image=image)])
    config = sagemaker.EndpointConfig(
        stack,
        f"Config{number}",
        instance_production_variants=[
            sagemaker.InstanceProductionVariantProps(
                model=model, variant_name="main", instance_type=sagemaker.InstanceType.M5_LARGE
            )
        ],
    )
    endpoint = sagemaker.Endpoint(stack, f"Endpoint{number}", endpoint_config=config)
    variant = endpoint.find_instance_production_variant("main")
    variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations(
        "Invocations", max_requests_per_second=30
    )
    variant.metric_model_latency().create_alarm(
        stack, f"Latency{number}", threshold=100_000, evaluation_periods=3
    )

app.synth()
