"""Machine-learning models on Amazon SageMaker with Terraform, as Python constructs on CDKTF.

Everything here is loaded when it is first used, so that `import sm_tf` alone costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sm_tf.access.iam import PolicyStatement
    from sm_tf.access.network import Connections, Port
    from sm_tf.artifacts.model_data import CompressionType, ModelData, ModelDataConfig, S3DataType
    from sm_tf.autoscaling.scalable_async_instance_count import ScalableAsyncInstanceCount
    from sm_tf.autoscaling.scalable_instance_count import ScalableInstanceCount
    from sm_tf.autoscaling.scalable_provisioned_concurrency import ScalableProvisionedConcurrency
    from sm_tf.autoscaling.scalable_target import StepScaling, SuspendedState
    from sm_tf.autoscaling.schedule import Schedule
    from sm_tf.autoscaling.step_scaling import AdjustmentType, MetricAggregationType, ScalingInterval
    from sm_tf.autoscaling.target_tracking import PredefinedMetric
    from sm_tf.cloudwatch.alarm import Alarm, ComparisonOperator, TreatMissingData
    from sm_tf.cloudwatch.alarm_rule import AlarmRule, AlarmState, all_of, any_of, not_
    from sm_tf.cloudwatch.annotation import HorizontalAnnotation
    from sm_tf.cloudwatch.anomaly_detection_alarm import AnomalyDetectionAlarm
    from sm_tf.cloudwatch.base_alarm import IAlarm
    from sm_tf.cloudwatch.composite_alarm import CompositeAlarm
    from sm_tf.cloudwatch.dashboard import Dashboard
    from sm_tf.cloudwatch.math_expression import MathExpression
    from sm_tf.cloudwatch.metric import Metric, Unit
    from sm_tf.cloudwatch.widget import (
        AlarmStatusWidget,
        AlarmWidget,
        GraphWidget,
        GraphWidgetView,
        TextWidget,
        Widget,
        YAxisProps,
    )
    from sm_tf.configuration.async_inference import AsyncInferenceConfig, NotificationTopic
    from sm_tf.configuration.deployment import CapacitySize, CapacitySizeType, Deployment
    from sm_tf.configuration.endpoint_config import (
        CaptureMode,
        DataCaptureConfig,
        EndpointConfig,
        IEndpointConfig,
    )
    from sm_tf.configuration.instance_type import AcceleratorType, InstanceType
    from sm_tf.configuration.production_variant import (
        CoreDumpConfig,
        InstanceProductionVariantProps,
        ManagedInstanceScaling,
        ManagedInstanceScalingStatus,
        RoutingStrategy,
        ServerlessProductionVariantProps,
    )
    from sm_tf.endpoint.endpoint import Endpoint, IEndpoint
    from sm_tf.endpoint.endpoint_variant import (
        EndpointAsyncProductionVariant,
        EndpointInstanceProductionVariant,
        EndpointMultiModelProductionVariant,
        EndpointServerlessProductionVariant,
    )
    from sm_tf.foundation.errors import InvalidPropsError, SmTfError, ToolError
    from sm_tf.images.container_image import ContainerImage, ContainerImageConfig
    from sm_tf.metrics.container_metrics import ContainerMetrics
    from sm_tf.metrics.variant_metrics import InvocationHttpResponseCode
    from sm_tf.model.container_definition import (
        ContainerDefinition,
        ContainerMode,
        ModelCacheSetting,
        RepositoryAccessMode,
    )
    from sm_tf.model.model import IModel, InferenceExecutionMode, Model
    from sm_tf.model.pipeline import Pipeline
    from sm_tf.operations.alarm_thresholds import AlarmThresholds
    from sm_tf.operations.recommended_alarms import RecommendedAlarms
    from sm_tf.operations.recommended_rules import Severity

_MODULE_OF = {
    "AcceleratorType": "configuration.instance_type",
    "AdjustmentType": "autoscaling.step_scaling",
    "Alarm": "cloudwatch.alarm",
    "AlarmRule": "cloudwatch.alarm_rule",
    "AlarmState": "cloudwatch.alarm_rule",
    "AlarmStatusWidget": "cloudwatch.widget",
    "AlarmThresholds": "operations.alarm_thresholds",
    "AlarmWidget": "cloudwatch.widget",
    "AnomalyDetectionAlarm": "cloudwatch.anomaly_detection_alarm",
    "AsyncInferenceConfig": "configuration.async_inference",
    "CapacitySize": "configuration.deployment",
    "CapacitySizeType": "configuration.deployment",
    "CaptureMode": "configuration.endpoint_config",
    "ComparisonOperator": "cloudwatch.alarm",
    "CompositeAlarm": "cloudwatch.composite_alarm",
    "CompressionType": "artifacts.model_data",
    "Connections": "access.network",
    "ContainerDefinition": "model.container_definition",
    "ContainerImage": "images.container_image",
    "ContainerImageConfig": "images.container_image",
    "ContainerMetrics": "metrics.container_metrics",
    "ContainerMode": "model.container_definition",
    "CoreDumpConfig": "configuration.production_variant",
    "Dashboard": "cloudwatch.dashboard",
    "DataCaptureConfig": "configuration.endpoint_config",
    "Deployment": "configuration.deployment",
    "Endpoint": "endpoint.endpoint",
    "EndpointAsyncProductionVariant": "endpoint.endpoint_variant",
    "EndpointConfig": "configuration.endpoint_config",
    "EndpointInstanceProductionVariant": "endpoint.endpoint_variant",
    "EndpointMultiModelProductionVariant": "endpoint.endpoint_variant",
    "EndpointServerlessProductionVariant": "endpoint.endpoint_variant",
    "GraphWidget": "cloudwatch.widget",
    "GraphWidgetView": "cloudwatch.widget",
    "HorizontalAnnotation": "cloudwatch.annotation",
    "IAlarm": "cloudwatch.base_alarm",
    "IEndpoint": "endpoint.endpoint",
    "IEndpointConfig": "configuration.endpoint_config",
    "IModel": "model.model",
    "InferenceExecutionMode": "model.model",
    "InstanceProductionVariantProps": "configuration.production_variant",
    "InstanceType": "configuration.instance_type",
    "InvalidPropsError": "foundation.errors",
    "InvocationHttpResponseCode": "metrics.variant_metrics",
    "ManagedInstanceScaling": "configuration.production_variant",
    "ManagedInstanceScalingStatus": "configuration.production_variant",
    "MathExpression": "cloudwatch.math_expression",
    "Metric": "cloudwatch.metric",
    "MetricAggregationType": "autoscaling.step_scaling",
    "Model": "model.model",
    "ModelCacheSetting": "model.container_definition",
    "ModelData": "artifacts.model_data",
    "ModelDataConfig": "artifacts.model_data",
    "NotificationTopic": "configuration.async_inference",
    "Pipeline": "model.pipeline",
    "PolicyStatement": "access.iam",
    "Port": "access.network",
    "PredefinedMetric": "autoscaling.target_tracking",
    "RecommendedAlarms": "operations.recommended_alarms",
    "RepositoryAccessMode": "model.container_definition",
    "RoutingStrategy": "configuration.production_variant",
    "S3DataType": "artifacts.model_data",
    "ScalableAsyncInstanceCount": "autoscaling.scalable_async_instance_count",
    "ScalableInstanceCount": "autoscaling.scalable_instance_count",
    "ScalableProvisionedConcurrency": "autoscaling.scalable_provisioned_concurrency",
    "ScalingInterval": "autoscaling.step_scaling",
    "Schedule": "autoscaling.schedule",
    "ServerlessProductionVariantProps": "configuration.production_variant",
    "Severity": "operations.recommended_rules",
    "SmTfError": "foundation.errors",
    "StepScaling": "autoscaling.scalable_target",
    "SuspendedState": "autoscaling.scalable_target",
    "TextWidget": "cloudwatch.widget",
    "ToolError": "foundation.errors",
    "TreatMissingData": "cloudwatch.alarm",
    "Unit": "cloudwatch.metric",
    "Widget": "cloudwatch.widget",
    "YAxisProps": "cloudwatch.widget",
    "all_of": "cloudwatch.alarm_rule",
    "any_of": "cloudwatch.alarm_rule",
    "not_": "cloudwatch.alarm_rule",
}

__all__ = [
    "AcceleratorType",
    "AdjustmentType",
    "Alarm",
    "AlarmRule",
    "AlarmState",
    "AlarmStatusWidget",
    "AlarmThresholds",
    "AlarmWidget",
    "AnomalyDetectionAlarm",
    "AsyncInferenceConfig",
    "CapacitySize",
    "CapacitySizeType",
    "CaptureMode",
    "ComparisonOperator",
    "CompositeAlarm",
    "CompressionType",
    "Connections",
    "ContainerDefinition",
    "ContainerImage",
    "ContainerImageConfig",
    "ContainerMetrics",
    "ContainerMode",
    "CoreDumpConfig",
    "Dashboard",
    "DataCaptureConfig",
    "Deployment",
    "Endpoint",
    "EndpointAsyncProductionVariant",
    "EndpointConfig",
    "EndpointInstanceProductionVariant",
    "EndpointMultiModelProductionVariant",
    "EndpointServerlessProductionVariant",
    "GraphWidget",
    "GraphWidgetView",
    "HorizontalAnnotation",
    "IAlarm",
    "IEndpoint",
    "IEndpointConfig",
    "IModel",
    "InferenceExecutionMode",
    "InstanceProductionVariantProps",
    "InstanceType",
    "InvalidPropsError",
    "InvocationHttpResponseCode",
    "ManagedInstanceScaling",
    "ManagedInstanceScalingStatus",
    "MathExpression",
    "Metric",
    "MetricAggregationType",
    "Model",
    "ModelCacheSetting",
    "ModelData",
    "ModelDataConfig",
    "NotificationTopic",
    "Pipeline",
    "PolicyStatement",
    "Port",
    "PredefinedMetric",
    "RecommendedAlarms",
    "RepositoryAccessMode",
    "RoutingStrategy",
    "S3DataType",
    "ScalableAsyncInstanceCount",
    "ScalableInstanceCount",
    "ScalableProvisionedConcurrency",
    "ScalingInterval",
    "Schedule",
    "ServerlessProductionVariantProps",
    "Severity",
    "SmTfError",
    "StepScaling",
    "SuspendedState",
    "TextWidget",
    "ToolError",
    "TreatMissingData",
    "Unit",
    "Widget",
    "YAxisProps",
    "all_of",
    "any_of",
    "not_",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
