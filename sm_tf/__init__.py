"""Machine-learning models on Amazon SageMaker with Terraform, as Python constructs on CDKTF.

Everything here is loaded when it is first used, so that `import sm_tf` alone costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sm_tf.async_inference import AsyncInferenceConfig, NotificationTopic
    from sm_tf.autoscaling.scalable_async_instance_count import ScalableAsyncInstanceCount
    from sm_tf.autoscaling.scalable_instance_count import ScalableInstanceCount
    from sm_tf.autoscaling.scalable_provisioned_concurrency import ScalableProvisionedConcurrency
    from sm_tf.autoscaling.scalable_target import StepScaling, SuspendedState
    from sm_tf.autoscaling.schedule import Schedule
    from sm_tf.autoscaling.step_scaling import AdjustmentType, MetricAggregationType, ScalingInterval
    from sm_tf.autoscaling.target_tracking import PredefinedMetric
    from sm_tf.container_definition import (
        ContainerDefinition,
        ContainerMode,
        ModelCacheSetting,
        RepositoryAccessMode,
    )
    from sm_tf.container_image import ContainerImage, ContainerImageConfig
    from sm_tf.deployment import CapacitySize, CapacitySizeType, Deployment
    from sm_tf.endpoint import Endpoint, IEndpoint
    from sm_tf.endpoint_config import CaptureMode, DataCaptureConfig, EndpointConfig, IEndpointConfig
    from sm_tf.endpoint_variant import (
        EndpointAsyncProductionVariant,
        EndpointInstanceProductionVariant,
        EndpointMultiModelProductionVariant,
        EndpointServerlessProductionVariant,
    )
    from sm_tf.errors import InvalidPropsError, SmTfError, ToolError
    from sm_tf.iam import PolicyStatement
    from sm_tf.instance_type import AcceleratorType, InstanceType
    from sm_tf.model import IModel, InferenceExecutionMode, Model
    from sm_tf.model_data import CompressionType, ModelData, ModelDataConfig, S3DataType
    from sm_tf.monitoring.alarm import Alarm, ComparisonOperator, TreatMissingData
    from sm_tf.monitoring.alarm_rule import AlarmRule, AlarmState, all_of, any_of, not_
    from sm_tf.monitoring.alarm_thresholds import AlarmThresholds
    from sm_tf.monitoring.anomaly_detection_alarm import AnomalyDetectionAlarm
    from sm_tf.monitoring.base_alarm import IAlarm
    from sm_tf.monitoring.composite_alarm import CompositeAlarm
    from sm_tf.monitoring.container_metrics import ContainerMetrics
    from sm_tf.monitoring.dashboard import Dashboard
    from sm_tf.monitoring.math_expression import MathExpression
    from sm_tf.monitoring.metric import Metric, Unit
    from sm_tf.monitoring.recommended_alarms import RecommendedAlarms
    from sm_tf.monitoring.recommended_rules import Severity
    from sm_tf.monitoring.variant_metrics import InvocationHttpResponseCode
    from sm_tf.monitoring.widget import (
        AlarmStatusWidget,
        AlarmWidget,
        GraphWidget,
        GraphWidgetView,
        HorizontalAnnotation,
        TextWidget,
        Widget,
        YAxisProps,
    )
    from sm_tf.network import Connections, Port
    from sm_tf.pipeline import Pipeline
    from sm_tf.production_variant import (
        CoreDumpConfig,
        InstanceProductionVariantProps,
        ManagedInstanceScaling,
        ManagedInstanceScalingStatus,
        RoutingStrategy,
        ServerlessProductionVariantProps,
    )

_MODULE_OF = {
    "AcceleratorType": "instance_type",
    "AdjustmentType": "autoscaling.step_scaling",
    "Alarm": "monitoring.alarm",
    "AlarmRule": "monitoring.alarm_rule",
    "AlarmState": "monitoring.alarm_rule",
    "AlarmStatusWidget": "monitoring.widget",
    "AlarmThresholds": "monitoring.alarm_thresholds",
    "AlarmWidget": "monitoring.widget",
    "AnomalyDetectionAlarm": "monitoring.anomaly_detection_alarm",
    "AsyncInferenceConfig": "async_inference",
    "CapacitySize": "deployment",
    "CapacitySizeType": "deployment",
    "CaptureMode": "endpoint_config",
    "ComparisonOperator": "monitoring.alarm",
    "CompositeAlarm": "monitoring.composite_alarm",
    "CompressionType": "model_data",
    "Connections": "network",
    "ContainerDefinition": "container_definition",
    "ContainerImage": "container_image",
    "ContainerImageConfig": "container_image",
    "ContainerMetrics": "monitoring.container_metrics",
    "ContainerMode": "container_definition",
    "CoreDumpConfig": "production_variant",
    "Dashboard": "monitoring.dashboard",
    "DataCaptureConfig": "endpoint_config",
    "Deployment": "deployment",
    "Endpoint": "endpoint",
    "EndpointAsyncProductionVariant": "endpoint_variant",
    "EndpointConfig": "endpoint_config",
    "EndpointInstanceProductionVariant": "endpoint_variant",
    "EndpointMultiModelProductionVariant": "endpoint_variant",
    "EndpointServerlessProductionVariant": "endpoint_variant",
    "GraphWidget": "monitoring.widget",
    "GraphWidgetView": "monitoring.widget",
    "HorizontalAnnotation": "monitoring.widget",
    "IAlarm": "monitoring.base_alarm",
    "IEndpoint": "endpoint",
    "IEndpointConfig": "endpoint_config",
    "IModel": "model",
    "InferenceExecutionMode": "model",
    "InstanceProductionVariantProps": "production_variant",
    "InstanceType": "instance_type",
    "InvalidPropsError": "errors",
    "InvocationHttpResponseCode": "monitoring.variant_metrics",
    "ManagedInstanceScaling": "production_variant",
    "ManagedInstanceScalingStatus": "production_variant",
    "MathExpression": "monitoring.math_expression",
    "Metric": "monitoring.metric",
    "MetricAggregationType": "autoscaling.step_scaling",
    "Model": "model",
    "ModelCacheSetting": "container_definition",
    "ModelData": "model_data",
    "ModelDataConfig": "model_data",
    "NotificationTopic": "async_inference",
    "Pipeline": "pipeline",
    "PolicyStatement": "iam",
    "Port": "network",
    "PredefinedMetric": "autoscaling.target_tracking",
    "RecommendedAlarms": "monitoring.recommended_alarms",
    "RepositoryAccessMode": "container_definition",
    "RoutingStrategy": "production_variant",
    "S3DataType": "model_data",
    "ScalableAsyncInstanceCount": "autoscaling.scalable_async_instance_count",
    "ScalableInstanceCount": "autoscaling.scalable_instance_count",
    "ScalableProvisionedConcurrency": "autoscaling.scalable_provisioned_concurrency",
    "ScalingInterval": "autoscaling.step_scaling",
    "Schedule": "autoscaling.schedule",
    "ServerlessProductionVariantProps": "production_variant",
    "Severity": "monitoring.recommended_rules",
    "SmTfError": "errors",
    "StepScaling": "autoscaling.scalable_target",
    "SuspendedState": "autoscaling.scalable_target",
    "TextWidget": "monitoring.widget",
    "ToolError": "errors",
    "TreatMissingData": "monitoring.alarm",
    "Unit": "monitoring.metric",
    "Widget": "monitoring.widget",
    "YAxisProps": "monitoring.widget",
    "all_of": "monitoring.alarm_rule",
    "any_of": "monitoring.alarm_rule",
    "not_": "monitoring.alarm_rule",
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
