"""Renders a container as Terraform arguments."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sm_tf.access.iam import PolicyHolder
from sm_tf.access.role_permissions import allow_for
from sm_tf.artifacts.model_data import ModelDataConfig
from sm_tf.bindings.core import Construct, TerraformResource
from sm_tf.bindings.resources import Map
from sm_tf.bindings.tokens import as_map
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.model.container_definition import ContainerDefinition


class RenderedContainer(NamedTuple):
    """A container as the provider's block, and the resources that must exist before its model."""

    block: dict[str, Any]
    depends_on: list[TerraformResource]


def bind_container(
    scope: Construct, model: PolicyHolder, where: str, container: ContainerDefinition
) -> RenderedContainer:
    """Create the resources that the image and artifacts need, and grant the model's role access to them.

    Raises:
        InvalidPropsError: If additional model data is a single archive.
    """
    block: dict[str, Any] = {
        "container_hostname": container.container_hostname,
        "environment": Map(as_map(container.environment)) if container.environment else None,
        "inference_specification_name": container.inference_specification_name,
        "mode": container.mode,
        "model_package_name": container.model_package_name,
    }
    depends_on: list[TerraformResource] = []
    if container.image:
        image = container.image.bind(scope, model)
        block["image"] = image.image_name
        depends_on += image.depends_on
    if container.model_data:
        data = container.model_data.bind(scope, model)
        if data.s3_data_type:
            block["model_data_source"] = {"s3_data_source": [_s3_data_source(data)]}
        else:
            block["model_data_url"] = data.uri
    if container.additional_model_data:
        bound = {name: data.bind(scope, model) for name, data in container.additional_model_data.items()}
        block["additional_model_data_source"] = _channels(where, bound)
    if container.model_cache_setting:
        block["multi_model_config"] = {"model_cache_setting": container.model_cache_setting}
    if container.repository_access_mode:
        block["image_config"] = {"repository_access_mode": container.repository_access_mode}
        if provider := container.repository_credentials_provider_arn:
            block["image_config"]["repository_auth_config"] = {
                "repository_credentials_provider_arn": provider
            }
            allow_for(model, "ContainerDefinition.repository_credentials_provider_arn", provider)
    return RenderedContainer(block, depends_on)


def _channels(where: str, bound: Mapping[str, ModelDataConfig]) -> list[dict[str, Any]]:
    archives = [name for name, data in bound.items() if data.s3_data_type is None]
    if archives:
        problem = "must be created with ModelData.from_s3_data_source"
        raise InvalidPropsError(where, [f"additional_model_data[{name!r}] {problem}" for name in archives])
    return [{"channel_name": name, "s3_data_source": [_s3_data_source(data)]} for name, data in bound.items()]


def _s3_data_source(data: ModelDataConfig) -> dict[str, Any]:
    source: dict[str, Any] = {
        "s3_uri": data.uri,
        "s3_data_type": data.s3_data_type,
        "compression_type": data.compression_type,
    }
    if data.accept_eula is not None:
        source["model_access_config"] = {"accept_eula": data.accept_eula}
    return source
