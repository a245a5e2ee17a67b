"""What AWS's APIs refuse, the constructs refuse too: all members that they write, at their bounds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sm_tf import (
    Alarm,
    AlarmState,
    AsyncInferenceConfig,
    CapacitySize,
    ComparisonOperator,
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    DataCaptureConfig,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InvalidPropsError,
    ManagedInstanceScaling,
    MathExpression,
    Metric,
    Model,
    ModelData,
    RepositoryAccessMode,
    ScalingInterval,
    Schedule,
    ServerlessProductionVariantProps,
)
from sm_tf.aws.api_rules import Rule, api_table, rule_of
from sm_tf.bindings.core import TerraformStack

Make = Callable[[TerraformStack, Any], object]

IMAGE = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
TWO = timedelta(minutes=2)


@dataclass(frozen=True)
class Row:
    """How a program sets a member. Its texts consist of `start`, `filling` and `end`, and
    its lists may be empty unless it is `required`. Constructs that are
    `stricter` than the API have other bounds inside those of the API.
    """

    make: Make
    start: str = ""
    end: str = ""
    filling: str = "a"
    required: bool = False
    stricter: str = ""


def container(**options: Any) -> ContainerDefinition:
    return ContainerDefinition(**{"image": IMAGE, **options})


def of_model(**names: Any) -> Make:
    """An argument of the model."""
    (argument, convert) = next(iter(names.items()))
    return lambda stack, value: Model(
        stack, "Model", **{"containers": [container()], argument: convert(value)}
    )


def of_container(convert: Callable[[Any], dict[str, Any]]) -> Make:
    return lambda stack, value: Model(stack, "Model", containers=[container(**convert(value))])


def in_vpc(**names: Any) -> Make:
    options = {"vpc": "vpc-1", "vpc_subnets": ["subnet-1"], "security_groups": ["sg-1"]}
    (argument, convert) = next(iter(names.items()))
    return lambda stack, value: Model(
        stack, "Model", containers=[container()], **{**options, argument: convert(value)}
    )


def variant(stack: TerraformStack, id: str = "Model", **options: Any) -> InstanceProductionVariantProps:
    model = Model(stack, id, containers=[container()])
    return InstanceProductionVariantProps(
        **{"model": model, "variant_name": "main", "instance_type": "ml.m5.large", **options}
    )


def of_variant(argument: str, convert: Callable[[Any], Any] = lambda value: value) -> Make:
    return lambda stack, value: EndpointConfig(
        stack, "Config", instance_production_variants=[variant(stack, **{argument: convert(value)})]
    )


def of_shadow(argument: str, convert: Callable[[Any], Any] = lambda value: value) -> Make:
    return lambda stack, value: EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[variant(stack)],
        shadow_production_variants=[
            variant(stack, "Shadow", **{"variant_name": "shadow", argument: convert(value)})
        ],
    )


def of_serverless(argument: str) -> Make:
    def make(stack: TerraformStack, value: Any) -> None:
        options = {"max_concurrency": 200, "memory_size_in_mb": 2048, argument: value}
        model = Model(stack, "Model", containers=[container()])
        EndpointConfig(
            stack,
            "Config",
            serverless_production_variant=ServerlessProductionVariantProps(
                model=model, variant_name="main", **options
            ),
        )

    return make


def of_config(convert: Callable[[Any], dict[str, Any]]) -> Make:
    return lambda stack, value: EndpointConfig(
        stack, "Config", instance_production_variants=[variant(stack)], **convert(value)
    )


def capture(argument: str, convert: Callable[[Any], Any] = lambda value: value) -> Make:
    options = {"destination_s3_uri": "s3://bucket/x", "initial_sampling_percentage": 100}
    return of_config(
        lambda value: {"data_capture_config": DataCaptureConfig(**{**options, argument: convert(value)})}
    )


def asynchronous(argument: str) -> Make:
    return of_config(
        lambda value: {
            "async_inference_config": AsyncInferenceConfig(
                **{"s3_output_path": "s3://bucket/x", argument: value}
            )
        }
    )


def endpoint(stack: TerraformStack, **options: Any) -> Endpoint:
    variants = [variant(stack, initial_instance_count=40)]
    config = EndpointConfig(stack, "Config", instance_production_variants=variants)
    return Endpoint(stack, "Endpoint", endpoint_config=config, **options)


def deployed(make: Callable[[Any], Deployment]) -> Make:
    return lambda stack, value: endpoint(stack, deployment=make(value))


def target(stack: TerraformStack, **options: Any) -> Any:
    found = endpoint(stack).find_instance_production_variant("main")
    return found.auto_scale_instance_count(max_capacity=80, **options)


def stepped(argument: str) -> Make:
    options = {
        "metric": METRIC,
        "scaling_steps": [ScalingInterval(upper=1, change=-1), ScalingInterval(lower=5, change=1)],
    }
    return lambda stack, value: target(stack).scale_on_metric("P", **{**options, argument: value})


METRIC = Metric(namespace="AWS/SageMaker", metric_name="Invocations", dimensions_map={"VariantName": "main"})


def tracked(**names: Any) -> Make:
    (argument, convert) = next(iter(names.items()))
    return lambda stack, value: target(stack).scale_to_track_metric(
        "P", **{"target_value": 5, "custom_metric": METRIC, argument: convert(value)}
    )


def alarm(argument: str, convert: Callable[[Any], Any] = lambda value: value) -> Make:
    def make(stack: TerraformStack, value: Any) -> None:
        options = {"metric": METRIC, "threshold": 1, "evaluation_periods": 1, argument: convert(value)}
        Alarm(stack, "Alarm", comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD, **options)

    return make


def metric(**names: Any) -> Metric:
    return Metric(**{"namespace": "N", "metric_name": "M", **names})


def math(**names: Any) -> MathExpression:
    return MathExpression(**{"expression": "m + 1", "using_metrics": {"m": METRIC}, **names})


def composite(**names: Any) -> Make:
    (argument, convert) = next(iter(names.items()))

    def make(stack: TerraformStack, value: Any) -> None:
        part = Alarm(stack, "Part", metric=METRIC, threshold=1, evaluation_periods=1)
        options = {"rule": part.in_state(AlarmState.ALARM), argument: convert(value)}
        CompositeAlarm(stack, "Composite", **options)

    return make


def same(value: Any) -> Any:
    return value


def in_seconds(value: int) -> timedelta:
    return timedelta(seconds=value)


def many(count: int, start: str = "x") -> list[str]:
    return [f"{start}{index}" for index in range(count)]


KEY = "arn:aws:kms:eu-west-1:123456789012:key/"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:"
ROLE = "arn:aws:iam::123456789012:role/"
SOURCES = "ModelDataSource.S3DataSource."

CONTAINER = {
    "ContainerHostname": Row(of_container(lambda value: {"container_hostname": value})),
    "Image": Row(
        of_container(
            lambda value: {
                "image": ContainerImage.from_image_uri(value),
                "repository_access_mode": RepositoryAccessMode.VPC,
            }
        ),
        "example.com/",
    ),
    "ImageConfig.RepositoryAccessMode": Row(of_container(lambda value: {"repository_access_mode": value})),
    "ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn": Row(
        of_container(
            lambda value: {
                "image": ContainerImage.from_image_uri("example.com/app:1"),
                "repository_access_mode": RepositoryAccessMode.VPC,
                "repository_credentials_provider_arn": value,
            }
        ),
        FUNCTION,
        stricter="A Lambda function's name has at most 64 characters.",
    ),
    "Mode": Row(of_container(lambda value: {"mode": value})),
    "ModelDataUrl": Row(
        of_container(lambda value: {"model_data": ModelData.from_s3_uri(value)}), "s3://bucket/", ".tar.gz"
    ),
    "ModelDataSource.S3DataSource.S3Uri": Row(
        of_container(lambda value: {"model_data": ModelData.from_s3_data_source(value)}), "s3://bucket/", "/"
    ),
    "ModelDataSource.S3DataSource.S3DataType": Row(
        of_container(
            lambda value: {
                "model_data": ModelData.from_s3_data_source(
                    "s3://bucket/x" if value == "S3Object" else "s3://bucket/x/", s3_data_type=value
                )
            }
        )
    ),
    "ModelDataSource.S3DataSource.CompressionType": Row(
        of_container(
            lambda value: {
                "model_data": ModelData.from_s3_data_source(
                    "s3://bucket/x", s3_data_type="S3Object", compression_type=value
                )
            }
        )
    ),
    **{
        f"AdditionalModelDataSources[].S3DataSource.{member}": Row(
            of_container(
                lambda value, argument=argument, options=options: {
                    "additional_model_data": {
                        "x": ModelData.from_s3_data_source(
                            **{
                                "uri": "s3://bucket/x"
                                if "S3Object" in (value, *options.values())
                                else "s3://bucket/x/",
                                **options,
                                argument: value,
                            }
                        )
                    }
                }
            ),
            start,
            end,
        )
        for member, argument, options, start, end in (
            ("S3Uri", "uri", {}, "s3://bucket/", "/"),
            ("S3DataType", "s3_data_type", {}, "", ""),
            ("CompressionType", "compression_type", {"s3_data_type": "S3Object"}, "", ""),
        )
    },
    "AdditionalModelDataSources": Row(
        of_container(
            lambda value: {
                "additional_model_data": {
                    name: ModelData.from_s3_data_source(f"s3://bucket/{name}/") for name in value
                }
            }
        )
    ),
    "AdditionalModelDataSources[].ChannelName": Row(
        of_container(
            lambda value: {"additional_model_data": {value: ModelData.from_s3_data_source("s3://bucket/x/")}}
        )
    ),
    "Environment": Row(of_container(lambda value: {"environment": dict.fromkeys(value, "x")})),
    "Environment{key}": Row(of_container(lambda value: {"environment": {value: "x"}})),
    "Environment{value}": Row(of_container(lambda value: {"environment": {"A": value}})),
    "ModelPackageName": Row(
        of_container(lambda value: {"image": None, "model_package_name": value}),
        "arn:aws:sagemaker:eu-west-1:123456789012:model-package/",
        "/1",
        stricter="The name of a package group has at most 63 characters.",
    ),
    "InferenceSpecificationName": Row(
        of_container(
            lambda value: {"image": None, "model_package_name": "p", "inference_specification_name": value}
        )
    ),
    "MultiModelConfig.ModelCacheSetting": Row(
        of_container(
            lambda value: {
                "mode": "MultiModel",
                "model_data": ModelData.from_s3_uri("s3://bucket/x/"),
                "model_cache_setting": value,
            }
        )
    ),
}


def instances(of: Callable[..., Make]) -> dict[str, Row]:
    """The members of a variant on instances, which is in production or in the shadow."""

    def dump(argument: str) -> Make:
        options = {"destination_s3_uri": "s3://bucket/x", "kms_key_id": f"{KEY}1"}
        return of("core_dump_config", lambda value: CoreDumpConfig(**{**options, argument: value}))

    def managed(argument: str) -> Make:
        options = {"status": "DISABLED", "max_instance_count": 9}
        return of(
            "managed_instance_scaling", lambda value: ManagedInstanceScaling(**{**options, argument: value})
        )

    return {
        "VariantName": Row(of("variant_name")),
        "InitialInstanceCount": Row(of("initial_instance_count")),
        "InitialVariantWeight": Row(of("initial_variant_weight")),
        "AcceleratorType": Row(of("accelerator_type")),
        "CoreDumpConfig.DestinationS3Uri": Row(dump("destination_s3_uri"), "s3://bucket/"),
        "CoreDumpConfig.KmsKeyId": Row(dump("kms_key_id"), KEY),
        "VolumeSizeInGB": Row(of("volume_size_in_gb")),
        "ModelDataDownloadTimeoutInSeconds": Row(of("model_data_download_timeout", in_seconds)),
        "ContainerStartupHealthCheckTimeoutInSeconds": Row(
            of("container_startup_health_check_timeout", in_seconds)
        ),
        "RoutingConfig.RoutingStrategy": Row(of("routing_strategy"), stricter="The provider has two."),
        "ManagedInstanceScaling.Status": Row(managed("status"), stricter="A variant with a model is scaled."),
        "ManagedInstanceScaling.MinInstanceCount": Row(managed("min_instance_count")),
        "ManagedInstanceScaling.MaxInstanceCount": Row(managed("max_instance_count")),
    }


TAGS = {
    "Tags": Row(of_model(tags=lambda value: dict.fromkeys(value, "x"))),
    "Tags[].Key": Row(of_model(tags=lambda value: {value: "x"})),
    "Tags[].Value": Row(of_model(tags=lambda value: {"x": value})),
}

SAGEMAKER = {
    "CreateModel": {
        **TAGS,
        "ModelName": Row(of_model(model_name=same)),
        "Containers": Row(
            lambda stack, value: Model(stack, "Model", containers=[container() for _ in value]),
        ),
        **{f"PrimaryContainer.{member}": row for member, row in CONTAINER.items()},
        **{f"Containers[].{member}": row for member, row in CONTAINER.items()},
        "InferenceExecutionConfig.Mode": Row(
            lambda stack, value: Model(
                stack,
                "Model",
                containers=[container(container_hostname=name) for name in ("a", "b")],
                inference_execution_mode=value,
            )
        ),
        "ExecutionRoleArn": Row(of_model(role=same), ROLE, stricter="IAM's names and paths are shorter."),
        "VpcConfig.SecurityGroupIds": Row(in_vpc(security_groups=same)),
        "VpcConfig.SecurityGroupIds[]": Row(in_vpc(security_groups=lambda value: [value]), "sg-"),
        "VpcConfig.Subnets": Row(in_vpc(vpc_subnets=same)),
        "VpcConfig.Subnets[]": Row(in_vpc(vpc_subnets=lambda value: [value]), "subnet-"),
    },
    "CreateEndpointConfig": {
        **TAGS,
        "EndpointConfigName": Row(of_config(lambda value: {"endpoint_config_name": value})),
        "ProductionVariants": Row(
            lambda stack, value: EndpointConfig(
                stack,
                "Config",
                instance_production_variants=[
                    variant(stack, f"Model{index}", variant_name=f"v{index}") for index, _ in enumerate(value)
                ],
            )
        ),
        **{f"ProductionVariants[].{member}": row for member, row in instances(of_variant).items()},
        **{f"ShadowProductionVariants[].{member}": row for member, row in instances(of_shadow).items()},
        "ProductionVariants[].ServerlessConfig.MemorySizeInMB": Row(of_serverless("memory_size_in_mb")),
        "ProductionVariants[].ServerlessConfig.MaxConcurrency": Row(of_serverless("max_concurrency")),
        "ProductionVariants[].ServerlessConfig.ProvisionedConcurrency": Row(
            of_serverless("provisioned_concurrency")
        ),
        "ShadowProductionVariants": Row(
            lambda stack, value: EndpointConfig(
                stack,
                "Config",
                instance_production_variants=[variant(stack)],
                shadow_production_variants=[
                    variant(stack, f"Model{index}", variant_name=f"v{index}") for index, _ in enumerate(value)
                ],
            ),
            stricter="There is at most one.",
        ),
        "DataCaptureConfig.InitialSamplingPercentage": Row(capture("initial_sampling_percentage")),
        "DataCaptureConfig.DestinationS3Uri": Row(capture("destination_s3_uri"), "s3://bucket/"),
        "DataCaptureConfig.KmsKeyId": Row(capture("kms_key_id"), KEY),
        "DataCaptureConfig.CaptureOptions": Row(
            capture("capture_modes", lambda value: ["Input"] * len(value)), stricter="Modes are unique."
        ),
        "DataCaptureConfig.CaptureOptions[].CaptureMode": Row(
            capture("capture_modes", lambda value: [value]), stricter="The provider has two."
        ),
        "DataCaptureConfig.CaptureContentTypeHeader.CsvContentTypes": Row(
            capture("csv_content_types", lambda value: [f"text/{each}" for each in value]),
        ),
        "DataCaptureConfig.CaptureContentTypeHeader.CsvContentTypes[]": Row(
            capture("csv_content_types", lambda value: [value]), "text/"
        ),
        "DataCaptureConfig.CaptureContentTypeHeader.JsonContentTypes": Row(
            capture("json_content_types", lambda value: [f"text/{each}" for each in value]),
        ),
        "DataCaptureConfig.CaptureContentTypeHeader.JsonContentTypes[]": Row(
            capture("json_content_types", lambda value: [value]), "text/"
        ),
        "KmsKeyId": Row(of_config(lambda value: {"encryption_key": value}), KEY),
        "AsyncInferenceConfig.ClientConfig.MaxConcurrentInvocationsPerInstance": Row(
            asynchronous("max_concurrent_invocations_per_instance")
        ),
        "AsyncInferenceConfig.OutputConfig.KmsKeyId": Row(asynchronous("encryption_key"), KEY),
        "AsyncInferenceConfig.OutputConfig.S3OutputPath": Row(asynchronous("s3_output_path"), "s3://bucket/"),
        "AsyncInferenceConfig.OutputConfig.S3FailurePath": Row(
            asynchronous("s3_failure_path"), "s3://bucket/"
        ),
        "AsyncInferenceConfig.OutputConfig.NotificationConfig.SuccessTopic": Row(
            asynchronous("success_topic"), TOPIC, stricter="A topic's name has at most 256 characters."
        ),
        "AsyncInferenceConfig.OutputConfig.NotificationConfig.ErrorTopic": Row(
            asynchronous("error_topic"), TOPIC, stricter="A topic's name has at most 256 characters."
        ),
        "AsyncInferenceConfig.OutputConfig.NotificationConfig.IncludeInferenceResponseIn": Row(
            of_config(
                lambda value: {
                    "async_inference_config": AsyncInferenceConfig(
                        s3_output_path="s3://bucket/x",
                        success_topic=TOPIC + "x",
                        include_inference_response_in=["SUCCESS_NOTIFICATION_TOPIC"] * len(value),
                    )
                }
            )
        ),
        "AsyncInferenceConfig.OutputConfig.NotificationConfig.IncludeInferenceResponseIn[]": Row(
            of_config(
                lambda value: {
                    "async_inference_config": AsyncInferenceConfig(
                        s3_output_path="s3://bucket/x",
                        success_topic=TOPIC + "x",
                        error_topic=TOPIC + "x",
                        include_inference_response_in=[value],
                    )
                }
            )
        ),
    },
    "CreateEndpoint": {
        **TAGS,
        "EndpointName": Row(lambda stack, value: endpoint(stack, endpoint_name=value)),
        "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.WaitIntervalInSeconds": Row(
            deployed(lambda value: Deployment.all_at_once(wait_interval=timedelta(seconds=value))),
            stricter="Terraform gives up after 60 minutes.",
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.CanarySize.Type": Row(
            deployed(lambda value: Deployment.canary(size=CapacitySize(10, value), wait_interval=TWO)),
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.CanarySize.Value": Row(
            deployed(lambda value: Deployment.canary(size=CapacitySize.percent(value), wait_interval=TWO)),
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.LinearStepSize.Type": Row(
            deployed(lambda value: Deployment.linear(step_size=CapacitySize(10, value), wait_interval=TWO)),
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.LinearStepSize.Value": Row(
            deployed(
                lambda value: Deployment.linear(step_size=CapacitySize.percent(value), wait_interval=TWO)
            ),
            stricter="A step is at least 10 percent.",
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.TerminationWaitInSeconds": Row(
            deployed(lambda value: Deployment.all_at_once(termination_wait=timedelta(seconds=value))),
            stricter="Terraform gives up after 60 minutes.",
        ),
        "DeploymentConfig.BlueGreenUpdatePolicy.MaximumExecutionTimeoutInSeconds": Row(
            deployed(
                lambda value: Deployment.all_at_once(maximum_execution_timeout=timedelta(seconds=value))
            ),
            stricter="Terraform gives up after 60 minutes.",
        ),
        "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Type": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize(10, value), wait_interval=TWO
                )
            ),
        ),
        "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Value": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize.percent(value), wait_interval=TWO
                )
            ),
            stricter="A batch is at least 5 percent.",
        ),
        "DeploymentConfig.RollingUpdatePolicy.WaitIntervalInSeconds": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize.percent(50), wait_interval=timedelta(seconds=value)
                )
            ),
            stricter="Terraform gives up after 60 minutes.",
        ),
        "DeploymentConfig.RollingUpdatePolicy.MaximumExecutionTimeoutInSeconds": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize.percent(50),
                    wait_interval=TWO,
                    maximum_execution_timeout=timedelta(seconds=value),
                )
            ),
            stricter="Terraform gives up after 60 minutes.",
        ),
        "DeploymentConfig.RollingUpdatePolicy.RollbackMaximumBatchSize.Type": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize.percent(50),
                    rollback_maximum_batch_size=CapacitySize(10, value),
                    wait_interval=TWO,
                )
            ),
        ),
        "DeploymentConfig.RollingUpdatePolicy.RollbackMaximumBatchSize.Value": Row(
            deployed(
                lambda value: Deployment.rolling(
                    maximum_batch_size=CapacitySize.percent(50),
                    rollback_maximum_batch_size=CapacitySize.percent(value),
                    wait_interval=TWO,
                )
            ),
            stricter="A batch is at least 5 percent.",
        ),
        "DeploymentConfig.AutoRollbackConfiguration.Alarms": Row(
            deployed(lambda value: Deployment.all_at_once(wait_interval=TWO, rollback_alarms=value)),
        ),
        "DeploymentConfig.AutoRollbackConfiguration.Alarms[].AlarmName": Row(
            deployed(lambda value: Deployment.all_at_once(wait_interval=TWO, rollback_alarms=[value]))
        ),
    },
}

CUSTOM = "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification."
QUERY = f"{CUSTOM}Metrics[]."
AUTOSCALING = {
    "RegisterScalableTarget": {
        "Tags{key}": Row(
            lambda stack, value: target(stack, tags={value: "x"}), stricter="They are SageMaker's tags."
        ),
        "Tags{value}": Row(
            lambda stack, value: target(stack, tags={"x": value}), stricter="They are SageMaker's tags."
        ),
    },
    "PutScalingPolicy": {
        "StepScalingPolicyConfiguration.AdjustmentType": Row(
            stepped("adjustment_type"), stricter="An exact capacity isn't negative."
        ),
        "StepScalingPolicyConfiguration.MetricAggregationType": Row(stepped("metric_aggregation_type")),
        "PolicyName": Row(tracked(policy_name=same)),
        "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType": Row(
            lambda stack, value: target(stack).scale_to_track_metric(
                "P", target_value=5, predefined_metric=value
            ),
            stricter="Those of SageMaker's variants on instances.",
        ),
        "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel": Row(
            lambda stack, value: target(stack).scale_to_track_metric(
                "P",
                target_value=5,
                predefined_metric="SageMakerVariantInvocationsPerInstance",
                resource_label=value,
            ),
        ),
        f"{CUSTOM}Statistic": Row(tracked(custom_metric=lambda value: metric(statistic=value))),
        f"{QUERY}Id": Row(
            tracked(
                custom_metric=lambda value: math(expression=f"{value} + 1", using_metrics={value: METRIC})
            )
        ),
        f"{QUERY}Expression": Row(
            tracked(custom_metric=lambda value: math(expression=value)), "m + ", filling="1"
        ),
        f"{QUERY}Label": Row(tracked(custom_metric=lambda value: math(label=value))),
        f"{QUERY}MetricStat.Metric.MetricName": Row(
            tracked(custom_metric=lambda value: math(using_metrics={"m": metric(metric_name=value)}))
        ),
        f"{QUERY}MetricStat.Metric.Namespace": Row(
            tracked(custom_metric=lambda value: math(using_metrics={"m": metric(namespace=value)}))
        ),
        f"{QUERY}MetricStat.Metric.Dimensions[].Name": Row(
            tracked(
                custom_metric=lambda value: math(using_metrics={"m": metric(dimensions_map={value: "x"})})
            )
        ),
        f"{QUERY}MetricStat.Metric.Dimensions[].Value": Row(
            tracked(
                custom_metric=lambda value: math(using_metrics={"m": metric(dimensions_map={"x": value})})
            )
        ),
        f"{QUERY}MetricStat.Stat": Row(
            tracked(custom_metric=lambda value: math(using_metrics={"m": metric(statistic=value)})),
            stricter="Statistics are a set.",
        ),
        f"{QUERY}MetricStat.Unit": Row(
            tracked(custom_metric=lambda value: math(using_metrics={"m": metric(unit=value)})),
            stricter="Units are a set.",
        ),
    },
    "PutScheduledAction": {
        "Timezone": Row(
            lambda stack, value: target(stack).scale_on_schedule(
                "S", schedule=Schedule.rate(TWO), min_capacity=1, time_zone=value
            ),
            stricter="A time zone is one that Python knows.",
        ),
        "Schedule": Row(
            lambda stack, value: target(stack).scale_on_schedule(
                "S", schedule=Schedule.expression(value), min_capacity=1
            ),
            stricter="An expression is at(…), rate(…) or cron(…).",
        ),
        "ScheduledActionName": Row(
            lambda stack, value: target(stack).scale_on_schedule(
                "S", schedule=Schedule.rate(TWO), min_capacity=1, scheduled_action_name=value
            )
        ),
    },
}

PERIODS = "Alarms take 10, 20 or 30 seconds, and whole minutes."
CLOUDWATCH = {
    "PutMetricAlarm": {
        "AlarmName": Row(alarm("alarm_name")),
        "AlarmDescription": Row(alarm("alarm_description")),
        **{
            f"{kind}Actions": Row(
                alarm(f"{argument}_actions", lambda value: [f"{TOPIC}{each}" for each in value])
            )
            for kind, argument in {
                "OK": "ok",
                "Alarm": "alarm",
                "InsufficientData": "insufficient_data",
            }.items()
        },
        "OKActions[]": Row(alarm("ok_actions", lambda value: [value]), TOPIC),
        "AlarmActions[]": Row(alarm("alarm_actions", lambda value: [value]), TOPIC),
        "InsufficientDataActions[]": Row(alarm("insufficient_data_actions", lambda value: [value]), TOPIC),
        "MetricName": Row(alarm("metric", lambda value: metric(metric_name=value))),
        "Namespace": Row(alarm("metric", lambda value: metric(namespace=value))),
        "Statistic": Row(alarm("metric", lambda value: metric(statistic=value))),
        "Dimensions": Row(alarm("metric", lambda value: metric(dimensions_map=dict.fromkeys(value, "x")))),
        "Dimensions[].Name": Row(alarm("metric", lambda value: metric(dimensions_map={value: "x"}))),
        "Dimensions[].Value": Row(alarm("metric", lambda value: metric(dimensions_map={"x": value}))),
        "Period": Row(
            alarm("metric", lambda value: metric(period=timedelta(seconds=value))), stricter=PERIODS
        ),
        "Unit": Row(alarm("metric", lambda value: metric(unit=value))),
        "EvaluationPeriods": Row(alarm("evaluation_periods")),
        "DatapointsToAlarm": Row(alarm("datapoints_to_alarm")),
        "ComparisonOperator": Row(
            lambda stack, value: Alarm(
                stack, "Alarm", metric=METRIC, threshold=1, evaluation_periods=1, comparison_operator=value
            ),
            stricter="A fixed threshold takes four.",
        ),
        "TreatMissingData": Row(alarm("treat_missing_data"), stricter="It is a set of four."),
        "EvaluateLowSampleCountPercentile": Row(
            alarm("evaluate_low_sample_count_percentile"), stricter="It is a set of two."
        ),
        "Metrics[].Id": Row(
            alarm("metric", lambda value: math(expression=f"{value} + 1", using_metrics={value: METRIC}))
        ),
        "Metrics[].Expression": Row(
            alarm("metric", lambda value: math(expression=value)),
            "m + ",
            filling="1",
            stricter="An alarm takes 1,024 characters.",
        ),
        "Metrics[].AccountId": Row(
            alarm("metric", lambda value: metric(account=value)), stricter="An account has 12 digits."
        ),
        "Metrics[].MetricStat.Metric.MetricName": Row(
            alarm("metric", lambda value: math(using_metrics={"m": metric(metric_name=value)}))
        ),
        "Metrics[].MetricStat.Metric.Namespace": Row(
            alarm("metric", lambda value: math(using_metrics={"m": metric(namespace=value)}))
        ),
        "Metrics[].MetricStat.Metric.Dimensions": Row(
            alarm(
                "metric",
                lambda value: math(using_metrics={"m": metric(dimensions_map=dict.fromkeys(value, "x"))}),
            )
        ),
        "Metrics[].MetricStat.Metric.Dimensions[].Name": Row(
            alarm("metric", lambda value: math(using_metrics={"m": metric(dimensions_map={value: "x"})}))
        ),
        "Metrics[].MetricStat.Metric.Dimensions[].Value": Row(
            alarm("metric", lambda value: math(using_metrics={"m": metric(dimensions_map={"x": value})}))
        ),
        "Metrics[].MetricStat.Unit": Row(
            alarm("metric", lambda value: math(using_metrics={"m": metric(unit=value)}))
        ),
        "Metrics[].MetricStat.Period": Row(
            alarm("metric", lambda value: math(period=timedelta(seconds=value))), stricter=PERIODS
        ),
        "Tags[].Key": Row(alarm("tags", lambda value: {value: "x"}), stricter="SageMaker's tags."),
        "Tags[].Value": Row(alarm("tags", lambda value: {"x": value}), stricter="SageMaker's tags."),
    },
    "PutCompositeAlarm": {
        "AlarmName": Row(composite(alarm_name=same)),
        "ActionsSuppressor": Row(
            lambda stack, value: Alarm.from_alarm_name(stack, "Suppressor", value),
            stricter="An alarm's name has at most 255 characters.",
        ),
        "AlarmDescription": Row(composite(alarm_description=same)),
        "OKActions": Row(composite(ok_actions=lambda value: [f"{TOPIC}{each}" for each in value])),
        "AlarmActions": Row(composite(alarm_actions=lambda value: [f"{TOPIC}{each}" for each in value])),
        "InsufficientDataActions": Row(
            composite(insufficient_data_actions=lambda value: [f"{TOPIC}{each}" for each in value])
        ),
        "OKActions[]": Row(composite(ok_actions=lambda value: [value]), TOPIC),
        "AlarmActions[]": Row(composite(alarm_actions=lambda value: [value]), TOPIC),
        "InsufficientDataActions[]": Row(composite(insufficient_data_actions=lambda value: [value]), TOPIC),
        "Tags[].Key": Row(composite(tags=lambda value: {value: "x"}), stricter="SageMaker's tags."),
        "Tags[].Value": Row(composite(tags=lambda value: {"x": value}), stricter="SageMaker's tags."),
    },
    "PutDashboard": {},
}

ROWS: dict[str, dict[str, dict[str, Row]]] = {
    "sagemaker": SAGEMAKER,
    "application-autoscaling": AUTOSCALING,
    "cloudwatch": CLOUDWATCH,
}


def shape_of(service: str, operation: str, member: str) -> str:
    """The name of a member's shape."""
    shapes = api_table(service)["shapes"]
    shape = api_table(service)["operations"][operation]
    for part in member.replace("[]", ".[]").replace("{", ".{").split("."):
        inner = {"[]": "member", "{key}": "key", "{value}": "value"}.get(part)
        shape = shapes[shape][inner] if inner else shapes[shape]["members"][part]
    return str(shape)


def beyond(rule: Rule, row: Row) -> Iterator[Any]:
    """Values that break the rule."""
    if rule.type in ("integer", "long", "float"):
        if rule.lowest is not None:
            yield int(rule.lowest) - 1
        if rule.highest is not None:
            yield int(rule.highest) + 1
    elif rule.type in ("list", "map"):
        if rule.lowest and row.required:
            yield []
        if rule.highest is not None:
            yield many(int(rule.highest) + 1)
    elif rule.choices:
        yield "nothing"
    else:
        junk = ["", "-", "a b", "ü", "a\nb", ":a", "a_", "a|b", "a\x01b", "é".join("ab")]
        texts = {f"{start}{each}{end}" for each in junk for start, end in {("", ""), (row.start, row.end)}}
        if rule.highest is not None:
            texts.add(
                longest(rule, row) + "a"
                if not row.end
                else row.start + longest(rule, row)[len(row.start) - 1 :]
            )
        for text in sorted(texts):
            if (
                (rule.highest is not None and len(text) > rule.highest)
                or len(text) < (rule.lowest or 0)
                or (rule.pattern and not rule.pattern.fullmatch(text))
            ):
                yield text


def longest(rule: Rule, row: Row) -> str:
    """A text as long as it may be."""
    assert rule.highest is not None
    room = int(rule.highest) - len(row.start) - len(row.end)
    return row.start + row.filling * room + row.end


def within(rule: Rule, row: Row) -> Iterator[Any]:
    """Values at the bounds of the rule."""
    if rule.type in ("integer", "long", "float"):
        yield from (bound for bound in (rule.lowest, rule.highest) if bound is not None)
    elif rule.type in ("list", "map"):
        yield many(int(rule.highest or 1))
    elif rule.choices:
        yield from rule.choices
    elif rule.highest is not None:
        yield longest(rule, row)


def cases(*, stricter_too: bool) -> list[Any]:
    """The members, perhaps without those of which constructs take less than the API."""
    return [
        pytest.param(service, operation, member, row, id=f"{operation}-{member}")
        for service, operations in ROWS.items()
        for operation, rows in operations.items()
        for member, row in rows.items()
        if stricter_too or not row.stricter
    ]


@pytest.fixture
def refused(new_stack, synth):
    """Tells whether the constructs refuse a value."""

    def try_it(make: Make, value: Any, id: str) -> str:
        stack = new_stack(id)
        try:
            make(stack, value)
            synth(stack)
        except InvalidPropsError as error:
            return str(error)
        except RuntimeError as error:
            return str(error)
        return ""

    return try_it


@pytest.mark.parametrize(("service", "operation", "member", "row"), cases(stricter_too=True))
def test_constructs_refuse_what_the_api_refuses(service, operation, member, row, refused):
    rule = rule_of(service, shape_of(service, operation, member))
    wrong = list(beyond(rule, row))
    assert wrong
    accepted = [value for index, value in enumerate(wrong) if not refused(row.make, value, f"s{index}")]
    assert [str(each)[:80] for each in accepted] == []


@pytest.mark.parametrize(("service", "operation", "member", "row"), cases(stricter_too=False))
def test_constructs_take_what_the_api_takes(service, operation, member, row, refused):
    rule = rule_of(service, shape_of(service, operation, member))
    problems = [refused(row.make, value, f"s{index}") for index, value in enumerate(within(rule, row))]
    assert [problem[:300] for problem in problems if problem] == []


NEWER = (
    "InstancePools|VariantInstanceProvisionTimeoutInSeconds|ScaleInPolicy|PrefixAwareRoutingConfig"
    "|CapacityReservationConfig|AcceleratorPartitionLayouts|HubAccessConfig|ManifestS3Uri"
)
NOT_WRITTEN = re.compile(
    rf"""
    UpdateEndpoint.*|.*ContainerMetricsConfig.*|.*\.(?:{NEWER})\b.*
    |CreateEndpointConfig\.(?:ExplainerConfig|ExecutionRoleArn|VpcConfig|CrossRegionTrafficConfig).*
    |CreateEndpointConfig\.Shadow\w+\[]\.ServerlessConfig.*
    |PutScalingPolicy\.Predictive.*|RegisterScalableTarget\.RoleARN|PutDashboard\.Tags.*
    |Put\w+Alarm\.(?:ActionConfiguration|EvaluationWindow|WarmUp|EvaluationCriteria|EvaluationInterval).*
    |PutMetricAlarm\.Metrics\[]\.Period
    """,
    re.VERBOSE,
)
"""Members that no construct writes, most of which the provider lacks, and those of UpdateEndpoint, which are
those of CreateEndpoint."""

DERIVED = {
    "CreateEndpoint.EndpointConfigName",
    "CreateEndpoint.DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.Type",
    "CreateEndpointConfig.ProductionVariants[].ModelName",
    "CreateEndpointConfig.ShadowProductionVariants[].ModelName",
    "PutMetricAlarm.ThresholdMetricId",
    "PutCompositeAlarm.AlarmRule",
    "PutScalingPolicy.PolicyType",
    *(
        f"{operation}.{member}"
        for operation in ("PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget")
        for member in ("ServiceNamespace", "ResourceId", "ScalableDimension")
    ),
}
"""Members whose values are the constructs' own, or names of resources that have a row."""


def members_with_rules(service: str, operation: str) -> Iterator[str]:
    """The members of an operation that have a rule."""
    shapes = api_table(service)["shapes"]

    def walk(member: str, shape: str, above: tuple[str, ...]) -> Iterator[str]:
        if shape in above:
            return
        rule = rule_of(service, shape)
        if rule.choices or rule.pattern or rule.highest is not None or rule.lowest is not None:
            yield member
        described = shapes[shape]
        for name, inner in described.get("members", {}).items():
            yield from walk(f"{member}.{name}".lstrip("."), inner, (*above, shape))
        for key, end in {"member": "[]", "key": "{key}", "value": "{value}"}.items():
            if key in described:
                yield from walk(member + end, described[key], (*above, shape))

    return walk("", api_table(service)["operations"][operation], ())


def test_every_member_with_a_rule_has_a_row_or_is_not_written() -> None:
    without = [
        f"{operation}.{member}"
        for service in ROWS
        for operation in api_table(service)["operations"]
        for member in members_with_rules(service, operation)
        if member not in ROWS[service].get(operation, {})
        and not NOT_WRITTEN.fullmatch(f"{operation}.{member}")
        and f"{operation}.{member}" not in DERIVED
    ]
    assert without == []
