"""The program of before.py on CDKTF, with other imports, a provider and a backend."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.ecr_repository import EcrRepository
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

import sm_tf as sagemaker

app = App()
stack = TerraformStack(app, "cdk-port")
LocalBackend(stack, path="terraform.tfstate")
AwsProvider(stack, "aws", region="eu-west-1")

bucket = S3Bucket(stack, "Bucket", bucket_prefix="cdk-port-")
repository = EcrRepository(stack, "Repository", name="cdk-port")

asset_image = sagemaker.ContainerImage.from_asset("image")
ecr_image = sagemaker.ContainerImage.from_ecr_repository(repository, "1.0")
dlc_image = sagemaker.ContainerImage.from_dlc(
    "huggingface-pytorch-training", "1.13.1-transformers4.26.0-gpu-py39-cu117-ubuntu20.04"
)
asset_data = sagemaker.ModelData.from_asset("model/model.tar.gz")
bucket_data = sagemaker.ModelData.from_bucket(bucket, "path/to/model.tar.gz")

model = sagemaker.Model(
    stack,
    "PrimaryContainerModel",
    containers=[sagemaker.ContainerDefinition(image=asset_image, model_data=asset_data)],
)
pipeline = sagemaker.Model(
    stack,
    "InferencePipelineModel",
    containers=[
        sagemaker.ContainerDefinition(image=asset_image),
        sagemaker.ContainerDefinition(image=ecr_image, model_data=asset_data),
        sagemaker.ContainerDefinition(image=dlc_image, model_data=bucket_data),
    ],
)
isolated = sagemaker.Model(
    stack,
    "NetworkIsolationModel",
    containers=[sagemaker.ContainerDefinition(image=ecr_image, model_data=bucket_data)],
    network_isolation=True,
)

endpoint_config = sagemaker.EndpointConfig(
    stack,
    "EndpointConfig",
    instance_production_variants=[
        sagemaker.InstanceProductionVariantProps(
            model=model,
            variant_name="variantA",
            instance_type=sagemaker.InstanceType.M5_LARGE,
            initial_variant_weight=2.0,
            container_startup_health_check_timeout=timedelta(minutes=5),
        ),
        sagemaker.InstanceProductionVariantProps(
            model=pipeline,
            variant_name="variantB",
            instance_type=sagemaker.InstanceType.M5_LARGE,
            initial_variant_weight=1.0,
        ),
    ],
)
serverless_config = sagemaker.EndpointConfig(
    stack,
    "ServerlessEndpointConfig",
    serverless_production_variant=sagemaker.ServerlessProductionVariantProps(
        model=model,
        variant_name="serverlessVariant",
        max_concurrency=10,
        memory_size_in_mb=2048,
        provisioned_concurrency=5,
    ),
)

endpoint = sagemaker.Endpoint(stack, "Endpoint", endpoint_config=endpoint_config)
variant = endpoint.find_instance_production_variant("variantA")
variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations("LimitRPS", max_requests_per_second=30)
variant.metric_model_latency().create_alarm(
    stack, "ModelLatencyAlarm", threshold=100000, evaluation_periods=3
)

app.synth()
