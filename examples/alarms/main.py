"""Alarms that notify a topic, and a composite alarm that notifies it once."""

from datetime import timedelta

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from sm_tf import (
    AlarmState,
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvocationHttpResponseCode,
    Metric,
    Model,
    TreatMissingData,
    all_of,
    any_of,
    not_,
)


class Alarms(TerraformStack):
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
        variant = endpoint.find_instance_production_variant("main")

        on_call = SnsTopic(self, "OnCall")
        SnsTopicSubscription(
            self, "OnCallMail", topic_arn=on_call.arn, protocol="email", endpoint="on-call@example.com"
        )

        # Without requests there is neither latency nor an error, so missing data is fine.
        silence = TreatMissingData.NOT_BREACHING
        slow = variant.metric_model_latency(statistic="p99").create_alarm(
            self,
            "Slow",
            alarm_description="One request in a hundred takes longer than half a second.",
            threshold=500_000,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data=silence,
        )
        failing = variant.metric_invocation_response_code(
            InvocationHttpResponseCode.INVOCATION_5XX_ERRORS
        ).create_alarm(self, "Failing", threshold=10, evaluation_periods=1, treat_missing_data=silence)
        full = variant.metric_disk_utilization().create_alarm(
            self, "Full", threshold=90, evaluation_periods=1, alarm_actions=[on_call]
        )
        # Actions can also be added later.
        full.add_ok_action(on_call)

        # One notification, not two, if the endpoint has a problem; none if the feature store causes it.
        features = Metric(
            namespace="AWS/RDS",
            metric_name="CPUUtilization",
            dimensions_map={"DBInstanceIdentifier": "features"},
        ).create_alarm(self, "FeaturesBusy", threshold=95, evaluation_periods=1)
        # An operator or a pipeline publishes this metric during maintenance of the endpoint.
        at_work = Metric(namespace="Operators", metric_name="AtWork").create_alarm(
            self, "AtWork", threshold=1, evaluation_periods=1, treat_missing_data=TreatMissingData.IGNORE
        )
        CompositeAlarm(
            self,
            "Ill",
            alarm_description="The endpoint fails or is slow, and it isn't the feature store's fault.",
            rule=all_of(any_of(slow, failing), not_(features)),
            alarm_actions=[on_call],
            ok_actions=[on_call],
            actions_suppressor=at_work,
            actions_suppressor_extension_period=timedelta(minutes=10),
        )

        # Running instances always publish their disk utilization, so missing data is a problem.
        CompositeAlarm(
            self, "Blind", rule=full.in_state(AlarmState.INSUFFICIENT_DATA), alarm_actions=[on_call]
        )


app = App()
Alarms(app, "alarms")
app.synth()
