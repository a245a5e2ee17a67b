"""Metrics of an endpoint: percentiles, an error rate, anomalies, and the age of the oldest request."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from sm_tf import (
    AnomalyDetectionAlarm,
    ComparisonOperator,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    MathExpression,
    Model,
    TreatMissingData,
)


class Metrics(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        model = Model(
            self,
            "Model",
            containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("sentiment", "1.0"))],
        )
        config = EndpointConfig(
            self,
            "Config",
            instance_production_variants=[
                InstanceProductionVariantProps(
                    model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
                )
            ],
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=config)

        # A variant has a method for each metric that AWS publishes for its kind. Docstrings list the units.
        variant = endpoint.find_instance_production_variant("main")

        # Any statistic works. This is the mean without the slowest 5%. Latency is in microseconds.
        latency = variant.metric_model_latency(statistic="tm95", period=timedelta(minutes=1))
        # A metric can't be changed; `with_` returns a new one.
        slowest = latency.with_(statistic="p99")
        for name, metric, threshold in (("Latency", latency, 200_000), ("Slowest", slowest, 1_000_000)):
            metric.create_alarm(
                self,
                name,
                threshold=threshold,
                evaluation_periods=5,
                treat_missing_data=TreatMissingData.NOT_BREACHING,
            )

        # Metric math: the percentage of failed requests, unless there are too few of them.
        error_rate = MathExpression(
            expression="IF(calls > 100, 100 * errors / calls, 0)",
            using_metrics={
                "errors": variant.metric_invocation_model_errors(),
                "calls": variant.metric_invocations(),
            },
            label="Failed requests (%)",
        )
        error_rate.create_alarm(self, "ErrorRate", threshold=1, evaluation_periods=3)

        # Fires if there are fewer requests than usual at this time.
        AnomalyDetectionAlarm(
            self,
            "Quiet",
            metric=variant.metric_invocations(),
            std_devs=3,
            comparison_operator=ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
            evaluation_periods=6,
            treat_missing_data=TreatMissingData.BREACHING,
        )

        # Imported endpoints have metrics too. The age of a request is in seconds.
        reports = Endpoint.from_endpoint_name(self, "Reports", "reports").find_async_production_variant(
            "main"
        )
        reports.metric_approximate_age_of_oldest_request(statistic="Maximum").create_alarm(
            self,
            "ReportsAreLate",
            threshold=900,
            evaluation_periods=1,
            treat_missing_data=TreatMissingData.NOT_BREACHING,
        )


app = App()
Metrics(app, "metrics")
app.synth()
