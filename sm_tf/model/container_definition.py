"""One container of a model: its image, its artifacts, its environment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sm_tf.artifacts.model_data import ModelData
from sm_tf.bindings.tokens import is_known, is_map_token
from sm_tf.foundation.checks import check_choice
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.naming import check_name
from sm_tf.foundation.public import public
from sm_tf.images.container_image import ContainerImage


class ContainerMode(StrEnum):
    """Whether a container hosts one model or many."""

    SINGLE_MODEL = "SingleModel"
    MULTI_MODEL = "MultiModel"


class ModelCacheSetting(StrEnum):
    """Whether a multi-model container keeps models in memory."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


class RepositoryAccessMode(StrEnum):
    """Where the image's registry is reached: ECR, or a private registry through the model's VPC."""

    PLATFORM = "Platform"
    VPC = "Vpc"


@public
@dataclass(frozen=True, kw_only=True)
class ContainerDefinition:
    """One container of a model.

    Args:
        image: required unless `model_package_name` is given.
        environment: variables of the container; at most 100, names of letters, digits and `_` that don't
            begin with a digit, names and values at most 1024 characters. They are readable in state and in
            the console: no secrets. None if absent.
        container_hostname: the container's host name in an inference pipeline, 1 to 63 letters, digits and
            hyphens; give it to all containers of a pipeline or to none. SageMaker chooses one if absent.
        model_data: the model's artifacts; none if absent.
        mode: `SINGLE_MODEL` if absent.
        model_cache_setting: for multi-model containers; `ENABLED` if absent.
        repository_access_mode: `PLATFORM` (ECR) if absent.
        repository_credentials_provider_arn: the Lambda function that gives SageMaker the credentials of a
            private registry.
        model_package_name: a model package (its ARN) instead of image and artifacts.
        inference_specification_name: which inference specification of the model package to use.
        additional_model_data: more artifacts by channel name, such as adapters; each must be a
            `from_s3_data_source`. Raises the stack's lowest AWS provider version to 6.25.0.

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


MAX_CONTAINERS = 15
"""Containers of an inference pipeline (CreateModel, API reference)."""

_MAX_ENVIRONMENT = 100
_MAX_ENVIRONMENT_TEXT = 1024
_VARIABLE = re.compile(r"[a-zA-Z_]\w{0,1023}", re.ASCII)


def check_containers(check: Checks, containers: Sequence[ContainerDefinition]) -> None:
    """Note what is wrong with a model's containers, each by itself and all together."""
    check.require(
        len(containers) <= MAX_CONTAINERS,
        f"{len(containers)} containers are given; an inference pipeline has at most {MAX_CONTAINERS}",
    )
    strangers = [given for given in containers if not isinstance(given, ContainerDefinition)]
    for given in strangers:
        check.require(False, f"{given!r} is no container; pass a ContainerDefinition")
    if strangers:
        return
    for position, container in enumerate(containers):
        _check_container(check, f"containers[{position}]", container)
    if len(containers) > 1:
        _check_hostnames(check, [container.container_hostname for container in containers])


def _check_hostnames(check: Checks, hostnames: Sequence[str | None]) -> None:
    missing = [index for index, hostname in enumerate(hostnames) if hostname is None]
    check.require(
        len(missing) in (0, len(hostnames)),
        f"container_hostname is missing in containers {missing}; give it to all containers of a pipeline or "
        "to none",
    )
    named = [hostname for hostname in hostnames if hostname is not None]
    doubles = sorted({name for name in named if named.count(name) > 1})
    check.require(not doubles, f"container_hostname {doubles} is given more than once; each must be its own")


def _check_container(check: Checks, where: str, container: ContainerDefinition) -> None:
    check.require(
        container.image is not None or container.model_package_name is not None,
        f"{where} has neither image nor model_package_name; give one of them",
    )
    check.require(
        container.image is None or isinstance(container.image, ContainerImage),
        f"{where}.image is {container.image!r}; make it with ContainerImage.from_ecr_repository, from_dlc, "
        "from_asset or from_image_uri",
    )
    for name, data in {"": container.model_data, **dict(container.additional_model_data or {})}.items():
        argument = f"additional_model_data[{name!r}]" if name else "model_data"
        check.require(
            data is None or isinstance(data, ModelData),
            f"{where}.{argument} is {data!r}; make it with ModelData.from_bucket, from_asset or from_s3_uri",
        )
    check_name(check, f"{where}.container_hostname", container.container_hostname)
    check_choice(check, f"{where}.mode", container.mode, ContainerMode)
    check_choice(check, f"{where}.model_cache_setting", container.model_cache_setting, ModelCacheSetting)
    access = container.repository_access_mode
    check_choice(check, f"{where}.repository_access_mode", access, RepositoryAccessMode)
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
    _check_environment(check, f"{where}.environment", container.environment)


def _check_environment(check: Checks, where: str, environment: Any) -> None:
    if not isinstance(environment, Mapping):
        known = environment is not None and is_known(environment)
        check.require(not known, f"{where} is {environment!r}; pass a mapping of names to values")
        return
    if is_map_token(environment):
        return
    check.require(
        len(environment) <= _MAX_ENVIRONMENT,
        f"{where} has {len(environment)} entries; SageMaker takes at most {_MAX_ENVIRONMENT}",
    )
    for name, value in environment.items():
        if is_known(name):
            valid = isinstance(name, str) and _VARIABLE.fullmatch(name) is not None
            check.require(
                valid,
                f"{where} has the name {_short(name)}; names are 1 to 1024 letters, digits and '_' and don't "
                "begin with a digit",
            )
        if is_known(value) and not isinstance(value, str):
            check.require(False, f"{where}[{name!r}] is {value!r}; values are strings")
        elif is_known(value):
            check.require(
                len(value) <= _MAX_ENVIRONMENT_TEXT,
                f"{where}[{_short(name)}] has {len(value)} characters; at most {_MAX_ENVIRONMENT_TEXT} are "
                "allowed",
            )


def _short(text: Any) -> str:
    return repr(text if len(str(text)) <= 60 else str(text)[:57] + "...")
