"""A role that lacks permissions: the apply fails as in AWS and is repaired, and silent failures are told."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    DataCaptureConfig,
    Endpoint,
    EndpointConfig,
    ImmutableRole,
    InstanceProductionVariantProps,
    Model,
)
from sm_tf.foundation.errors import ToolError
from sm_tf.sandbox import Sandbox
from sm_tf.sandbox.silent_failures import silent_failures

TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}


def synthesize(outdir: Path, actions: Sequence[str]) -> Path:
    app = App(outdir=str(outdir))
    stack = TerraformStack(app, "life")
    AwsProvider(stack, "aws", region="eu-west-1")
    role = IamRole(stack, "Role", name="hosting", assume_role_policy=document(TRUST))
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = IamRolePolicy(stack, "Policy", role=role.name, policy=document(allowed))
    container = ContainerDefinition(image=ContainerImage.from_ecr_repository("scorer", "1"))
    model = Model(stack, "Model", containers=[container], role=ImmutableRole(role))
    model.node.add_dependency(policy)
    config = EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[InstanceProductionVariantProps(model=model, variant_name="main")],
        data_capture_config=DataCaptureConfig(
            destination_s3_uri="s3://captures", initial_sampling_percentage=10
        ),
    )
    Endpoint(stack, "Endpoint", endpoint_config=config)
    app.synth()
    return outdir / "stacks" / "life"


def document(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_the_life_of_an_endpoint_whose_role_lacks_permissions(
    tmp_path: Path, sagemaker_sandbox: Sandbox
) -> None:
    stack = sagemaker_sandbox.stack(synthesize(tmp_path / "first", ["logs:PutLogEvents"]))
    with pytest.raises(ToolError, match="the execution role used to create the model has permissions"):
        stack.apply()
    stack.update_from(synthesize(tmp_path / "mended", ["ecr:*"]))
    stack.apply()
    assert stack.plan().empty
    (failure,) = silent_failures(sagemaker_sandbox.endpoint_url)
    assert str(failure) == (
        "life-endpoint, variant main: data capture writes nothing, and AWS doesn't tell: the role "
        "arn:aws:iam::123456789012:role/hosting may not perform s3:PutObject on arn:aws:s3:::captures/object."
    )
    stack.update_from(synthesize(tmp_path / "complete", ["ecr:*", "s3:PutObject"]))
    stack.apply()
    assert silent_failures(sagemaker_sandbox.endpoint_url) == []
