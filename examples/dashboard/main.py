"""An endpoint that scales, with the recommended alarms and a dashboard that shows them."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from sm_tf import (
    AlarmThresholds,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)


class ReviewSentiment(TerraformStack):
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
                    initial_instance_count=2,
                )
            ],
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=config)
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(
            max_capacity=6
        ).scale_on_invocations("LimitRPS", max_requests_per_second=30)

        endpoint.add_recommended_alarms(
            thresholds=AlarmThresholds(model_latency=timedelta(milliseconds=300), overhead_latency=None)
        )
        dashboard = endpoint.create_dashboard()

        TerraformOutput(self, "dashboard", value=dashboard.dashboard_name)


app = App()
ReviewSentiment(app, "dashboard")
app.synth()
