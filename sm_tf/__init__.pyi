from .access.iam import PolicyHolder as PolicyHolder
from .access.iam import PolicyStatement as PolicyStatement
from .access.immutable_role import ImmutableRole as ImmutableRole
from .access.network import Connections as Connections
from .access.network import Port as Port
from .access.principal import Grantee as Grantee
from .access.principal import HasGrantPrincipal as HasGrantPrincipal
from .access.principal import Principal as Principal
from .access.principal import PrincipalResource as PrincipalResource
from .access.provider_types import BucketLike as BucketLike
from .access.provider_types import EcrRepositoryLike as EcrRepositoryLike
from .access.provider_types import HasArn as HasArn
from .access.provider_types import HasId as HasId
from .access.provider_types import KeyLike as KeyLike
from .access.provider_types import TopicLike as TopicLike
from .access.role_settings import PermissionsBoundary as PermissionsBoundary
from .access.role_settings import RolePath as RolePath
from .artifacts.model_data import CompressionType as CompressionType
from .artifacts.model_data import ModelData as ModelData
from .artifacts.model_data import ModelDataConfig as ModelDataConfig
from .artifacts.model_data import S3DataType as S3DataType
from .autoscaling.scalable_async_instance_count import (
    ScalableAsyncInstanceCount as ScalableAsyncInstanceCount,
)
from .autoscaling.scalable_instance_count import ScalableInstanceCount as ScalableInstanceCount
from .autoscaling.scalable_provisioned_concurrency import (
    ScalableProvisionedConcurrency as ScalableProvisionedConcurrency,
)
from .autoscaling.scalable_target import ScalableTarget as ScalableTarget
from .autoscaling.scalable_target import StepScaling as StepScaling
from .autoscaling.scalable_target import SuspendedState as SuspendedState
from .autoscaling.schedule import Schedule as Schedule
from .autoscaling.step_scaling import AdjustmentType as AdjustmentType
from .autoscaling.step_scaling import MetricAggregationType as MetricAggregationType
from .autoscaling.step_scaling import ScalingInterval as ScalingInterval
from .autoscaling.target_tracking import PredefinedMetric as PredefinedMetric
from .cloudwatch.alarm import Alarm as Alarm
from .cloudwatch.alarm import AlarmOptions as AlarmOptions
from .cloudwatch.alarm import ComparisonOperator as ComparisonOperator
from .cloudwatch.alarm import TreatMissingData as TreatMissingData
from .cloudwatch.alarm_actions import AlarmAction as AlarmAction
from .cloudwatch.alarm_rule import AlarmRule as AlarmRule
from .cloudwatch.alarm_rule import AlarmState as AlarmState
from .cloudwatch.alarm_rule import NamedAlarm as NamedAlarm
from .cloudwatch.alarm_rule import all_of as all_of
from .cloudwatch.alarm_rule import any_of as any_of
from .cloudwatch.alarm_rule import not_ as not_
from .cloudwatch.annotation import HorizontalAnnotation as HorizontalAnnotation
from .cloudwatch.anomaly_detection_alarm import AnomalyDetectionAlarm as AnomalyDetectionAlarm
from .cloudwatch.base_alarm import BaseAlarm as BaseAlarm
from .cloudwatch.base_alarm import IAlarm as IAlarm
from .cloudwatch.composite_alarm import CompositeAlarm as CompositeAlarm
from .cloudwatch.dashboard import Dashboard as Dashboard
from .cloudwatch.math_expression import MathExpression as MathExpression
from .cloudwatch.metric import Metric as Metric
from .cloudwatch.metric import MetricOptions as MetricOptions
from .cloudwatch.metric import Unit as Unit
from .cloudwatch.metric_interface import IMetric as IMetric
from .cloudwatch.widget import AlarmStatusWidget as AlarmStatusWidget
from .cloudwatch.widget import AlarmWidget as AlarmWidget
from .cloudwatch.widget import GraphWidget as GraphWidget
from .cloudwatch.widget import GraphWidgetView as GraphWidgetView
from .cloudwatch.widget import TextWidget as TextWidget
from .cloudwatch.widget import Widget as Widget
from .cloudwatch.widget import YAxisProps as YAxisProps
from .configuration.async_inference import AsyncInferenceConfig as AsyncInferenceConfig
from .configuration.async_inference import NotificationTopic as NotificationTopic
from .configuration.deployment import AlarmResource as AlarmResource
from .configuration.deployment import CapacitySize as CapacitySize
from .configuration.deployment import CapacitySizeType as CapacitySizeType
from .configuration.deployment import Deployment as Deployment
from .configuration.endpoint_config import CaptureMode as CaptureMode
from .configuration.endpoint_config import DataCaptureConfig as DataCaptureConfig
from .configuration.endpoint_config import EndpointConfig as EndpointConfig
from .configuration.endpoint_config import IEndpointConfig as IEndpointConfig
from .configuration.instance_type import AcceleratorType as AcceleratorType
from .configuration.instance_type import InstanceType as InstanceType
from .configuration.production_variant import CoreDumpConfig as CoreDumpConfig
from .configuration.production_variant import InstanceProductionVariantProps as InstanceProductionVariantProps
from .configuration.production_variant import ManagedInstanceScaling as ManagedInstanceScaling
from .configuration.production_variant import ManagedInstanceScalingStatus as ManagedInstanceScalingStatus
from .configuration.production_variant import ProductionVariantProps as ProductionVariantProps
from .configuration.production_variant import RoutingStrategy as RoutingStrategy
from .configuration.production_variant import (
    ServerlessProductionVariantProps as ServerlessProductionVariantProps,
)
from .endpoint.endpoint import Endpoint as Endpoint
from .endpoint.endpoint import IEndpoint as IEndpoint
from .endpoint.endpoint_variant import EndpointAsyncProductionVariant as EndpointAsyncProductionVariant
from .endpoint.endpoint_variant import EndpointInstanceProductionVariant as EndpointInstanceProductionVariant
from .endpoint.endpoint_variant import (
    EndpointMultiModelProductionVariant as EndpointMultiModelProductionVariant,
)
from .endpoint.endpoint_variant import EndpointProductionVariant as EndpointProductionVariant
from .endpoint.endpoint_variant import (
    EndpointServerlessProductionVariant as EndpointServerlessProductionVariant,
)
from .foundation.arn import SageMakerArn as SageMakerArn
from .foundation.checks import CountLike as CountLike
from .foundation.checks import DurationLike as DurationLike
from .foundation.endpoint_reference import EndpointReference as EndpointReference
from .foundation.errors import Checks as Checks
from .foundation.errors import InvalidPropsError as InvalidPropsError
from .foundation.errors import SmTfError as SmTfError
from .foundation.errors import ToolError as ToolError
from .foundation.errors import UsageError as UsageError
from .foundation.tags import Tags as Tags
from .images.container_image import ContainerImage as ContainerImage
from .images.container_image import ContainerImageConfig as ContainerImageConfig
from .metrics.container_metrics import ContainerMetrics as ContainerMetrics
from .metrics.published_metrics import InvocationHttpResponseCode as InvocationHttpResponseCode
from .metrics.variant_metrics import AsyncVariantMetrics as AsyncVariantMetrics
from .model.container_definition import ContainerDefinition as ContainerDefinition
from .model.container_definition import ContainerMode as ContainerMode
from .model.container_definition import ModelCacheSetting as ModelCacheSetting
from .model.container_definition import RepositoryAccessMode as RepositoryAccessMode
from .model.model import IModel as IModel
from .model.model import InferenceExecutionMode as InferenceExecutionMode
from .model.model import Model as Model
from .model.pipeline import Pipeline as Pipeline
from .operations.alarm_override import AlarmOverride as AlarmOverride
from .operations.alarm_spec import RecommendedAlarm as RecommendedAlarm
from .operations.alarm_spec import Severity as Severity
from .operations.alarm_thresholds import AlarmThresholds as AlarmThresholds
from .operations.monitored_variant import MonitoredVariant as MonitoredVariant
from .operations.recommended_alarms import RecommendedAlarms as RecommendedAlarms

__version__: str
