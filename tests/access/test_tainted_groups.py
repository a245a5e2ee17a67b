"""Security groups and their rules can be made again while a model uses them."""

import subprocess
from pathlib import Path

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from sm_tf import ContainerDefinition, ContainerImage, Model, Port
from sm_tf.bindings.core import App, TerraformStack
from sm_tf.sandbox import Sandbox, Stack


def synthesize(out: Path) -> Path:
    stack = TerraformStack(App(outdir=str(out)), "network")
    AwsProvider(stack, "Aws", region="eu-west-1")
    vpc = Vpc(stack, "Vpc", cidr_block="10.0.0.0/16")
    subnet = Subnet(stack, "Subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    container = ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1"))
    one, two = (
        Model(stack, id, containers=[container], vpc=vpc, vpc_subnets=[subnet], allow_all_outbound=False)
        for id in ("One", "Two")
    )
    one.connections.allow_to(two, Port.tcp(443))
    App.of(stack).synth()
    return out / "stacks" / "network"


def terraform(stack: Stack, sandbox: Sandbox, *arguments: str) -> None:
    command = [*sandbox.terraform.command, f"-chdir={stack.directory}", *arguments]
    subprocess.run(command, env=dict(sandbox.environment), check=True, capture_output=True, timeout=300)


@pytest.mark.long
@pytest.mark.parametrize("how", ["taint", "replace"])
def test_each_can_be_made_again(tmp_path: Path, sagemaker_sandbox: Sandbox, how: str) -> None:
    stack = sagemaker_sandbox.stack(synthesize(tmp_path / "out"))
    stack.apply()
    addresses = [
        resource.address
        for resource in stack.resources()
        if resource.type.startswith(("aws_security_group", "aws_vpc_security_group"))
    ]
    assert len(addresses) == 4
    for address in sorted(addresses):
        if how == "taint":
            terraform(stack, sagemaker_sandbox, "taint", address)
            stack.apply()
        else:
            terraform(
                stack, sagemaker_sandbox, "apply", "-auto-approve", "-input=false", f"-replace={address}"
            )
        assert stack.plan().empty, address
        ec2 = sagemaker_sandbox.client("ec2")
        groups = {
            group["GroupId"]: group
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["GroupName"] != "default"
        }
        sagemaker = sagemaker_sandbox.client("sagemaker")
        used = {
            id
            for model in sagemaker.list_models()["Models"]
            for id in sagemaker.describe_model(ModelName=model["ModelName"])["VpcConfig"]["SecurityGroupIds"]
        }
        assert used == groups.keys()
        opened = [
            (permission["FromPort"], pair["GroupId"])
            for group in groups.values()
            for permission in [*group["IpPermissions"], *group["IpPermissionsEgress"]]
            for pair in permission["UserIdGroupPairs"]
        ]
        assert sorted(opened) == sorted((443, id) for id in groups)
