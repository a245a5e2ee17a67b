"""The README's table of what is checked where: each mistake, in a program and in the embedded AWS."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    EndpointConfig,
    InstanceProductionVariantProps,
    InvalidPropsError,
    Model,
)
from sm_tf.sandbox.embedded_aws import EmbeddedAws, control

README = (Path(__file__).parents[3] / "README.md").read_text()
TABLE = README.partition("## What is checked where\n")[2].partition("\n## ")[0]
COLUMNS = ("Program", "`validate`, `plan`", "Sandbox", "AWS")
ROWS = {
    cells[0].strip(): {name for name, cell in zip(COLUMNS, cells[1:], strict=False) if cell.strip()}
    for cells in (line.strip("|").split("|") for line in TABLE.splitlines() if line.startswith("| "))
    if not re.match(r" (Mistake|---)", cells[0])
}

OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
DLC = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
ARM = "ml.c7g.large"
GPU_IMAGE = f"{DLC}/huggingface-pytorch-inference:2.1.0-transformers4.37.0-gpu-py310-cu118-ubuntu20.04"


def program(image: str = OWN, *, where: Any, name: str = "demo", **variant: Any) -> None:
    containers = [ContainerDefinition(image=ContainerImage.from_image_uri(image))]
    model = Model(where, f"Model{name}", containers=containers, model_name=name)
    props = InstanceProductionVariantProps(
        **{"model": model, "variant_name": "main", "instance_type": "ml.m5.large", **variant}
    )
    EndpointConfig(where, f"Config{name}", instance_production_variants=[props])


def two(where: Any) -> None:
    program(where=where)
    Model(
        where,
        "Other",
        containers=[ContainerDefinition(image=ContainerImage.from_image_uri(OWN))],
        model_name="demo",
    )


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

PROGRAMS: dict[str, Callable[[Any], None]] = {
    "A value outside AWS's bounds, patterns and choices": lambda stack: program(
        where=stack, volume_size_in_gb=513
    ),
    "An image, AMI and instance type that don't fit": lambda stack: program(
        GPU_IMAGE, where=stack, instance_type=ARM
    ),
    "An image of another region": lambda stack: program(OWN.replace("eu-west-1", "us-east-1"), where=stack),
    "A key, topic, alarm or model of another region or account": lambda stack: program(
        where=stack, core_dump_config=CoreDumpConfig(destination_s3_uri="s3://dumps/x", kms_key_id=KEY)
    ),
    "Two resources with the same name": two,
}


@pytest.mark.parametrize("row", [row for row, columns in ROWS.items() if "Program" in columns])
def test_the_program_refuses_it(new_stack: Any, synth: Any, row: str) -> None:
    stack = new_stack()

    def run() -> None:
        PROGRAMS[row](stack)
        synth(stack)

    with pytest.raises((InvalidPropsError, RuntimeError)):
        run()


def role(client: Callable[[str], Any], name: str, *actions: str) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam = client("iam")
    made = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    if actions:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    return str(made["Role"]["Arn"])


def serve(
    client: Callable[[str], Any],
    name: str,
    *actions: str,
    image: str = OWN,
    variant: dict[str, Any] | None = None,
    **options: Any,
) -> str:
    """Make an endpoint, and say why it failed."""
    sagemaker = client("sagemaker")
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role(client, name, *actions),
        PrimaryContainer={"Image": image},
    )
    everything = {
        "VariantName": "main",
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        **(variant or {}),
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[everything], **options)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return str(sagemaker.describe_endpoint(EndpointName=name).get("FailureReason", ""))


def twice(client: Callable[[str], Any], name: str) -> str:
    serve(client, name, "ecr:*")
    return str(client("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=name))


CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://captures/x",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}

REQUESTS: dict[str, tuple[Callable[[Callable[[str], Any], str], str], str]] = {
    "A value outside AWS's bounds, patterns and choices": (
        lambda client, name: serve(client, name, "ecr:*", variant={"VolumeSizeInGB": 513}),
        "less than or equal to 512",
    ),
    "An image, AMI and instance type that don't fit": (
        lambda client, name: serve(client, name, "ecr:*", image=GPU_IMAGE, variant={"InstanceType": ARM}),
        "Request to service failed",
    ),
    "An image of another region": (
        lambda client, name: serve(client, name, "ecr:*", image=OWN.replace("eu-west-1", "us-east-1")),
        "Cross region ECR image pulls",
    ),
    "Two resources with the same name": (twice, "already existing endpoint"),
    "A role that may not pull the image or read the artifacts": (serve, "has permissions to access them"),
}
SILENT = "A role that may not write captures: AWS loses them silently"
OF_TERRAFORM = "An argument or expression that Terraform refuses"


@pytest.mark.parametrize(
    "row",
    [row for row, columns in ROWS.items() if "Sandbox" in columns and row not in (SILENT, OF_TERRAFORM)],
)
def test_the_embedded_aws_refuses_it_or_fails(client: Callable[[str], Any], name: str, row: str) -> None:
    ask, said = REQUESTS[row]
    try:
        reason = ask(client, name)
    except ClientError as error:
        reason = str(error)
    assert said in reason


def test_what_aws_loses_silently_is_told(
    embedded_aws: EmbeddedAws, client: Callable[[str], Any], name: str
) -> None:
    assert "Sandbox" in ROWS[SILENT]
    assert serve(client, name, "ecr:*", DataCaptureConfig=CAPTURE) == ""
    told = control(embedded_aws.endpoint_url, "GET", "silent_failures")
    assert [lost["action"] for lost in told if lost["endpoint"] == name] == ["s3:PutObject"]


def test_each_mistake_that_is_checked_has_been_made() -> None:
    assert len(ROWS) > 8
    for rows, column in ((PROGRAMS, "Program"), ({**REQUESTS, SILENT: (), OF_TERRAFORM: ()}, "Sandbox")):
        assert rows.keys() == {row for row, columns in ROWS.items() if column in columns}
