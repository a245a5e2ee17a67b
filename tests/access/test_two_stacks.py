"""Permissions and rules between stacks, in the sandbox's AWS."""

import json
from pathlib import Path

import pytest
from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from sm_tf import Port
from sm_tf.sandbox import Sandbox

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}

pytestmark = pytest.mark.terraform


def applied(aws: Sandbox, app, *names: str):
    """The stacks of an app, applied in this order; their second plans are empty."""
    app.synth()
    stacks = [aws.stack(Path(app.outdir, "stacks", name), name=name) for name in names]
    for stack in stacks:
        stack.apply()
    assert [stack.plan().empty for stack in stacks] == [True] * len(stacks)
    return stacks


def test_two_stacks_write_to_one_role(sagemaker_sandbox: Sandbox, app, new_stack, new_model) -> None:
    iam = sagemaker_sandbox.client("iam")
    arn = iam.create_role(RoleName="shared", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    for id, region in (("chat", "eu-west-1"), ("chat-eu", "us-east-1")):
        new_model("Llm", scope=new_stack(id, region), role=arn)
    _, second = applied(sagemaker_sandbox, app, "chat", "chat-eu")
    assert len(iam.list_role_policies(RoleName="shared")["PolicyNames"]) == 2
    second.destroy()
    (left,) = iam.list_role_policies(RoleName="shared")["PolicyNames"]
    assert left.startswith("chat-smtfpolicy")


@pytest.mark.long
def test_a_client_of_another_stack_may_call_and_connect(
    sagemaker_sandbox: Sandbox, app, new_stack, stack, new_model, new_endpoint
) -> None:
    client = new_stack("client")
    vpc = Vpc(stack, "Vpc", cidr_block="10.0.0.0/16")
    subnet = Subnet(stack, "Subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
    model = new_model(vpc=vpc, vpc_subnets=[subnet])
    endpoint = new_endpoint(model=model)
    role = IamRole(client, "Role", name="client", assume_role_policy=json.dumps(TRUST))
    SsmParameter(client, "Name", name="/client/endpoint", type="String", value=endpoint.endpoint_name)
    endpoint.grant_invoke(role)
    caller = new_model("Caller", scope=client, vpc=vpc, vpc_subnets=[subnet])
    model.connections.allow_from(caller, Port.tcp(443))
    TerraformOutput(client, "Group", value=caller.connections.security_group_ids[0])

    applied(sagemaker_sandbox, app, "demo", "client")
    (policy,) = sagemaker_sandbox.client("iam").list_role_policies(RoleName="client")["PolicyNames"]
    assert policy.startswith("client-smtfgrants")
    rules = sagemaker_sandbox.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    (ingress,) = [rule for rule in rules if not rule["IsEgress"] and rule.get("FromPort") == 443]
    (egress,) = [rule for rule in rules if rule["IsEgress"] and rule.get("FromPort") == 443]
    assert ingress["GroupId"] == egress["ReferencedGroupInfo"]["GroupId"]
