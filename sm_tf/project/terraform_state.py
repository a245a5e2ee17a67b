"""The endpoints in the Terraform state of a stack."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.foreign import parse_json
from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.synthesis import SynthesizedStack
from sm_tf.project.terraform import readable
from sm_tf.project.terraform_runner import TerraformRunner

_ENDPOINT, _CONFIG = "aws_sagemaker_endpoint", "aws_sagemaker_endpoint_configuration"
_REFERENCE = re.compile(rf"\$\{{({_CONFIG}\.[\w-]+)\.(?:name|id)\}}")
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AppliedEndpoint:
    """An endpoint as it was applied.

    `path` is its construct's, None if the program no longer has the construct. `variants` has the model and
    the weight of each variant by its name; it is None if the stack does not manage the endpoint's
    configuration. `alarms` has the names of the alarms that roll a deployment back.
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
        """The endpoint's region."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """The endpoint's AWS account."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class AppliedVariant:
    """A variant of an endpoint configuration."""

    model: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class AppliedStack:
    """The endpoints in a stack's state; `missing` has the constructs of those that only the program has."""

    endpoints: tuple[AppliedEndpoint, ...]
    missing: tuple[str, ...]


def read_applied(terraform: TerraformRunner, stack: SynthesizedStack) -> AppliedStack:
    """The endpoints in a stack's state, wherever its backend keeps it; the folder must be initialized.

    Raises:
        ToolError: the state is empty or cannot be read.
    """
    done = terraform.run(stack.directory, "show", "-json", "-no-color")
    try:
        state = parse_json(done.text) if done.code == 0 else None
    except ValueError:
        state = None
    if state is None:
        raise ToolError(f"The state of stack {stack.name} cannot be read.\n{done.problems()}")
    resources = list(_resources(state.get("values", {}).get("root_module", {})))
    if not resources:
        raise ToolError(
            f"Stack {stack.name} has not been applied yet: its state is empty. Apply the stack first."
        )
    configs = _values_by_address(resources, _CONFIG)
    endpoints = _values_by_address(resources, _ENDPOINT)
    stack_json = SynthesizedStackJson(stack.directory)
    # A block may make several endpoints, by count or for_each.
    blocks = {address.split("[")[0] for address in endpoints}
    return AppliedStack(
        endpoints=tuple(
            _endpoint(address, values, stack_json, configs) for address, values in sorted(endpoints.items())
        ),
        missing=tuple(
            resource.path or resource.address
            for resource in stack_json.resources
            if resource.type == _ENDPOINT and resource.address not in blocks
        ),
    )


def initialize(terraform: TerraformRunner, stack: SynthesizedStack) -> None:
    """Let Terraform reach the stack's backend.

    Raises:
        ToolError: the backend cannot be reached, or the stack is not valid.
    """
    if invalid := terraform.init(stack.name, stack.directory):
        problems = "\n".join(readable(diagnostic) for diagnostic in invalid)
        raise ToolError(f"Stack {stack.name} is not valid.\n{problems}")


def _values_by_address(resources: list[dict[str, Any]], type: str) -> dict[str, Values]:
    return {resource["address"]: resource["values"] for resource in resources if resource["type"] == type}


def _resources(module: Values) -> Iterator[dict[str, Any]]:
    """The managed resources of a module and of the modules below, without those that wait to be destroyed."""
    for resource in module.get("resources", []):
        if resource["mode"] == "managed" and "deposed_key" not in resource:
            yield resource
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _endpoint(
    address: str, values: Values, stack_json: SynthesizedStackJson, configs: Mapping[str, Values]
) -> AppliedEndpoint:
    named = values["endpoint_config_name"]
    # After a rollback the provider puts the name of the old configuration here. The endpoint should have the
    # configuration that the program refers to.
    config = configs.get(_config_address(stack_json, address) or "") or next(
        (config for config in configs.values() if config["name"] == named), None
    )
    return AppliedEndpoint(
        address=address,
        path=stack_json.path(address),
        arn=values["arn"],
        name=values["name"],
        config_name=config["name"] if config else named,
        variants=_variants(config) if config else None,
        alarms=_alarms(values),
    )


def _config_address(stack_json: SynthesizedStackJson, address: str) -> str | None:
    type, _, name = address.partition(".")
    block = stack_json.content.get("resource", {}).get(type, {}).get(name, {})
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
