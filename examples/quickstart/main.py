"""A sentiment model behind an endpoint with one to three instances, and an alarm on its latency."""

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)


class Quickstart(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        model = Model(
            self,
            "Sentiment",
            containers=[
                ContainerDefinition(
                    image=ContainerImage.from_dlc(
                        "huggingface-pytorch-inference",
                        "2.6.0-transformers4.49.0-cpu-py312-ubuntu22.04",
                    ),
                    environment={
                        "HF_MODEL_ID": "distilbert-base-uncased-finetuned-sst-2-english",
                        "HF_TASK": "text-classification",
                    },
                )
            ],
        )
        config = EndpointConfig(
            self,
            "Config",
            instance_production_variants=[
                InstanceProductionVariantProps(
                    model=model,
                    variant_name="main",
                    instance_type=InstanceType.M5_LARGE,
                )
            ],
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=config)

        variant = endpoint.find_instance_production_variant("main")
        variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations(
            "LimitRPS", max_requests_per_second=30
        )
        # Model latency is in microseconds, so the alarm fires above 100 ms.
        variant.metric_model_latency().create_alarm(
            self, "ModelLatencyAlarm", threshold=100_000, evaluation_periods=3
        )


app = App()
Quickstart(app, "quickstart")
app.synth()
