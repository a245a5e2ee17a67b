"""The endpoints that Terraform's state of a stack says are applied."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.content import Content
from sm_tf.project.project import SynthesizedStack
from sm_tf.project.terraform import readable
from sm_tf.project.tools import Tools

_ENDPOINT, _CONFIG = "aws_sagemaker_endpoint", "aws_sagemaker_endpoint_configuration"
_REFERENCE = re.compile(rf"\$\{{({_CONFIG}\.[\w-]+)\.(?:name|id)\}}")
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AppliedEndpoint:
    """An endpoint as it was applied.

    `path` is its construct's, None where the program does not have it any more. `variants` has the model's
    name and the weight of each variant by its name; it is None where the stack does not manage the endpoint's
    configuration. `alarms` are those that roll a deployment back.
    """

    address: str
    path: str | None
    arn: str
    name: str
    config_name: str
    variants: Mapping[str, "AppliedVariant"] | None
    alarms: tuple[str, ...]

    @property
    def region(self) -> str:
        """The region that it is in."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """The AWS account that it is in."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class AppliedVariant:
    """A variant of an endpoint configuration."""

    model: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class AppliedStack:
    """The endpoints in a stack's state; `missing` are the constructs of those that only the program has."""

    endpoints: tuple[AppliedEndpoint, ...]
    missing: tuple[str, ...]


def read_applied(found: Tools, stack: SynthesizedStack) -> AppliedStack:
    """The endpoints in a stack's state, wherever its backend keeps that; the folder is initialized.

    Raises `ToolError` when there is no state, or it cannot be read.
    """
    done = found.run(stack.directory, "show", "-json", "-no-color")
    try:
        state = json.loads(done.text) if done.code == 0 else None
    except ValueError:
        state = None
    if state is None:
        raise ToolError(f"Stack {stack.name}: its state cannot be read.\n{done.problems()}")
    resources = list(_resources(state.get("values", {}).get("root_module", {})))
    if not resources:
        raise ToolError(
            f"Stack {stack.name} has not been applied yet: its state is empty, there is nothing to verify."
        )
    configs = {found["address"]: found["values"] for found in resources if found["type"] == _CONFIG}
    content = Content(stack.directory)
    endpoints = {found["address"]: found["values"] for found in resources if found["type"] == _ENDPOINT}
    # There may be several of one block, by count or for_each.
    blocks = {address.split("[")[0] for address in endpoints}
    return AppliedStack(
        endpoints=tuple(
            _endpoint(address, values, content, configs) for address, values in sorted(endpoints.items())
        ),
        missing=tuple(
            resource.path or resource.address
            for resource in content.resources
            if resource.type == _ENDPOINT and resource.address not in blocks
        ),
    )


def initialize(found: Tools, stack: SynthesizedStack) -> None:
    """Let Terraform reach the stack's backend; `ToolError` when it does not."""
    if unreadable := found.init(stack.name, stack.directory):
        said = "\n".join(readable(diagnostic) for diagnostic in unreadable)
        raise ToolError(f"Stack {stack.name}: Terraform does not understand it.\n{said}")


def _resources(module: Values) -> Iterator[dict[str, Any]]:
    """What the state manages, below the module too; what waits for its destruction is not of the stack."""
    for resource in module.get("resources", []):
        if resource["mode"] == "managed" and "deposed_key" not in resource:
            yield resource
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _endpoint(
    address: str, values: Values, content: Content, configs: Mapping[str, Values]
) -> AppliedEndpoint:
    named = values["endpoint_config_name"]
    # After a rollback the provider notes the name of the old configuration here: the one that the endpoint
    # should have is the one that the program refers to.
    config = configs.get(_config_address(content, address) or "") or next(
        (config for config in configs.values() if config["name"] == named), None
    )
    return AppliedEndpoint(
        address=address,
        path=content.path(address),
        arn=values["arn"],
        name=values["name"],
        config_name=config["name"] if config else named,
        variants=_variants(config) if config else None,
        alarms=_alarms(values),
    )


def _config_address(content: Content, address: str) -> str | None:
    type, _, name = address.partition(".")
    block = content.json.get("resource", {}).get(type, {}).get(name, {})
    reference = _REFERENCE.fullmatch(str(block.get("endpoint_config_name", "")))
    return reference[1] if reference else None


def _variants(config: Values) -> dict[str, AppliedVariant]:
    variants = [*config["production_variants"], *(config.get("shadow_production_variants") or [])]
    return {
        variant["variant_name"]: AppliedVariant(
            model=variant["model_name"], weight=variant["initial_variant_weight"]
        )
        for variant in variants
    }


def _alarms(endpoint: Values) -> tuple[str, ...]:
    return tuple(
        sorted(
            alarm["alarm_name"]
            for deployment in endpoint.get("deployment_config") or []
            for rollback in deployment.get("auto_rollback_configuration") or []
            for alarm in rollback["alarms"]
        )
    )
