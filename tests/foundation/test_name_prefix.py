"""Default names that begin as an account demands."""

import re

import pytest
from cdktf import TerraformVariable
from constructs import Construct

from sm_tf import Endpoint, EndpointConfig, InstanceProductionVariantProps, InstanceType, InvalidPropsError


def hosted(stack, new_model, prefix, **names) -> Endpoint:
    """A model, a configuration and an endpoint below a long path."""
    scope = Construct(stack, "Predictions-Of-The-Whole-Company-In-All-Its-Countries")
    given = {name: {name: names[name]} if name in names else {} for name in NAMES}
    model = new_model(scope=scope, name_prefix=prefix, **given["model_name"])
    variant = InstanceProductionVariantProps(
        model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
    )
    config = EndpointConfig(
        scope,
        "Config",
        instance_production_variants=[variant],
        name_prefix=prefix,
        **given["endpoint_config_name"],
    )
    return Endpoint(scope, "Endpoint", endpoint_config=config, name_prefix=prefix, **given["endpoint_name"])


NAMES = ("model_name", "endpoint_config_name", "endpoint_name")


def names_of(content) -> tuple[str, str, str]:
    """The names that Terraform gives, with what it and the provider draw."""
    model = content.only("aws_sagemaker_model")["name"].replace("${substr(uuid(), 0, 8)}", "0" * 8)
    config = content.only("aws_sagemaker_endpoint_configuration")["name_prefix"] + "0" * 26
    return model, config, content.only("aws_sagemaker_endpoint")["name"]


@pytest.mark.parametrize("prefix", ["ml-", "ml", "M" * 20])
def test_they_begin_with_the_prefix_and_fit(stack, synth, new_model, prefix) -> None:
    hosted(stack, new_model, prefix)
    for name in names_of(synth(stack)):
        assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", name)
        assert name.startswith(prefix)
        assert len(name) <= 63


def test_the_prefix_may_be_a_variable(stack, synth, new_model) -> None:
    hosted(stack, new_model, TerraformVariable(stack, "prefix", type="string").string_value)
    for name in names_of(synth(stack)):
        assert name.startswith("${var.prefix}")
        assert len(name.removeprefix("${var.prefix}")) <= 63 - 20


@pytest.mark.parametrize("prefix", ["", "-ml", "m_l", "a" * 21, 5])
def test_anything_else_is_refused(stack, new_model, prefix) -> None:
    with pytest.raises(InvalidPropsError, match=r"name_prefix .* must be (1 to 20 letters|a string)"):
        hosted(stack, new_model, prefix)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_beside_it_is_refused(stack, new_model, name) -> None:
    with pytest.raises(InvalidPropsError, match=f"name_prefix is given with {name}; pass one of the two"):
        hosted(stack, new_model, "ml-", **{name: "mine"})
