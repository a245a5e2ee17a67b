"""Production variants: a model, its instances or serverless capacity, and its share of the traffic."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm
from struct import pack, unpack
from typing import Any

from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.hosting import HostedContainer, findings, forbids_volume_size, needed_ami
from sm_tf.aws.instance_types import instance_types
from sm_tf.bindings.core import Op
from sm_tf.bindings.template import readable
from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.configuration.destination import check_destination
from sm_tf.configuration.instance_type import AcceleratorType, InstanceType, check_type
from sm_tf.foundation.checks import (
    CountLike,
    DurationLike,
    is_number,
    is_whole,
    seconds,
)
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import check_name
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_seconds_rule, check_whole_rule
from sm_tf.foundation.texts import is_one_of
from sm_tf.model.model import IModel, hosted_containers

SERVERLESS_MEMORY_SIZES_IN_MB = (1024, 2048, 3072, 4096, 5120, 6144)
"""ProductionVariantServerlessConfig, SageMaker API reference."""


class RoutingStrategy(StrEnum):
    """How SageMaker distributes requests over a variant's instances."""

    LEAST_OUTSTANDING_REQUESTS = "LEAST_OUTSTANDING_REQUESTS"
    RANDOM = "RANDOM"


class ManagedInstanceScalingStatus(StrEnum):
    """Whether SageMaker's own scaling of a variant's instances is on."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@public
@dataclass(frozen=True, kw_only=True)
class ManagedInstanceScaling:
    """SageMaker's own scaling of a variant's instances, which is intended for inference components.

    Args:
        status: Whether the scaling is on. Defaults to `ENABLED`.
        min_instance_count: The lowest number of instances, 0 or more.
        max_instance_count: The highest number of instances: 1 or more, and at least `min_instance_count`.
    """

    status: ManagedInstanceScalingStatus = ManagedInstanceScalingStatus.ENABLED
    min_instance_count: CountLike | None = None
    max_instance_count: CountLike | None = None


@public
@dataclass(frozen=True, kw_only=True)
class CoreDumpConfig:
    """Stores a container's core dumps in S3.

    Args:
        destination_s3_uri: The location of the core dumps, `s3://<bucket>/<prefix>`.
        kms_key_id: The ARN of the KMS key that encrypts them. Required for shadow variants.
    """

    destination_s3_uri: str
    kms_key_id: str | None = None


@public
@dataclass(frozen=True, kw_only=True)
class InstanceProductionVariantProps:
    """A model on its own instances.

    Args:
        model: The model to host.
        variant_name: 1 to 63 letters, digits and hyphens, unique within the endpoint.
        instance_type: An InstanceType or its name. Defaults to `ml.t2.medium`.
        initial_instance_count: The number of instances, 1 or more. Every update of the endpoint resets the
            count to this value, so with autoscaling set it to the usual load. Defaults to 1.
        initial_variant_weight: 0 or more. A variant's share of the traffic is its weight divided by the sum
            of all weights. Weights that a 32-bit float can't represent exactly, such as 0.9 and 0.1, are
            multiplied to whole numbers (9 and 1), which keeps the shares. Defaults to 1.
        container_startup_health_check_timeout: A timedelta of 60 seconds to 1 hour in whole seconds, or a
            Terraform token for a number of seconds. Defaults to AWS's timeout.
        model_data_download_timeout: The timeout for downloading the artifacts, with the same range and
            default.
        volume_size_in_gb: The storage of each instance, 1 to 512, for instance types without local NVMe
            storage; AWS refuses it for the others, such as G4dn, G5, G6, P4d, P5 and M5d. Defaults to AWS's
            size.
        accelerator_type: The Elastic Inference accelerator. AWS has retired Elastic Inference.
        inference_ami_version: The AMI of the instances, such as `al2-ami-sagemaker-inference-gpu-2`. Defaults
            to AWS's AMI for the type and, if an image's tag says that it is built on CUDA 13, whose driver
            that AMI lacks, to `al2023-ami-sagemaker-inference-gpu-4-1`.
        enable_ssm_access: Whether AWS Systems Manager may open a shell on the instances. Defaults to False.
        routing_strategy: How requests are distributed over the instances. Defaults to `RANDOM`.
        managed_instance_scaling: SageMaker's own scaling. AWS supports it for inference components alone, not
            for a variant with a model, so only its status `DISABLED` is accepted; use
            `auto_scale_instance_count`.
        core_dump_config: The location of core dumps. Defaults to keeping none.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    model: IModel
    variant_name: str
    instance_type: InstanceType | str = InstanceType.T2_MEDIUM
    initial_instance_count: CountLike = 1
    initial_variant_weight: float = 1
    container_startup_health_check_timeout: DurationLike | None = None
    model_data_download_timeout: DurationLike | None = None
    volume_size_in_gb: CountLike | None = None
    accelerator_type: AcceleratorType | str | None = None
    inference_ami_version: str | None = None
    enable_ssm_access: bool | None = None
    routing_strategy: RoutingStrategy | None = None
    managed_instance_scaling: ManagedInstanceScaling | None = None
    core_dump_config: CoreDumpConfig | None = None

    @property
    def enabled_managed_scaling(self) -> ManagedInstanceScaling | None:
        """`managed_instance_scaling`, or None if it is not given or its status is `DISABLED`."""
        scaling = self.managed_instance_scaling
        is_off = scaling is not None and scaling.status == ManagedInstanceScalingStatus.DISABLED
        return None if is_off else scaling


@public
@dataclass(frozen=True, kw_only=True)
class ServerlessProductionVariantProps:
    """A model on capacity that SageMaker provides on demand.

    Args:
        model: The model to host. It must have a single container with a single model and an image from ECR,
            and neither a VPC nor network isolation.
        variant_name: 1 to 63 letters, digits and hyphens.
        max_concurrency: The most requests that are served at the same time, 1 to 200.
        memory_size_in_mb: 1024, 2048, 3072, 4096, 5120 or 6144.
        provisioned_concurrency: The number of concurrent requests that are served by warm capacity, 1 to
            `max_concurrency`. Defaults to none.
        initial_variant_weight: 0 or more. Defaults to 1.

    Source:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
    """

    model: IModel
    variant_name: str
    max_concurrency: CountLike
    memory_size_in_mb: CountLike
    provisioned_concurrency: CountLike | None = None
    initial_variant_weight: float = 1


ProductionVariantProps = InstanceProductionVariantProps | ServerlessProductionVariantProps


def check_variant(check: Checks, variant: ProductionVariantProps) -> None:
    """Check a variant by itself."""
    named = f"variant {variant.variant_name!r}"
    check_name(check, "variant_name", variant.variant_name)
    weight = variant.initial_variant_weight
    if is_known(weight):
        valid = is_number(weight) and 0 <= weight <= _LARGEST_FLOAT32
        check.require(valid, f"{named}: initial_variant_weight {weight!r} must be a number, 0 or more")
    if isinstance(variant, InstanceProductionVariantProps):
        _check_instances(check, named, variant)
    else:
        _check_serverless(check, named, variant)


def _check_instances(check: Checks, named: str, variant: InstanceProductionVariantProps) -> None:
    check_type(check, f"{named}: instance_type", variant.instance_type, InstanceType)
    if variant.accelerator_type is not None:
        check_type(check, f"{named}: accelerator_type", variant.accelerator_type, AcceleratorType)
    for argument, shape in {
        "initial_instance_count": "InitialTaskCount",
        "volume_size_in_gb": "ProductionVariantVolumeSizeInGB",
    }.items():
        check_whole_rule(check, f"{named}: {argument}", getattr(variant, argument), sagemaker(shape))
    for argument, shape in {
        "container_startup_health_check_timeout": "ContainerStartupHealthCheckTimeoutInSeconds",
        "model_data_download_timeout": "ModelDataDownloadTimeoutInSeconds",
    }.items():
        rule = sagemaker(f"ProductionVariant{shape}")
        check_seconds_rule(check, f"{named}: {argument}", getattr(variant, argument), rule)
    if scaling := variant.managed_instance_scaling:
        _check_managed_scaling(check, f"{named}: managed_instance_scaling", scaling)
    if dump := variant.core_dump_config:
        check_destination(check, f"{named}: core_dump_config.destination_s3_uri", dump.destination_s3_uri)


def _check_managed_scaling(check: Checks, what: str, scaling: ManagedInstanceScaling) -> None:
    low, high = scaling.min_instance_count, scaling.max_instance_count
    before = len(check.problems)
    check_whole_rule(
        check, f"{what}.min_instance_count", low, sagemaker("ManagedInstanceScalingMinInstanceCount")
    )
    check_whole_rule(
        check, f"{what}.max_instance_count", high, sagemaker("ManagedInstanceScalingMaxInstanceCount")
    )
    if is_whole(low) and is_whole(high):
        check.require(low <= high, f"{what} has min_instance_count {low} above max_instance_count {high}")
    check.require(
        scaling.status == ManagedInstanceScalingStatus.DISABLED
        or not is_known(scaling.status)
        or len(check.problems) > before,
        f"{what} is for inference components, and AWS refuses it for a variant with a model; use "
        "auto_scale_instance_count of the endpoint's variant",
    )


def sent_ami(variant: InstanceProductionVariantProps) -> str | None:
    """The AMI that is sent to AWS: the given one, or the one that an image needs."""
    if variant.inference_ami_version is not None or not is_known(str(variant.instance_type)):
        return variant.inference_ami_version
    return needed_ami(str(variant.instance_type), hosted_containers(variant.model))


def check_host(check: Checks, variant: ProductionVariantProps) -> None:
    """Check that a variant's images, AMI and volume fit what hosts it. Of an instance type that is half
    known, note what is wrong with every type that it can be.
    """
    named = f"variant {variant.variant_name!r}"
    containers = hosted_containers(variant.model)
    if isinstance(variant, ServerlessProductionVariantProps):
        _check_serverless_images(check, named, containers)
        return
    given = str(variant.instance_type)
    types = [given] if is_known(given) else _possible_types(given)
    check.require(
        not (types and is_whole(variant.volume_size_in_gb) and all(map(forbids_volume_size, types))),
        f"{named}: volume_size_in_gb is given, and {readable(given)} has local NVMe storage, which AWS uses "
        "instead; leave it out, or pass a type without such storage",
    )
    ami = sent_ami(variant)
    found = [list(findings(each, ami, containers)) for each in types]
    failures = [[each.problem for each in of_type if each.failure] for of_type in found]
    if all(failures):
        for problem in failures[0] if failures else ():
            check.problem(f"{named}: {problem}")
    for finding in found[0] if is_known(given) else ():
        if finding.failure is None:
            check.warning(f"{named}: {finding.problem}")


def _check_serverless_images(check: Checks, named: str, containers: Sequence[HostedContainer]) -> None:
    for container in containers:
        image = container.image
        check.require(
            image.architecture != "arm64",
            f"{named}: the image {image.repository!r} is built for arm64, and serverless capacity is x86_64",
        )
        if image.accelerator in ("gpu", "neuron"):
            check.warning(
                f"{named}: the image {image.repository!r} is built for accelerators, which serverless "
                "capacity lacks; pass the CPU image"
            )


def _possible_types(text: str) -> list[str]:
    """Return the known types that a half-known text can be; none where not even its beginning is known."""
    if not text.startswith("ml."):
        return []
    return [each for each in instance_types() if is_one_of([each], text)]


def _check_serverless(check: Checks, named: str, variant: ServerlessProductionVariantProps) -> None:
    if features := variant.model.unsupported_by_serverless:
        problem = f"its model has {' and '.join(features)}, which serverless variants don't support"
        check.problem(f"{named}: {problem}; use a variant on instances")
    max_concurrency, provisioned = variant.max_concurrency, variant.provisioned_concurrency
    required = {"max_concurrency": max_concurrency, "memory_size_in_mb": variant.memory_size_in_mb}
    for argument, value in required.items():
        check.require(value is not None, f"{named}: {argument} is missing")
    check_whole_rule(
        check, f"{named}: max_concurrency", max_concurrency, sagemaker("ServerlessMaxConcurrency")
    )
    rule = sagemaker("ServerlessProvisionedConcurrency")
    check_whole_rule(check, f"{named}: provisioned_concurrency", provisioned, rule)
    if is_whole(provisioned) and is_whole(max_concurrency):
        check.require(
            provisioned <= max_concurrency,
            f"{named}: provisioned_concurrency {provisioned} is above max_concurrency {max_concurrency}",
        )
    memory = variant.memory_size_in_mb
    sizes = ", ".join(str(size) for size in SERVERLESS_MEMORY_SIZES_IN_MB)
    valid = not is_known(memory) or (is_whole(memory) and memory in SERVERLESS_MEMORY_SIZES_IN_MB)
    check.require(memory is None or valid, f"{named}: memory_size_in_mb {memory!r} must be one of {sizes}")


_LARGEST_FLOAT32 = 3.4028234663852886e38


def exact_weights(check: Checks, weights: Sequence[float]) -> list[Any]:
    """Return the weights in a form that AWS returns unchanged.

    SageMaker stores weights as 32-bit floats. A weight that isn't exact there would show a change in every
    plan. Such weights are therefore multiplied to whole numbers with the same ratio, and those that only
    Terraform knows are multiplied by the same factor.
    """
    known = [weight for weight in weights if is_known(weight)]
    if all(_is_float32(weight) for weight in known):
        return [as_number(weight) if not is_known(weight) else abs(weight) for weight in weights]
    ratios = [Fraction(str(weight)) for weight in known]
    factor = Fraction(lcm(*(ratio.denominator for ratio in ratios)))
    if len(known) == len(weights):
        factor /= gcd(*(int(ratio * factor) for ratio in ratios))
    whole = [int(ratio * factor) for ratio in ratios]
    check.require(
        all(_is_float32(weight) for weight in whole),
        f"the ratio of the variants' weights {list(weights)} needs more than the 24 bits that SageMaker "
        "stores; round them, for example to 0.9 and 0.1",
    )
    if check.problems:
        return []
    return [
        float(Fraction(str(weight)) * factor) if is_known(weight) else Op.mul(as_number(weight), int(factor))
        for weight in weights
    ]


def _is_float32(weight: float) -> bool:
    return weight <= _LARGEST_FLOAT32 and bool(unpack("f", pack("f", weight))[0] == weight)


def render_variant(variant: ProductionVariantProps, weight: float) -> dict[str, Any]:
    """Return the variant as the provider's block."""
    block: dict[str, Any] = {
        "variant_name": variant.variant_name,
        "model_name": variant.model.model_name,
        "initial_variant_weight": weight,
    }
    if isinstance(variant, ServerlessProductionVariantProps):
        serverless = {
            "max_concurrency": as_number(variant.max_concurrency),
            "memory_size_in_mb": as_number(variant.memory_size_in_mb),
            "provisioned_concurrency": as_number(variant.provisioned_concurrency),
        }
        return block | {"serverless_config": _present(serverless)}
    block |= {
        "instance_type": str(variant.instance_type),
        "initial_instance_count": as_number(variant.initial_instance_count),
        "container_startup_health_check_timeout_in_seconds": seconds(
            variant.container_startup_health_check_timeout
        ),
        "model_data_download_timeout_in_seconds": seconds(variant.model_data_download_timeout),
        "volume_size_in_gb": as_number(variant.volume_size_in_gb),
        "accelerator_type": str(variant.accelerator_type) if variant.accelerator_type else None,
        "inference_ami_version": sent_ami(variant),
        "enable_ssm_access": variant.enable_ssm_access,
    }
    if variant.routing_strategy:
        block["routing_config"] = [{"routing_strategy": variant.routing_strategy}]
    if scaling := variant.managed_instance_scaling:
        block["managed_instance_scaling"] = _present(
            {
                "status": scaling.status,
                "min_instance_count": as_number(scaling.min_instance_count),
                "max_instance_count": as_number(scaling.max_instance_count),
            }
        )
    if dump := variant.core_dump_config:
        block["core_dump_config"] = _present(
            {"destination_s3_uri": dump.destination_s3_uri, "kms_key_id": dump.kms_key_id}
        )
    return _present(block)


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
