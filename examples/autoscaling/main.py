"""An endpoint that scales by load and by schedule, and a serverless one with provisioned concurrency."""

from datetime import timedelta

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
    PredefinedMetric,
    ScalingInterval,
    Schedule,
    ServerlessProductionVariantProps,
)


class Autoscaling(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        model = Model(
            self,
            "Model",
            containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("sentiment", "1.0"))],
        )
        variant = Endpoint(
            self,
            "Endpoint",
            endpoint_config=EndpointConfig(
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
            ),
        ).find_instance_production_variant("main")
        count = variant.auto_scale_instance_count(min_capacity=1, max_capacity=8)

        # One instance can handle 30 requests per second, and the policy aims at half of that. Run
        # sm-tf load-test to find your number.
        count.scale_on_invocations(
            "Invocations", max_requests_per_second=30, scale_in_cooldown=timedelta(minutes=10)
        )
        # Reacts within seconds. It only adds instances, so it doesn't work against the policy above.
        count.scale_to_track_metric(
            "Concurrency",
            predefined_metric=PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION,
            target_value=5,
            disable_scale_in=True,
        )
        # Utilization is 100% per core, and this instance type has two.
        count.scale_on_metric(
            "Cpu",
            metric=variant.metric_cpu_utilization(period=timedelta(minutes=1)),
            scaling_steps=[
                ScalingInterval(upper=20, change=-1),
                ScalingInterval(lower=140, change=1),
                ScalingInterval(lower=180, change=3),
            ],
            evaluation_periods=3,
        )
        count.scale_on_schedule(
            "Morning",
            schedule=Schedule.cron(week_day="MON-FRI", hour="7", minute="30"),
            time_zone="Europe/Berlin",
            min_capacity=4,
        )
        count.scale_on_schedule(
            "Evening",
            schedule=Schedule.cron(hour="19", minute="0"),
            time_zone="Europe/Berlin",
            min_capacity=1,
        )

        serverless = Endpoint(
            self,
            "Warm",
            endpoint_config=EndpointConfig(
                self,
                "WarmConfig",
                serverless_production_variant=ServerlessProductionVariantProps(
                    model=model,
                    variant_name="main",
                    max_concurrency=20,
                    memory_size_in_mb=2048,
                    provisioned_concurrency=2,
                ),
            ),
        ).find_serverless_production_variant("main")
        serverless.auto_scale_provisioned_concurrency(min_capacity=1, max_capacity=10).scale_on_utilization(
            "Utilization", utilization_target=0.7
        )


app = App()
Autoscaling(app, "autoscaling")
app.synth()
