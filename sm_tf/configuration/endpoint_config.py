"""An endpoint configuration: the models that an endpoint serves, their capacity, and their traffic."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sm_tf.access.kms import check_key, key_arn
from sm_tf.access.provider_types import KeyLike
from sm_tf.bindings.core import Construct, TerraformProvider
from sm_tf.bindings.resources import Map, Resource, place_of
from sm_tf.bindings.tokens import as_list, as_number, is_known
from sm_tf.configuration.async_inference import AsyncInferenceConfig
from sm_tf.configuration.production_variant import (
    InstanceProductionVariantProps,
    ProductionVariantProps,
    ServerlessProductionVariantProps,
    check_variant,
    exact_weights,
    render_variant,
)
from sm_tf.foundation.arn import SageMakerArn
from sm_tf.foundation.checks import CountLike, check_choice, check_whole
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import check_name, readable_name
from sm_tf.foundation.public import public
from sm_tf.foundation.struct import as_struct, takes_fields_of

if TYPE_CHECKING:
    from sm_tf.bindings.aws import SagemakerEndpointConfiguration

MAX_VARIANTS = 10
"""The most production variants in a configuration (CreateEndpointConfig, SageMaker API reference)."""


class CaptureMode(StrEnum):
    """The part of an invocation that data capture stores."""

    INPUT = "Input"
    OUTPUT = "Output"
    INPUT_AND_OUTPUT = "InputAndOutput"


@public
@dataclass(frozen=True, kw_only=True)
class DataCaptureConfig:
    """Stores requests and responses in S3.

    Args:
        destination_s3_uri: The location of the captured data, `s3://<bucket>/<prefix>`.
        initial_sampling_percentage: The share of requests to capture, 0 to 100.
        capture_modes: The parts to capture, each at most once. Defaults to requests and responses.
        enable_capture: Whether capture starts immediately. Defaults to True.
        kms_key_id: The id or ARN of the KMS key that encrypts the captured data. Defaults to no key of yours.
        csv_content_types: The content types to store as CSV text. Other content is stored in base64.
        json_content_types: The content types to store as JSON text.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html
    """

    destination_s3_uri: str
    initial_sampling_percentage: CountLike
    capture_modes: Sequence[CaptureMode] = (CaptureMode.INPUT, CaptureMode.OUTPUT)
    enable_capture: bool = True
    kms_key_id: str | None = None
    csv_content_types: Sequence[str] = ()
    json_content_types: Sequence[str] = ()


class IEndpointConfig(SmTfConstruct):
    """An endpoint configuration, created in this program or imported."""

    endpoint_config_arn: str
    """The endpoint configuration's ARN."""
    endpoint_config_name: str
    """The endpoint configuration's name."""
    known_region: str | None = None
    """The endpoint configuration's region if it is known at synth, otherwise None."""
    known_account: str | None = None
    """The endpoint configuration's account if it is known at synth, otherwise None."""


class EndpointConfig(IEndpointConfig):
    """An endpoint configuration with either up to ten instance variants or one serverless variant.

    AWS can't change an endpoint configuration. If anything but its tags changes, Terraform creates a new one
    under a new name, updates the endpoint in place, and then destroys the old one.

    Args:
        instance_production_variants: more can follow with `add_instance_production_variant`.
        serverless_production_variant: instead of variants on instances; or
            `add_serverless_production_variant`.
        shadow_production_variants: one variant on instances that gets a copy of the requests and whose
            responses are dropped; needs exactly one production variant, on instances.
        endpoint_config_name: 1 to 63 letters, digits and hyphens. A fixed name serves for a first creation,
            but a later change fails with "Cannot create already existing endpoint configuration" unless the
            name changes with it. If absent, the construct's path and a suffix of the provider's.
        encryption_key: the KMS key (resource, data source or ARN) that encrypts the instances' storage; AWS's
            own if absent.
        data_capture_config: nothing is captured if absent; not for serverless variants.
        async_inference_config: makes the endpoint asynchronous, with exactly one variant, on instances;
            callers wait for the answer if absent.
        tags: for the endpoint configuration.
        provider: the AWS provider. Defaults to the scope's provider: the stack's default one, unless a
            construct around it was given another.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html

    Raises:
        InvalidPropsError: If AWS would refuse the values. The error lists all problems.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance_production_variants: Sequence[InstanceProductionVariantProps] | None = None,
        serverless_production_variant: ServerlessProductionVariantProps | None = None,
        shadow_production_variants: Sequence[InstanceProductionVariantProps] | None = None,
        endpoint_config_name: str | None = None,
        encryption_key: KeyLike | str | None = None,
        data_capture_config: DataCaptureConfig | None = None,
        async_inference_config: AsyncInferenceConfig | None = None,
        tags: Mapping[str, str] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        place = place_of(scope).below(id, provider)
        self.known_region = Environment(place).known_region
        self._variants: list[ProductionVariantProps] = [
            as_struct(InstanceProductionVariantProps, given) for given in instance_production_variants or ()
        ]
        if serverless_production_variant is not None:
            self._variants.append(as_struct(ServerlessProductionVariantProps, serverless_production_variant))
        self._shadows = [
            as_struct(InstanceProductionVariantProps, given) for given in shadow_production_variants or ()
        ]
        self._data_capture = data_capture_config
        self.async_inference_config = async_inference_config
        with checking(place.path) as check:
            check_name(check, "endpoint_config_name", endpoint_config_name)
            check_key(check, encryption_key)
            _check_data_capture(check, data_capture_config)
            if async_inference_config:
                async_inference_config.check(check)
            self._check(check, self._variants)
        super().__init__(scope, id, provider)
        prefix = None if endpoint_config_name else readable_name(self, limit=36) + "-"
        self._fixed_values: dict[str, Any] = {
            "name": endpoint_config_name,
            "name_prefix": prefix,
            "kms_key_arn": key_arn(encryption_key),
            "data_capture_config": _render_data_capture(data_capture_config),
            "async_inference_config": async_inference_config.render() if async_inference_config else None,
            "tags": Map(tags) if tags else None,
            "lifecycle": {"create_before_destroy": True},
        }
        for variant in self._variants:
            self._grant(variant)
        self._resource = Resource(
            self,
            "Resource",
            "aws_sagemaker_endpoint_configuration",
            self._values,
            attributes=("arn", "name"),
        )
        self.endpoint_config_arn = self._resource["arn"]
        self.endpoint_config_name = self._resource["name"]

    @property
    def resource(self) -> "SagemakerEndpointConfiguration":
        """The provider's resource."""
        resource: SagemakerEndpointConfiguration = self._resource.object
        return resource

    @staticmethod
    def from_endpoint_config_arn(
        scope: Construct, id: str, endpoint_config_arn: str, *, provider: TerraformProvider | None = None
    ) -> IEndpointConfig:
        """An endpoint configuration that is owned elsewhere, by its ARN.

        Raises:
            InvalidPropsError: If `endpoint_config_arn` is not the ARN of an endpoint configuration.
        """
        arn = SageMakerArn.parse(place_of(scope).below(id).path, endpoint_config_arn, "endpoint-config")
        return _ImportedEndpointConfig(scope, id, arn, provider)

    @staticmethod
    def from_endpoint_config_name(
        scope: Construct, id: str, endpoint_config_name: str, *, provider: TerraformProvider | None = None
    ) -> IEndpointConfig:
        """An endpoint configuration owned elsewhere, by its name in the provider's account and region.

        Raises:
            InvalidPropsError: If SageMaker doesn't allow the name.
        """
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check_name(check, "endpoint_config_name", endpoint_config_name)
        arn = SageMakerArn.in_environment_of(place, endpoint_config_name, "endpoint-config")
        return _ImportedEndpointConfig(scope, id, arn, provider)

    @property
    def production_variants(self) -> tuple[ProductionVariantProps, ...]:
        """The variants, in the order in which they were added."""
        return tuple(self._variants)

    @property
    def is_serverless(self) -> bool:
        """Whether the configuration has a serverless variant."""
        return any(isinstance(variant, ServerlessProductionVariantProps) for variant in self._variants)

    @takes_fields_of(InstanceProductionVariantProps)
    def add_instance_production_variant(self, variant: InstanceProductionVariantProps) -> None:
        """Append a variant on instances, given as InstanceProductionVariantProps or as its fields.

        Raises:
            InvalidPropsError: If the variant is invalid, its name is taken, ten variants exist, or
            the configuration has a serverless variant.
        """
        self._add(variant)

    @takes_fields_of(ServerlessProductionVariantProps)
    def add_serverless_production_variant(self, variant: ServerlessProductionVariantProps) -> None:
        """Set the serverless variant, given as ServerlessProductionVariantProps or as its fields.

        Raises:
            InvalidPropsError: If the variant is invalid, or the configuration already has a variant.
        """
        self._add(variant)

    def _add(self, variant: ProductionVariantProps) -> None:
        with checking(self.path) as check:
            self._check(check, [*self._variants, variant])
        self._variants.append(variant)
        self._grant(variant)

    def _grant(self, variant: ProductionVariantProps) -> None:
        if self.async_inference_config:
            self.async_inference_config.grant_model(self, variant.model)

    def _values(self) -> dict[str, Any]:
        everything = [*self._variants, *self._shadows]
        weights = exact_weights(Checks(), [variant.initial_variant_weight for variant in everything])
        blocks = [render_variant(*pair) for pair in zip(everything, weights, strict=True)]
        count = len(self._variants)
        return {
            **self._fixed_values,
            "production_variants": blocks[:count],
            "shadow_production_variants": blocks[count:] or None,
        }

    def _check(self, check: Checks, variants: Sequence[ProductionVariantProps]) -> None:
        everything: list[ProductionVariantProps] = [*variants, *self._shadows]
        invalid = [given for given in everything if not isinstance(given, ProductionVariantProps)]
        for given in invalid:
            allowed = "InstanceProductionVariantProps or ServerlessProductionVariantProps"
            check.problem(f"{given!r} is not a variant; pass {allowed}")
        if invalid:
            return
        for variant in everything:
            check_variant(check, variant)
            _check_same_environment(check, self, variant)
        _check_names(check, everything)
        serverless = [
            variant for variant in variants if isinstance(variant, ServerlessProductionVariantProps)
        ]
        check.require(
            len(serverless) <= 1, "more than one serverless variant is given; an endpoint has at most one"
        )
        check.require(
            not serverless or len(serverless) == len(variants),
            "variants on instances and a serverless variant are given; an endpoint has only one kind",
        )
        check.require(
            len(variants) <= MAX_VARIANTS,
            f"{len(variants)} variants are given; an endpoint has at most {MAX_VARIANTS}",
        )
        check.require(
            not (serverless and self._data_capture),
            "data_capture_config is given, but serverless variants don't support data capture",
        )
        if self.async_inference_config:
            check.require(
                len(variants) <= 1 and not serverless and not self._shadows,
                "async_inference_config is given; an asynchronous endpoint has exactly one variant, on "
                "instances, and no shadow variant",
            )
        if self._shadows:
            check.require(
                len(self._shadows) == 1, "more than one shadow variant is given; an endpoint has at most one"
            )
            check.require(
                len(variants) <= 1 and not serverless,
                "a shadow variant needs exactly one production variant, on instances",
            )
        for shadow in self._shadows:
            dump = shadow.core_dump_config
            check.require(
                dump is None or dump.kms_key_id is not None,
                f"variant {shadow.variant_name!r}: core_dump_config needs kms_key_id in a shadow variant",
            )
        if not check.problems:
            exact_weights(check, [variant.initial_variant_weight for variant in everything])

    def check_at_synth(self, check: Checks) -> None:
        """Check the final state of the variants and their models."""
        self._check(check, self._variants)
        check.require(
            bool(self._variants),
            "an endpoint configuration needs at least one variant; pass instance_production_variants= or "
            "serverless_production_variant=, or call an add_ method",
        )


class _ImportedEndpointConfig(IEndpointConfig):
    def __init__(
        self, scope: Construct, id: str, arn: SageMakerArn, provider: TerraformProvider | None
    ) -> None:
        super().__init__(scope, id, provider)
        self.endpoint_config_arn = arn.arn
        self.endpoint_config_name = arn.name
        self.known_region = arn.region
        self.known_account = arn.account


def _check_names(check: Checks, variants: Sequence[ProductionVariantProps]) -> None:
    names = [variant.variant_name for variant in variants]
    for name in sorted({name for name in names if names.count(name) > 1}):
        check.problem(f"variant_name {name!r} is given {names.count(name)} times; use unique names")


def _check_same_environment(check: Checks, config: EndpointConfig, variant: ProductionVariantProps) -> None:
    ours, theirs = config.known_region, getattr(variant.model, "known_region", None)
    check.require(
        ours is None or theirs is None or ours == theirs,
        f"variant {variant.variant_name!r}: its model is in {theirs}, the endpoint configuration in {ours}; "
        "SageMaker needs both in one region",
    )


def _check_data_capture(check: Checks, config: DataCaptureConfig | None) -> None:
    if config is None:
        return
    percentage = config.initial_sampling_percentage
    check_whole(check, "data_capture_config: initial_sampling_percentage", percentage, 0, 100)
    uri = config.destination_s3_uri
    check.require(
        not is_known(uri) or re.fullmatch(r"s3://[^/]+/?.*", uri) is not None,
        f"data_capture_config: destination_s3_uri {uri!r} must begin with s3://<bucket>",
    )
    for mode in config.capture_modes:
        check_choice(check, "data_capture_config: capture_modes", mode, CaptureMode)
    modes = [str(mode) for mode in config.capture_modes]
    check.require(
        0 < len(modes) == len(set(modes)) <= 2,
        f"data_capture_config: capture_modes {modes} must hold one or two different modes",
    )


def _render_data_capture(config: DataCaptureConfig | None) -> dict[str, Any] | None:
    if config is None:
        return None
    headers = {
        "csv_content_types": as_list(config.csv_content_types) or None,
        "json_content_types": as_list(config.json_content_types) or None,
    }
    return {
        "destination_s3_uri": config.destination_s3_uri,
        "initial_sampling_percentage": as_number(config.initial_sampling_percentage),
        "capture_options": [{"capture_mode": mode} for mode in config.capture_modes],
        "enable_capture": config.enable_capture,
        "kms_key_id": config.kms_key_id,
        "capture_content_type_header": headers if any(headers.values()) else None,
    }
