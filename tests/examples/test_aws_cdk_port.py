"""The port of an AWS CDK program: what it makes, and its whole life."""

import re
from pathlib import Path

import pytest

PORT = Path(__file__).parents[2] / "examples" / "aws_cdk_port"


def test_only_imports_and_the_duration_differ_from_the_program_before():
    before, after = (
        (PORT / name).read_text().split("asset_image = ")[1] for name in ("before.py", "main.py")
    )
    assert before.replace("Duration.minutes(5)", "timedelta(minutes=5)") == after


def test_the_page_shows_lines_of_both_programs():
    page = (PORT / "README.md").read_text()
    before, after = (PORT / "before.py").read_text(), (PORT / "main.py").read_text()
    rows = [row.split(" | ") for row in re.findall(r"^\| (`.*`) \|$", page, re.MULTILINE)]
    assert len(rows) == 8
    for old, new in rows:
        assert all(code in before for code in re.findall("`(.+?)`", old))
        assert all(code in after for code in re.findall("`(.+?)`", new))


@pytest.mark.needs("podman", "docker-registry")
def test_it_lives_through_a_new_weight_and_a_new_image(copy_of_example, sagemaker_sandbox):
    project = copy_of_example("aws_cdk_port")
    stack = sagemaker_sandbox.stack(project.synthesize())
    assert sagemaker_sandbox.builds_images
    sagemaker = sagemaker_sandbox.client("sagemaker")

    stack.validate()
    stack.apply()
    assert stack.plan().empty
    assert {model["ModelName"].rpartition("-")[0] for model in sagemaker.list_models()["Models"]} == {
        "cdk-port-primarycontainermodel",
        "cdk-port-inferencepipelinemodel",
        "cdk-port-networkisolationmodel",
    }
    (repository,) = [
        repository["repositoryName"]
        for repository in sagemaker_sandbox.client("ecr").describe_repositories()["repositories"]
        if repository["repositoryName"] != "cdk-port"
    ]
    assert repository.startswith("cdk-port")

    project.edit("initial_variant_weight=2.0", "initial_variant_weight=0.9")
    project.edit("initial_variant_weight=1.0", "initial_variant_weight=0.1")
    stack.update_from(project.synthesize())
    plan = stack.plan()
    assert [address.split(".")[0] for address in plan.replaces] == ["aws_sagemaker_endpoint_configuration"]
    assert [address.split(".")[0] for address in plan.updates] == ["aws_sagemaker_endpoint"]
    stack.apply(plan)
    assert stack.plan().empty
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    described = sagemaker.describe_endpoint(EndpointName=endpoint["EndpointName"])
    config = sagemaker.describe_endpoint_config(EndpointConfigName=described["EndpointConfigName"])
    assert [variant["InitialVariantWeight"] for variant in config["ProductionVariants"]] == [9.0, 1.0]

    (project.directory / "image" / "serve").write_text("#!/bin/sh\nexec another-server\n")
    stack.update_from(project.synthesize())
    plan = stack.plan()
    assert [address.split(".")[0] for address in plan.replaces] == [
        "aws_sagemaker_endpoint_configuration",
        "aws_sagemaker_endpoint_configuration",
        "aws_sagemaker_model",
        "aws_sagemaker_model",
        "terraform_data",
    ]
    stack.apply(plan)
    assert stack.plan().empty

    stack.destroy()
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_models()["Models"] == []
    assert sagemaker_sandbox.client("s3").list_buckets()["Buckets"] == []
    assert sagemaker_sandbox.client("ecr").describe_repositories()["repositories"] == []
