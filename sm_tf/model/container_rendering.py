"""A container as Terraform's arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sm_tf.access.iam import PolicyHolder
from sm_tf.artifacts.model_data import ModelDataConfig
from sm_tf.bindings.core import Construct, TerraformResource
from sm_tf.bindings.resources import Map
from sm_tf.bindings.tokens import as_map
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.model.container_definition import ContainerDefinition


@dataclass
class RenderedContainer:
    """A container whose image and artifacts are bound to a model.

    `content` is what the container is made of, which the model's name tells; `depends_on` are the resources
    that have to be there before the model.
    """

    content: dict[str, Any]
    depends_on: list[TerraformResource] = field(default_factory=list)

    def to_block(self) -> dict[str, Any]:
        """The provider's block."""
        block = dict(self.content)
        if environment := block.get("environment"):
            block["environment"] = Map(environment)
        if source := block.get("model_data_source"):
            block["model_data_source"] = {"s3_data_source": [source]}
        if channels := block.get("additional_model_data_source"):
            block["additional_model_data_source"] = [
                {"channel_name": channel, "s3_data_source": [source]} for channel, source in channels.items()
            ]
        return block


def bind_container(
    scope: Construct, model: PolicyHolder, where: str, container: ContainerDefinition
) -> RenderedContainer:
    """Make what the container's image and artifacts need, and let the model's role use them.

    Raises:
        InvalidPropsError: additional model data that is a single archive.
    """
    content: dict[str, Any] = {
        "container_hostname": container.container_hostname,
        "environment": as_map(container.environment) if container.environment else None,
        "inference_specification_name": container.inference_specification_name,
        "mode": container.mode,
        "model_package_name": container.model_package_name,
    }
    depends_on: list[TerraformResource] = []
    if container.image:
        image = container.image.bind(scope, model)
        content["image"] = image.image_name
        depends_on += image.depends_on
    if container.model_data:
        data = container.model_data.bind(scope, model)
        key = "model_data_source" if data.s3_data_type else "model_data_url"
        content[key] = _s3_data_source(data) if data.s3_data_type else data.uri
    if container.additional_model_data:
        bound = {name: data.bind(scope, model) for name, data in container.additional_model_data.items()}
        content["additional_model_data_source"] = _channels(where, bound)
    if container.model_cache_setting:
        content["multi_model_config"] = {"model_cache_setting": container.model_cache_setting}
    if container.repository_access_mode:
        content["image_config"] = {"repository_access_mode": container.repository_access_mode}
        if provider := container.repository_credentials_provider_arn:
            content["image_config"]["repository_auth_config"] = {
                "repository_credentials_provider_arn": provider
            }
    return RenderedContainer(
        {name: value for name, value in content.items() if value is not None}, depends_on
    )


def _channels(where: str, bound: Mapping[str, ModelDataConfig]) -> dict[str, Any]:
    archives = [name for name, data in bound.items() if data.s3_data_type is None]
    if archives:
        problem = "must be made with ModelData.from_s3_data_source"
        raise InvalidPropsError(where, [f"additional_model_data[{name!r}] {problem}" for name in archives])
    return {name: _s3_data_source(data) for name, data in bound.items()}


def _s3_data_source(data: ModelDataConfig) -> dict[str, Any]:
    source: dict[str, Any] = {
        "s3_uri": data.uri,
        "s3_data_type": data.s3_data_type,
        "compression_type": data.compression_type,
    }
    if data.accept_eula is not None:
        source["model_access_config"] = {"accept_eula": data.accept_eula}
    return source
