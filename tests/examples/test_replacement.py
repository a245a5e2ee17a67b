"""Whatever changes about an endpoint, Terraform applies it in one go, and a second plan is empty."""

from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
    ServerlessProductionVariantProps,
)

TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"Service": "sagemaker.amazonaws.com"}}]}'
)


def synthesize(
    outdir: Path,
    *,
    names: tuple[str, str] = ("a", "b"),
    tag: str = "1",
    own_role: bool = False,
    serverless: bool = False,
    instance_type: InstanceType = InstanceType.M5_LARGE,
    fixed_name: str = "fixed",
) -> Path:
    app = App(outdir=str(outdir))
    stack = TerraformStack(app, "life")
    AwsProvider(stack, "aws", region="eu-west-1")
    role = IamRole(stack, "OwnRole", name="own", assume_role_policy=TRUST) if own_role else None
    image = ContainerImage.from_dlc("pytorch-inference", tag)
    model = Model(stack, "Model", containers=[ContainerDefinition(image=image)], role=role)
    config = EndpointConfig(stack, "Config")
    derived = Endpoint(stack, "Endpoint", endpoint_config=config)
    fixed = Endpoint(stack, "Fixed", endpoint_config=config, endpoint_name=fixed_name)
    if serverless:
        config.add_serverless_production_variant(
            ServerlessProductionVariantProps(
                model=model, variant_name="s", max_concurrency=10, memory_size_in_mb=2048
            )
        )
    else:
        for name in names:
            config.add_instance_production_variant(
                InstanceProductionVariantProps(model=model, variant_name=name, instance_type=instance_type)
            )
        for endpoint in (derived, fixed):
            for name in names:
                variant = endpoint.find_instance_production_variant(name)
                scaling = variant.auto_scale_instance_count(max_capacity=3)
                scaling.scale_on_invocations("Limit", max_requests_per_second=30)
    app.synth()
    return outdir / "stacks" / "life"


@pytest.mark.long
def test_an_endpoint_lives_through_every_kind_of_change(tmp_path, sagemaker_sandbox):
    sandbox = sagemaker_sandbox
    stack = sandbox.stack(synthesize(tmp_path / "first"))
    sagemaker, scaling = sandbox.client("sagemaker"), sandbox.client("application-autoscaling")

    def change(to: str, **options):
        before = len(sandbox.aws.calls())
        stack.update_from(synthesize(tmp_path / to, **options))
        stack.apply(stack.plan())
        assert stack.plan().empty, to
        return [(call["action"], call["parameters"]) for call in sandbox.aws.calls()[before:]]

    def scaled() -> set[str]:
        targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
        assert {policy["ResourceId"] for policy in policies} == {target["ResourceId"] for target in targets}
        return {target["ResourceId"] for target in targets}

    def endpoints() -> set[str]:
        return {endpoint["EndpointName"] for endpoint in sagemaker.list_endpoints()["Endpoints"]}

    stack.apply()
    assert stack.plan().empty
    assert endpoints() == {"life-endpoint", "fixed"}
    assert len(scaled()) == 4

    calls = change("renamed", names=("a", "c"), tag="2")
    assert [action for action, _ in calls].count("UpdateEndpoint") == 2
    assert not {"CreateEndpoint", "DeleteEndpoint"} & {action for action, _ in calls}
    assert scaled() == {
        f"endpoint/{endpoint}/variant/{name}" for endpoint in ("life-endpoint", "fixed") for name in "ac"
    }

    calls = change("bigger", names=("a", "c"), tag="2", instance_type=InstanceType.M5_XLARGE)
    assert [action for action, _ in calls].count("UpdateEndpoint") == 2
    assert len(scaled()) == 4

    change("own-role", names=("a", "c"), tag="2", own_role=True)
    (model,) = sagemaker.list_models()["Models"]
    described = sagemaker.describe_model(ModelName=model["ModelName"])
    assert described["ExecutionRoleArn"].endswith(":role/own")

    # AWS can't make an endpoint serverless, so it is destroyed and then created.
    calls = change("serverless", tag="2", own_role=True, serverless=True)
    assert endpoints() == {"life-endpoint-serverless", "fixed"}
    actions = [
        (action, parameters["EndpointName"])
        for action, parameters in calls
        if action in ("CreateEndpoint", "DeleteEndpoint")
    ]
    for old, new in (("life-endpoint", "life-endpoint-serverless"), ("fixed", "fixed")):
        assert actions.index(("DeleteEndpoint", old)) < actions.index(("CreateEndpoint", new))
    assert scaled() == set()

    change("back", tag="2", own_role=True)
    assert endpoints() == {"life-endpoint", "fixed"}
    assert len(scaled()) == 4

    stack.destroy()
    assert endpoints() == set()
    assert scaled() == set()
    assert sagemaker.list_models()["Models"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
