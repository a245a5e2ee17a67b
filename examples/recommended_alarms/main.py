"""An endpoint with the recommended alarms, which notify an SNS topic and roll back bad deployments."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from sm_tf import (
    AlarmThresholds,
    ContainerDefinition,
    ContainerImage,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)


class RecommendedAlarms(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        model = Model(
            self,
            "Model",
            containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("ranker", "7"))],
        )
        config = EndpointConfig(
            self,
            "Config",
            instance_production_variants=[
                InstanceProductionVariantProps(
                    model=model, variant_name="main", instance_type=InstanceType.G5_XLARGE
                )
            ],
        )
        endpoint = Endpoint(
            self,
            "Endpoint",
            endpoint_config=config,
            # The alarms detect a failure after about six minutes.
            deployment=Deployment.all_at_once(wait_interval=timedelta(minutes=10)),
        )
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(
            max_capacity=4
        ).scale_on_invocations("Load", max_requests_per_second=20)

        # Errors, latencies, CPU, memory, disk, GPU, and all instances in use: the alarms of this kind.
        alarms = endpoint.add_recommended_alarms(
            topic=SnsTopic(self, "Topic", name="ranker-alarms"),
            thresholds=AlarmThresholds(
                # The time that callers accept.
                model_latency=timedelta(milliseconds=500),
                # Callers often ask for deleted items, and the model answers with 404.
                error_rate_4xx=None,
            ),
            rollback=True,
        )
        TerraformOutput(self, "critical_alarms", value=[alarm.alarm_name for alarm in alarms.critical])


app = App()
RecommendedAlarms(app, "recommended-alarms")
app.synth()
