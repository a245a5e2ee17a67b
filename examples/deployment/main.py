"""A new model receives a tenth of the traffic first, and an alarm rolls back to the old one."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from sm_tf import (
    CapacitySize,
    ContainerDefinition,
    ContainerImage,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvocationHttpResponseCode,
    Model,
    TreatMissingData,
)


class Deployments(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        model = Model(
            self,
            "Model",
            containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("sentiment", "1.0"))],
        )
        endpoint = Endpoint(
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
                        initial_instance_count=10,
                    )
                ],
            ),
            deployment=Deployment.canary(
                size=CapacitySize.percent(10),
                wait_interval=timedelta(minutes=10),
                termination_wait=timedelta(minutes=5),
                maximum_execution_timeout=timedelta(minutes=50),
            ),
        )
        errors = endpoint.find_instance_production_variant("main").metric_invocation_response_code(
            InvocationHttpResponseCode.INVOCATION_5XX_ERRORS, period=timedelta(minutes=1)
        )
        endpoint.add_rollback_alarms(
            errors.create_alarm(
                self,
                "Errors",
                threshold=10,
                evaluation_periods=2,
                # Without requests there is no data, which is fine.
                treat_missing_data=TreatMissingData.NOT_BREACHING,
            )
        )


app = App()
Deployments(app, "deployment")
app.synth()
