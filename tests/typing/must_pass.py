"""Programs that type checkers must accept; they are checked, not run."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack, assert_type

from cdktf import TerraformStack, TerraformVariable, Token
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.vpc import Vpc

import sm_tf
from sm_tf import (
    AcceleratorType,
    Alarm,
    AlarmAction,
    AlarmOptions,
    AlarmRule,
    CapacitySize,
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    Deployment,
    Endpoint,
    EndpointConfig,
    EndpointInstanceProductionVariant,
    EndpointProductionVariant,
    GraphWidget,
    IMetric,
    InstanceProductionVariantProps,
    InstanceType,
    MathExpression,
    Metric,
    MetricOptions,
    Model,
    ModelData,
    Principal,
    ScalingInterval,
    ServerlessProductionVariantProps,
    StepScaling,
    all_of,
)


def names_are_typed() -> None:
    assert_type(sm_tf.__version__, str)
    assert_type(InstanceType.M5_LARGE, InstanceType)
    assert_type(Deployment.all_at_once(), Deployment)


def models(stack: TerraformStack, role: IamRole, other_role: DataAwsIamRole, vpc: Vpc) -> None:
    image = ContainerImage.from_ecr_repository("app", "1.0")
    model = Model(
        stack,
        "Model",
        containers=[ContainerDefinition(image=image, environment={"A": "b"})],
        role=role,
        vpc=vpc,
        vpc_subnets=["subnet-1"],
    )
    model.add_container(image=image, model_data=ModelData.from_bucket("models", "a.tar.gz"))
    model.add_container(ContainerDefinition(image=image))
    model.add_container({"image": image})
    Model(stack, "Other", role=other_role)
    Model(stack, "Third", role="arn:aws:iam::123456789012:role/mine")


def variants(stack: TerraformStack, model: Model, key: KmsKey, number: TerraformVariable) -> None:
    config = EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[
            InstanceProductionVariantProps(
                model=model,
                variant_name="a",
                instance_type="ml.m5.large",
                accelerator_type=AcceleratorType.EIA2_MEDIUM,
                initial_instance_count=number.number_value,
                container_startup_health_check_timeout=timedelta(minutes=2),
                model_data_download_timeout=Token.as_any(number.value),
            )
        ],
        encryption_key=key,
    )
    config.add_instance_production_variant(
        model=model, variant_name="b", instance_type=InstanceType.M5_LARGE, initial_variant_weight=0.5
    )
    config.add_serverless_production_variant(
        ServerlessProductionVariantProps(
            model=model, variant_name="c", max_concurrency=5, memory_size_in_mb=1024
        )
    )


def deployments(stack: TerraformStack, config: EndpointConfig, wait: TerraformVariable) -> Endpoint:
    alarm = CloudwatchMetricAlarm(
        stack, "Alarm", alarm_name="a", comparison_operator=">", evaluation_periods=1
    )
    deployment = Deployment.canary(
        size=CapacitySize.percent(10),
        wait_interval=timedelta(minutes=5),
        termination_wait=wait.value,
        rollback_alarms=[alarm, "by-name"],
    )
    return Endpoint(stack, "Endpoint", endpoint_config=config, deployment=deployment)


def grants(endpoint: Endpoint, model: Model, role: IamRole, principal: Principal) -> None:
    for grantee in (role, principal, model, "arn:aws:iam::123456789012:role/mine", model.grant_principal):
        if grantee is not None:
            endpoint.grant_invoke(grantee)


def add_alarm(
    metric: Metric | MathExpression, stack: TerraformStack, **options: Unpack[AlarmOptions]
) -> Alarm:
    return metric.create_alarm(stack, "Alarm", **options)


def latency(variant: EndpointInstanceProductionVariant, **options: Unpack[MetricOptions]) -> Metric:
    return variant.metric_model_latency(**options)


def alarms(
    stack: TerraformStack, endpoint: Endpoint, topic: SnsTopic, actions: Sequence[AlarmAction]
) -> AlarmRule:
    variant = endpoint.find_instance_production_variant("a")
    assert_type(variant.metric_model_latency(statistic="p99", period=timedelta(minutes=1)), Metric)
    slow = latency(variant, statistic="p90")
    watched: list[IMetric] = [slow, MathExpression(expression="m", using_metrics={"m": slow})]
    alarm = add_alarm(slow, stack, threshold=500_000, evaluation_periods=3, alarm_actions=[topic, *actions])
    other = Alarm(stack, "Other", metric=watched[1], threshold=1, evaluation_periods=1)
    CompositeAlarm(stack, "Both", rule=all_of(alarm, other), alarm_actions=[topic])
    GraphWidget(left=[slow], left_annotations=[alarm.to_annotation()])
    return all_of(alarm, other)


def scaling(endpoint: Endpoint, capacity: TerraformVariable) -> StepScaling:
    variants: tuple[EndpointProductionVariant, ...] = endpoint.production_variants
    variant = endpoint.find_instance_production_variant(variants[0].variant_name)
    count = variant.auto_scale_instance_count(max_capacity=capacity.number_value, min_capacity=1)
    count.scale_on_invocations("Requests", max_requests_per_second=5, scale_in_cooldown=timedelta(minutes=10))
    return count.scale_on_metric(
        "Steps",
        metric=variant.metric_model_latency(),
        scaling_steps=[ScalingInterval(upper=10, change=-1), ScalingInterval(lower=50, change=1)],
    )
