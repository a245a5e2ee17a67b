import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox, override

pytestmark = pytest.mark.terraform

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ProjectFolder = Callable[..., Path]

PROGRAM = """\
from datetime import timedelta

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)

app = App()
stack = TerraformStack(app, "demo")
LocalBackend(stack, path="terraform.tfstate")
AwsProvider(stack, "aws", region="eu-west-1")
image = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1")
variant = InstanceProductionVariantProps(
    model=Model(stack, "Model", containers=[ContainerDefinition(image=image)]),
    variant_name="main",
    instance_type=InstanceType.M5_LARGE,
)
config = EndpointConfig(stack, "Config", instance_production_variants=[variant])
watched = Deployment.all_at_once(wait_interval=timedelta(minutes=5), rollback_alarms=["latency"])
Endpoint(stack, "Endpoint", endpoint_config=config, endpoint_name="demo", deployment=watched)
app.synth()
"""


@pytest.fixture
def no_credentials(tmp_path: Path) -> dict[str, str]:
    """The variables of a machine without AWS credentials."""
    variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {
        **dict.fromkeys(variables, ""),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }


def applied(folder: Path) -> Path:
    """The folder of the stack `data` after `terraform apply`."""
    stack = folder / "cdktf.out" / "stacks" / "data"
    stack.mkdir(parents=True)
    content = json.loads((folder / "stacks.json").read_text())["data"]["content"]
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    terraform(stack, "init")
    terraform(stack, "apply", "-auto-approve")
    return stack


def terraform(stack: Path, *arguments: str, **environment: str) -> None:
    subprocess.run(
        ["terraform", f"-chdir={stack}", *arguments],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


@pytest.mark.long
def test_a_deployment_that_was_rolled_back_is_found_and_mended(
    run: Run, tmp_path: Path, sagemaker_sandbox: Sandbox
) -> None:
    aws = sagemaker_sandbox
    sagemaker, cloudwatch = aws.client("sagemaker", "eu-west-1"), aws.client("cloudwatch", "eu-west-1")
    cloudwatch.put_metric_alarm(
        AlarmName="latency",
        Namespace="AWS/SageMaker",
        MetricName="ModelLatency",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    main = folder / "main.py"
    main.write_text(PROGRAM)
    stack = folder / "cdktf.out" / "stacks" / "demo"

    def apply() -> None:
        assert run(folder, "synth").returncode == 0
        to_sandbox = override.override(
            json.loads((stack / "cdk.tf.json").read_text()),
            endpoint_url=aws.endpoint_url,
            pin=None,
            siblings={},
            skipped=[],
        )
        (stack / override.FILE).write_text(json.dumps(to_sandbox))
        terraform(stack, "init", **aws.environment)
        terraform(stack, "apply", "-auto-approve", **aws.environment)

    def verify(*options: str) -> "subprocess.CompletedProcess[str]":
        keys = {name: aws.environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        return run(folder, "verify", "--endpoint-url", aws.endpoint_url, *options, **keys)

    def live() -> tuple[str, str]:
        config = sagemaker.describe_endpoint(EndpointName="demo")["EndpointConfigName"]
        (model,) = sagemaker.list_models()["Models"]
        return config, model["ModelName"]

    apply()
    old, model = live()
    done = verify()
    assert (done.returncode, done.stdout) == (
        0,
        "demo: as applied\n"
        "  ok  demo  status         InService\n"
        f"  ok  demo  configuration  {old}\n"
        "  ok  demo  variants       main\n"
        f"  ok  demo  models         {model}\n"
        "  ok  demo  alarms         latency INSUFFICIENT_DATA\n",
    ), done.stderr

    # Terraform says that this went well.
    cloudwatch.set_alarm_state(AlarmName="latency", StateValue="ALARM", StateReason="test")
    main.write_text(PROGRAM.replace("demo:1", "demo:2"))
    apply()
    assert live()[0] == old
    (new,) = [c["EndpointConfigName"] for c in sagemaker.list_endpoint_configs()["EndpointConfigs"]]
    done = verify()
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:7] == [
        "demo: not as applied",
        "  ok         demo  status         InService",
        f"  different  demo  configuration  {old} is in use, but {new} was applied",
        f"  different  demo  configuration  {old} is in use, but was deleted",
        "  ok         demo  variants       main",
        f"  ok         demo  models         {live()[1]}",
        "  different  demo  alarms         latency in ALARM",
    ]
    assert lines[7].startswith("demo, configuration: AWS rolled the deployment back, or")
    told = json.loads(verify("--json").stdout)
    assert told["verified"] is told["stacks"][0]["verified"] is False
    (endpoint,) = told["stacks"][0]["endpoints"]
    assert (endpoint["name"], endpoint["region"]) == ("demo", "eu-west-1")
    assert (endpoint["path"], endpoint["verified"]) == ("demo/Endpoint/Resource", False)
    assert endpoint["checks"][1]["subject"] == "configuration"
    assert endpoint["checks"][1]["outcome"] == "different"

    # What it says to do works.
    assert f"destroy -target={endpoint['address']}`, then apply again" in lines[8]
    cloudwatch.set_alarm_state(AlarmName="latency", StateValue="OK", StateReason="test")
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=new)["ProductionVariants"]
    sagemaker.create_endpoint_config(EndpointConfigName=old, ProductionVariants=variants)
    apply()
    assert live()[0] == new
    assert verify().returncode == 0
    terraform(stack, "destroy", "-auto-approve", f"-target={endpoint['address']}", **aws.environment)
    assert verify().returncode == 1
    apply()
    assert verify().returncode == 0


def test_a_stack_without_endpoints_has_nothing_to_compare(run: Run, project_folder: ProjectFolder) -> None:
    folder = project_folder(data=({"resource": {"terraform_data": {"a": {}}}}, []))
    applied(folder)
    done = run(folder, "verify")
    assert (done.returncode, done.stdout) == (0, "data: no endpoints\n"), done.stderr
    told = json.loads(run(folder, "verify", "--json").stdout)
    (stack,) = told["stacks"]
    assert stack == {"name": "data", "verified": True, "missing": [], "endpoints": []}
    assert told["verified"] is True


def test_an_endpoint_that_was_not_applied_is_named(run: Run, folder_with_endpoint: Path) -> None:
    state = folder_with_endpoint / "cdktf.out" / "stacks" / "data" / "terraform.tfstate"
    resource = {"mode": "managed", "type": "terraform_data", "name": "a"}
    resource["provider"] = 'provider["terraform.io/builtin/terraform"]'
    instances = [{"schema_version": 0, "attributes": {"id": "a"}}]
    found = json.loads(state.read_text())
    state.write_text(json.dumps({**found, "resources": [{**resource, "instances": instances}]}))
    done = run(folder_with_endpoint, "verify")
    assert (done.returncode, done.stdout) == (
        1,
        "data: not as applied\n"
        "aws_sagemaker_endpoint.e is in the program, but was not applied: apply again.\n",
    ), done.stderr


def test_a_stack_that_was_not_applied_has_failed(run: Run, project_folder: ProjectFolder) -> None:
    done = run(project_folder(data=({"resource": {"terraform_data": {"a": {}}}}, [])), "verify")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Stack data has not been applied yet: its state is empty. Apply the stack first.\n"
    )


def test_a_state_that_cannot_be_read_has_failed(run: Run, project_folder: ProjectFolder) -> None:
    folder = project_folder(data=({"resource": {"terraform_data": {"a": {}}}}, []))
    (applied(folder) / "terraform.tfstate").write_text("nonsense")
    done = run(folder, "verify")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Stack data: ")
    assert "Traceback" not in done.stderr


def test_a_stack_that_the_program_does_not_have_is_wrong_usage(
    run: Run, project_folder: ProjectFolder
) -> None:
    done = run(project_folder(data=({}, [])), "verify", "nope")
    assert done.returncode == 2
    assert done.stderr == "No stack is named nope: the program has data.\n"


def test_a_folder_without_project_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "verify")
    assert done.returncode == 2
    assert "has no cdktf.json" in done.stderr


@pytest.fixture
def folder_with_endpoint(project_folder: ProjectFolder) -> Path:
    """A project whose state has an endpoint that nobody applied."""
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e"
    config = "${aws_sagemaker_endpoint_configuration.c.name}"
    endpoint = {"name": "e", "endpoint_config_name": config}
    folder = project_folder(data=({"resource": {"aws_sagemaker_endpoint": {"e": endpoint}}}, []))
    stack = folder / "cdktf.out" / "stacks" / "data"
    stack.mkdir(parents=True)
    provider = 'provider["registry.terraform.io/hashicorp/aws"]'
    attributes = {"id": "e", "name": "e", "arn": arn, "endpoint_config_name": "c"}
    instance = {"schema_version": 0, "attributes": attributes}
    resource = {"mode": "managed", "type": "aws_sagemaker_endpoint", "name": "e", "provider": provider}
    state = {"version": 4, "serial": 1, "lineage": "a", "resources": [{**resource, "instances": [instance]}]}
    (stack / "terraform.tfstate").write_text(json.dumps(state))
    return folder


def test_without_credentials_the_error_says_how_to_get_some(
    run: Run, folder_with_endpoint: Path, no_credentials: dict[str, str]
) -> None:
    done = run(folder_with_endpoint, "verify", **no_credentials)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Unable to locate credentials: log in with `aws configure` or")


def test_without_boto3_the_error_says_how_to_get_it(
    run: Run, folder_with_endpoint: Path, tmp_path: Path
) -> None:
    finder = "import importlib.util as u\nf = u.find_spec\n"
    finder += "u.find_spec = lambda name, *rest: None if name == 'boto3' else f(name, *rest)\n"
    (tmp_path / "sitecustomize.py").write_text(finder)
    done = run(folder_with_endpoint, "verify", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs boto3, which is not installed: pip install 'sm-tf[aws]'" in done.stderr
