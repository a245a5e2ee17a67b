"""Checks SageMaker endpoint configurations, and describes them as they were created."""

from collections.abc import Collection
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sm_tf.sandbox.aws.hosting import check_host

MEMBERS = (
    "EndpointConfigName",
    "ProductionVariants",
    "ShadowProductionVariants",
    "DataCaptureConfig",
    "KmsKeyId",
    "AsyncInferenceConfig",
    "ExplainerConfig",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
)

_MEMORY_SIZES = range(1024, 6145, 1024)


def check_endpoint_config(request: dict[str, Any], models: Collection[str], model_arn: str) -> None:
    """Refuse requests that CreateEndpointConfig refuses.

    `models` has the names of existing models, and `model_arn` is the ARN of a model up to its name.
    """
    production = request["ProductionVariants"]
    shadow = request.get("ShadowProductionVariants") or []
    variants = [*production, *shadow]
    names = [variant["VariantName"] for variant in variants]
    for name in names:
        if names.count(name) > 1:
            raise ValidationError(f"Variant name {name} is used more than once.")
    for variant in variants:
        _check_capacity(variant)
        check_host(variant)
        model = variant.get("ModelName")
        if model and model not in models:
            raise ValidationError(f'Could not find model "{model_arn}{model}".')
    if shadow and (len(production), len(shadow)) != (1, 1):
        raise ValidationError("Shadow testing needs exactly one production and one shadow variant.")
    if request.get("AsyncInferenceConfig") and len(variants) > 1:
        raise ValidationError("An asynchronous endpoint has exactly one production variant.")
    if any(_is_serverless(variant) for variant in variants):
        _check_serverless_config(request, variants)


def described_endpoint_config(request: dict[str, Any]) -> dict[str, Any]:
    """The parts of the request that DescribeEndpointConfig returns, with AWS's defaults added."""
    for variant in [*request["ProductionVariants"], *(request.get("ShadowProductionVariants") or [])]:
        variant.setdefault("InitialVariantWeight", 1.0)
    return request


def _is_serverless(variant: dict[str, Any]) -> bool:
    return bool(variant.get("ServerlessConfig"))


def _check_capacity(variant: dict[str, Any]) -> None:
    name, instance_type, serverless = (
        variant["VariantName"],
        variant.get("InstanceType"),
        variant.get("ServerlessConfig"),
    )
    if bool(instance_type) == bool(serverless):
        raise ValidationError(f"Variant {name} needs either an InstanceType or a ServerlessConfig.")
    if instance_type:
        if variant.get("ModelName") and not variant.get("InitialInstanceCount"):
            raise ValidationError(f"Variant {name} needs an InitialInstanceCount of at least 1.")
        return
    assert serverless is not None
    concurrency, provisioned = serverless["MaxConcurrency"], serverless.get("ProvisionedConcurrency")
    if serverless["MemorySizeInMB"] not in _MEMORY_SIZES:
        raise ValidationError(f"MemorySizeInMB of variant {name} is one of {list(_MEMORY_SIZES)}.")
    if provisioned is not None and provisioned > concurrency:
        raise ValidationError(f"ProvisionedConcurrency of variant {name} is above its MaxConcurrency.")
    for member in ("InitialInstanceCount", "VolumeSizeInGB", "ManagedInstanceScaling"):
        if variant.get(member):
            raise ValidationError(f"{member} is not supported for serverless variant {name}.")


def _check_serverless_config(request: dict[str, Any], variants: list[dict[str, Any]]) -> None:
    if len(variants) > 1:
        raise ValidationError("A serverless endpoint has exactly one variant.")
    for member in ("AsyncInferenceConfig", "DataCaptureConfig", "ExplainerConfig"):
        if request.get(member):
            raise ValidationError(f"{member} is not supported for serverless endpoints.")
