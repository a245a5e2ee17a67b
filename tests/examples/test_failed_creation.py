"""The next apply repairs what failed, was tainted or is replaced on request, and a second plan is empty."""

import io
import itertools
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
    ModelData,
    ScalingInterval,
    Schedule,
    any_of,
)
from sm_tf.foundation.errors import ToolError
from sm_tf.sandbox import EndpointFailure, Sandbox, Stack

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scorer"


def synthesize(outdir: Path, tag: str) -> Path:
    """A model behind an endpoint, with every default."""
    app = App(outdir=str(outdir))
    stack = TerraformStack(app, "life")
    AwsProvider(stack, "aws", region="eu-west-1")
    container = ContainerDefinition(image=ContainerImage.from_image_uri(f"{IMAGE}:{tag}"))
    model = Model(stack, "Model", containers=[container])
    variant = InstanceProductionVariantProps(
        model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
    )
    config = EndpointConfig(stack, "Config", instance_production_variants=[variant])
    Endpoint(stack, "Endpoint", endpoint_config=config)
    app.synth()
    return outdir / "stacks" / "life"


def synthesize_all(outdir: Path) -> Path:
    """A model with an artifact behind an endpoint that scales, is watched, and has alarms in rules."""
    with tarfile.open(outdir / "model.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("empty"), io.BytesIO())
    app = App(outdir=str(outdir))
    stack = TerraformStack(app, "life")
    AwsProvider(stack, "aws", region="eu-west-1")
    container = ContainerDefinition(
        image=ContainerImage.from_image_uri(f"{IMAGE}:1"),
        model_data=ModelData.from_asset(outdir / "model.tar.gz"),
    )
    model = Model(stack, "Model", containers=[container])
    props = InstanceProductionVariantProps(
        model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
    )
    config = EndpointConfig(stack, "Config", instance_production_variants=[props])
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
    variant = endpoint.find_instance_production_variant("main")
    scaling = variant.auto_scale_instance_count(max_capacity=3)
    scaling.scale_on_invocations("Limit", max_requests_per_second=30)
    scaling.scale_on_metric(
        "Steps",
        metric=variant.metric_model_latency(),
        scaling_steps=[ScalingInterval(upper=100, change=-1), ScalingInterval(lower=500, change=1)],
    )
    scaling.scale_on_schedule("Night", schedule=Schedule.cron(hour="22", minute="0"), max_capacity=1)
    latency = variant.metric_model_latency().create_alarm(stack, "Slow", threshold=1, evaluation_periods=1)
    inner = CompositeAlarm(stack, "Inner", rule=any_of(latency))
    CompositeAlarm(stack, "Outer", rule=any_of(inner, latency))
    endpoint.create_dashboard()
    app.synth()
    return outdir / "stacks" / "life"


def test_a_mended_program_repairs_a_failed_endpoint_in_one_apply(
    tmp_path: Path, sagemaker_sandbox: Sandbox
) -> None:
    stack = sagemaker_sandbox.stack(synthesize(tmp_path / "first", "1"))
    sagemaker_sandbox.fail_next_endpoint(EndpointFailure.PING)
    with pytest.raises(ToolError, match="did not pass the ping health check"):
        stack.apply()
    stack.update_from(synthesize(tmp_path / "mended", "2"))
    stack.apply()
    assert stack.plan().empty
    sagemaker = sagemaker_sandbox.client("sagemaker")
    assert sagemaker.describe_endpoint(EndpointName="life-endpoint")["EndpointStatus"] == "InService"
    (model,) = sagemaker.list_models()["Models"]
    described = sagemaker.describe_model(ModelName=model["ModelName"])
    assert described["PrimaryContainer"]["Image"] == f"{IMAGE}:2"
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1


ROUNDS = (
    (
        "aws_s3_object",
        "aws_iam_role_policy",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_composite_alarm.Outer",
        "terraform_data",
    ),
    (
        "aws_sagemaker_endpoint_configuration",
        "aws_cloudwatch_composite_alarm.Inner",
        "aws_s3_bucket_",
        "aws_appautoscaling_policy",
    ),
    ("aws_sagemaker_model", "aws_cloudwatch_metric_alarm", "aws_appautoscaling_scheduled_action"),
    ("aws_iam_role.", "aws_s3_bucket.", "aws_appautoscaling_target"),
    ("aws_sagemaker_endpoint.",),
)
"""Beginnings of addresses. The resources of a round are independent of each other."""


def terraform(stack: Stack, sandbox: Sandbox, *arguments: str) -> None:
    command = [*sandbox.terraform.command, f"-chdir={stack.directory}", *arguments]
    subprocess.run(command, env=dict(sandbox.environment), check=True, capture_output=True)


def in_powers_of_two(addresses: list[str]) -> Iterator[list[str]]:
    """Terraform loses replacements by `replace_triggered_by` with other numbers of -replace options.

    It adds them to a list that all resources share, at the same time, if the list has room for one more.
    """
    while addresses:
        size = 1 << (len(addresses).bit_length() - 1)
        yield addresses[:size]
        addresses = addresses[size:]


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", ["taint", "replace"])
def test_every_resource_can_be_replaced_in_one_apply(
    tmp_path: Path, sagemaker_sandbox: Sandbox, how: str
) -> None:
    sandbox = sagemaker_sandbox
    stack = sandbox.stack(synthesize_all(tmp_path))
    stack.apply()
    clients = {name: sandbox.client(name) for name in ("sagemaker", "iam", "s3", "cloudwatch")}

    def seen() -> dict[str, object]:
        (role,) = clients["iam"].list_roles()["Roles"]
        (bucket,) = clients["s3"].list_buckets()["Buckets"]
        alarms = clients["cloudwatch"].describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        scaling = sandbox.client("application-autoscaling").describe_scaling_policies(
            ServiceNamespace="sagemaker"
        )
        return {
            "policies": len(clients["iam"].list_role_policies(RoleName=role["RoleName"])["PolicyNames"]),
            "objects": len(clients["s3"].list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])),
            "metric alarms": len(alarms["MetricAlarms"]),
            "composite alarms": len(alarms["CompositeAlarms"]),
            "scaling policies": sorted(policy["PolicyName"] for policy in scaling["ScalingPolicies"]),
            "models": len(clients["sagemaker"].list_models()["Models"]),
            "configs": len(clients["sagemaker"].list_endpoint_configs()["EndpointConfigs"]),
            "endpoints": len(clients["sagemaker"].list_endpoints()["Endpoints"]),
        }

    before = seen()
    everything = [resource.address for resource in stack.resources()]
    chosen = [[address for address in everything if address.startswith(starts)] for starts in ROUNDS]
    assert sorted(itertools.chain(*chosen)) == sorted(everything)
    for addresses in chosen:
        if how == "taint":
            for address in addresses:
                terraform(stack, sandbox, "taint", address)
            stack.apply()
        else:
            for some in in_powers_of_two(addresses):
                replaced = [f"-replace={address}" for address in some]
                terraform(stack, sandbox, "apply", "-auto-approve", "-input=false", *replaced)
        assert stack.plan().empty, addresses
        assert seen() == before, addresses
