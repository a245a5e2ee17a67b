"""One container of a model: its image, artifacts and environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sm_tf.artifacts.model_data import ModelData
from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.hosting import HostedContainer
from sm_tf.bindings.tokens import is_map_token
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.forms import shown
from sm_tf.foundation.location import check_region
from sm_tf.foundation.naming import check_name
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_count_rule, check_text_rule
from sm_tf.images.container_image import ContainerImage, check_image, known_image
from sm_tf.images.known_image import KnownImage
from sm_tf.model.secret_values import looks_like_secret


class ContainerMode(StrEnum):
    """The number of models that a container hosts: one or many."""

    SINGLE_MODEL = "SingleModel"
    MULTI_MODEL = "MultiModel"


class ModelCacheSetting(StrEnum):
    """Whether a multi-model container keeps models in memory."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


class RepositoryAccessMode(StrEnum):
    """The registry that SageMaker pulls the image from: ECR, or a private registry in the model's VPC."""

    PLATFORM = "Platform"
    VPC = "Vpc"


@public
@dataclass(frozen=True, kw_only=True)
class ContainerDefinition:
    """One container of a model.

    Args:
        image: The container image. Required unless `model_package_name` is given.
        environment: The container's environment variables: at most 100, with names and values of at most 1024
            characters. Names consist of letters, digits and `_` and don't begin with a digit. The values are
            readable in the Terraform state and in the AWS console, so don't put secrets here. Defaults to no
            variables.
        container_hostname: The container's host name in an inference pipeline: 1 to 63 letters, digits and
            hyphens. Set it on all containers of a pipeline or on none, and on all with direct invocation.
            Defaults to SageMaker's choice.
        model_data: The model's artifacts. Defaults to none.
        mode: The number of models that the container hosts. Defaults to `SINGLE_MODEL`.
        model_cache_setting: Whether a multi-model container keeps models in memory. Defaults to `ENABLED`.
        repository_access_mode: The registry that the image is pulled from. Defaults to `PLATFORM` (ECR).
        repository_credentials_provider_arn: The ARN of the Lambda function that provides SageMaker with the
            credentials of a private registry.
        model_package_name: The ARN of a model package to use instead of an image and artifacts.
        inference_specification_name: The inference specification of the model package to use.
        additional_model_data: More artifacts, such as adapters, by channel name. Create each one with
            `ModelData.from_s3_data_source`. Raises the stack's minimum AWS provider version to 6.25.0.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """

    image: ContainerImage | None = None
    environment: Mapping[str, str] | None = None
    container_hostname: str | None = None
    model_data: ModelData | None = None
    mode: ContainerMode | None = None
    model_cache_setting: ModelCacheSetting | None = None
    repository_access_mode: RepositoryAccessMode | None = None
    repository_credentials_provider_arn: str | None = None
    model_package_name: str | None = None
    inference_specification_name: str | None = None
    additional_model_data: Mapping[str, ModelData] | None = None


def check_containers(
    check: Checks,
    containers: Sequence[ContainerDefinition],
    environment: Environment,
    *,
    is_direct: bool = False,
) -> None:
    """Check a model's containers in its environment, each by itself and all together. `is_direct` tells that
    callers choose a container by its host name.
    """
    check_count_rule(
        check, "an inference pipeline", len(containers), sagemaker("ContainerDefinitionList"), "containers"
    )
    for position, container in enumerate(containers):
        _check_container(check, f"containers[{position}]", container)
        _check_environment_of(check, f"containers[{position}]", container, environment)
    if len(containers) > 1:
        _check_hostnames(check, [container.container_hostname for container in containers], is_direct)


def _check_environment_of(
    check: Checks, where: str, container: ContainerDefinition, environment: Environment
) -> None:
    """Check that SageMaker can read the container's image and package there."""
    access = container.repository_access_mode
    if container.image is not None and access in (None, RepositoryAccessMode.PLATFORM):
        check_image(check, f"{where}.image", container.image, environment)
    check_region(check, f"{where}.model_package_name", container.model_package_name, environment.known_region)


def hosted(container: ContainerDefinition, environment: Environment) -> HostedContainer:
    """Return a container as far as it is known."""
    image = known_image(container.image, environment) if container.image else KnownImage()
    variables = container.environment or {}
    return HostedContainer(
        image=image.facts,
        environment=None if is_map_token(variables) else variables,
        image_account=image.foreign_account,
    )


def _check_hostnames(check: Checks, hostnames: Sequence[str | None], is_direct: bool) -> None:
    missing = [index for index, hostname in enumerate(hostnames) if hostname is None]
    if is_direct:
        check.require(
            not missing,
            f"container_hostname is missing in containers {missing}; with inference_execution_mode=DIRECT, "
            "callers choose a container by it, so set it on all",
        )
    else:
        check.require(
            len(missing) in (0, len(hostnames)),
            f"container_hostname is missing in containers {missing}; set it on all containers of a pipeline "
            "or on none",
        )
    named = [hostname for hostname in hostnames if hostname is not None]
    doubles = sorted({name for name in named if named.count(name) > 1})
    check.require(not doubles, f"container_hostname {doubles} is given more than once; use unique names")


def _check_container(check: Checks, where: str, container: ContainerDefinition) -> None:
    check.require(
        container.image is not None or container.model_package_name is not None,
        f"{where} has neither image nor model_package_name; pass one of them",
    )
    check_name(check, f"{where}.container_hostname", container.container_hostname)
    access = container.repository_access_mode
    check.require(
        container.inference_specification_name is None or container.model_package_name is not None,
        f"{where}.inference_specification_name needs model_package_name",
    )
    check.require(
        container.model_cache_setting is None or container.mode == ContainerMode.MULTI_MODEL,
        f"{where}.model_cache_setting needs mode=ContainerMode.MULTI_MODEL",
    )
    check.require(
        container.repository_credentials_provider_arn is None or access == RepositoryAccessMode.VPC,
        f"{where}.repository_credentials_provider_arn needs repository_access_mode=RepositoryAccessMode.VPC",
    )
    provider = container.repository_credentials_provider_arn
    what = f"{where}.repository_credentials_provider_arn"
    rule = sagemaker("RepositoryCredentialsProviderArn")
    check_text_rule(check, what, provider, rule, "must be the ARN of a Lambda function", form=_FUNCTION_ARN)
    what, package = f"{where}.model_package_name", container.model_package_name
    must = "must be the ARN of a model package, or the name of one"
    check_text_rule(check, what, package, sagemaker("VersionedArnOrName"), must)
    check_name(check, f"{where}.inference_specification_name", container.inference_specification_name)
    additional = container.additional_model_data or {}
    what, count = f"{where}.additional_model_data", sagemaker("AdditionalModelDataSources")
    check_count_rule(check, what, len(additional), count, "channels")
    for channel in additional:
        must = "must be 1 to 64 letters, digits, '.', '-' and '_'"
        check_text_rule(check, f"{what}: the channel", channel, sagemaker("AdditionalModelChannelName"), must)
    _check_environment(check, f"{where}.environment", container.environment or {})


_FUNCTION_ARN = arn_form("lambda", "function:.+")


def _check_environment(check: Checks, where: str, environment: Mapping[str, str]) -> None:
    if is_map_token(environment):
        return
    check_count_rule(check, where, len(environment), sagemaker("EnvironmentMap"), "entries")
    must = "must be letters, digits and '_', and must not begin with a digit"
    for name, value in environment.items():
        check_text_rule(check, f"{where}: the name", name, sagemaker("EnvironmentKey"), must)
        check_text_rule(check, f"{where}[{shown(name)}]", value, sagemaker("EnvironmentValue"))
    for name in (name for name, value in environment.items() if looks_like_secret(name, value)):
        check.warning(
            f"{where}[{name!r}] looks like a secret, which would be readable in the Terraform state and in "
            "the AWS console; let the container read it from AWS Secrets Manager, and pass the secret's ARN"
        )
