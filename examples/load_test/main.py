"""A sentiment model whose endpoint scales at the rate that a load test has found."""

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

# The result of `sm-tf load-test sentiment --payload payload.json`; None until you run it.
MAX_REQUESTS_PER_SECOND: float | None = None


class Sentiment(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        image = ContainerImage.from_dlc(
            "huggingface-pytorch-inference", "2.6.0-transformers4.49.0-cpu-py312-ubuntu22.04"
        )
        environment = {
            "HF_MODEL_ID": "distilbert-base-uncased-finetuned-sst-2-english",
            "HF_TASK": "text-classification",
        }
        model = Model(self, "Model", containers=[ContainerDefinition(image=image, environment=environment)])
        config = EndpointConfig(
            self,
            "Config",
            instance_production_variants=[
                InstanceProductionVariantProps(
                    model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
                )
            ],
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=config, endpoint_name="sentiment")

        # The test measures one instance, so the variant must not scale during it.
        if MAX_REQUESTS_PER_SECOND is not None:
            variant = endpoint.find_instance_production_variant("main")
            variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations(
                "Load", max_requests_per_second=MAX_REQUESTS_PER_SECOND
            )


app = App()
Sentiment(app, "sentiment")
app.synth()
