"""Machine-learning models on Amazon SageMaker with Terraform, as Python constructs on CDKTF.

Everything here is loaded when it is first used, so that `import sm_tf` alone costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sm_tf.autoscaling import ScalableInstanceCount
    from sm_tf.container_definition import (
        ContainerDefinition,
        ContainerMode,
        ModelCacheSetting,
        RepositoryAccessMode,
    )
    from sm_tf.container_image import ContainerImage, ContainerImageConfig
    from sm_tf.endpoint import Endpoint, EndpointInstanceProductionVariant, IEndpoint
    from sm_tf.endpoint_config import CaptureMode, DataCaptureConfig, EndpointConfig, IEndpointConfig
    from sm_tf.errors import InvalidPropsError, SmTfError, ToolError
    from sm_tf.iam import PolicyStatement
    from sm_tf.instance_type import AcceleratorType, InstanceType
    from sm_tf.model import IModel, InferenceExecutionMode, Model
    from sm_tf.model_data import CompressionType, ModelData, ModelDataConfig, S3DataType
    from sm_tf.monitoring.alarm import Alarm, ComparisonOperator, TreatMissingData
    from sm_tf.monitoring.metric import Metric
    from sm_tf.monitoring.variant_metrics import InvocationHttpResponseCode
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
    "Alarm": "monitoring.alarm",
    "CaptureMode": "endpoint_config",
    "ComparisonOperator": "monitoring.alarm",
    "CompressionType": "model_data",
    "Connections": "network",
    "ContainerDefinition": "container_definition",
    "ContainerImage": "container_image",
    "ContainerImageConfig": "container_image",
    "ContainerMode": "container_definition",
    "CoreDumpConfig": "production_variant",
    "DataCaptureConfig": "endpoint_config",
    "Endpoint": "endpoint",
    "EndpointConfig": "endpoint_config",
    "EndpointInstanceProductionVariant": "endpoint",
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
    "Metric": "monitoring.metric",
    "Model": "model",
    "ModelCacheSetting": "container_definition",
    "ModelData": "model_data",
    "ModelDataConfig": "model_data",
    "Pipeline": "pipeline",
    "PolicyStatement": "iam",
    "Port": "network",
    "RepositoryAccessMode": "container_definition",
    "RoutingStrategy": "production_variant",
    "S3DataType": "model_data",
    "ScalableInstanceCount": "autoscaling",
    "ServerlessProductionVariantProps": "production_variant",
    "SmTfError": "errors",
    "ToolError": "errors",
    "TreatMissingData": "monitoring.alarm",
}

__all__ = [
    "AcceleratorType",
    "Alarm",
    "CaptureMode",
    "ComparisonOperator",
    "CompressionType",
    "Connections",
    "ContainerDefinition",
    "ContainerImage",
    "ContainerImageConfig",
    "ContainerMode",
    "CoreDumpConfig",
    "DataCaptureConfig",
    "Endpoint",
    "EndpointConfig",
    "EndpointInstanceProductionVariant",
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
    "Metric",
    "Model",
    "ModelCacheSetting",
    "ModelData",
    "ModelDataConfig",
    "Pipeline",
    "PolicyStatement",
    "Port",
    "RepositoryAccessMode",
    "RoutingStrategy",
    "S3DataType",
    "ScalableInstanceCount",
    "ServerlessProductionVariantProps",
    "SmTfError",
    "ToolError",
    "TreatMissingData",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
