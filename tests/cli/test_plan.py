import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.sandbox import Sandbox

pytestmark = pytest.mark.terraform

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ProjectFolder = Callable[..., Path]


def data(**inputs: Any) -> dict[str, Any]:
    return {
        "terraform_data": {
            name: {"//": {"metadata": {"path": f"data/{name}"}}, **arguments}
            for name, arguments in inputs.items()
        }
    }


def synthesize_as(folder: Path, content: dict[str, Any]) -> None:
    described = json.loads((folder / "stacks.json").read_text())
    described["data"]["content"] = content
    (folder / "stacks.json").write_text(json.dumps(described))


def test_changes_are_told_with_their_constructs(run: Run, project_folder: ProjectFolder) -> None:
    first = data(kept={"input": 1}, changed={"input": 1}, gone={}, renewed={"triggers_replace": 1})
    folder = project_folder(data=({"resource": first}, []), other=({"resource": data(x={})}, []))
    done = run(folder, "plan", "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "data: 4 to create\n"
        "  create  terraform_data  data/changed\n"
        "  create  terraform_data  data/gone\n"
        "  create  terraform_data  data/kept\n"
        "  create  terraform_data  data/renewed\n"
    )
    # It is planned where it is applied.
    stack = folder / "cdktf.out" / "stacks" / "data"
    subprocess.run(
        ["terraform", f"-chdir={stack}", "apply", "-auto-approve"], check=True, capture_output=True
    )
    assert run(folder, "plan", "data").stdout == "data: no changes\n"

    second = data(kept={"input": 1}, changed={"input": 2}, renewed={"triggers_replace": 2}, many={"count": 2})
    synthesize_as(folder, {"resource": second, "output": {"seen": {"value": 1}}})
    done = run(folder, "plan")
    assert done.stdout == (
        "data: 2 to create, 1 to update, 1 to replace, 1 to delete\n"
        "  create   terraform_data  terraform_data.many[0]\n"
        "  create   terraform_data  terraform_data.many[1]\n"
        "  update   terraform_data  data/changed\n"
        "  replace  terraform_data  data/renewed\n"
        "  delete   terraform_data  terraform_data.gone\n"
        "  change   output          seen\n"
        "other: 1 to create\n"
        "  create  terraform_data  data/x\n"
    )
    told = json.loads(run(folder, "plan", "data", "--json").stdout)["stacks"][0]
    assert (told["name"], told["planned"], told["empty"]) == ("data", True, False)
    assert told["outputs"] == ["seen"]
    assert told["changes"][2:] == [
        {"action": "update", "address": "terraform_data.changed", "path": "data/changed"},
        {"action": "replace", "address": "terraform_data.renewed", "path": "data/renewed"},
        {"action": "delete", "address": "terraform_data.gone", "path": None},
    ]


def test_the_users_own_credentials_are_used(run: Run, constructs_folder: Path) -> None:
    with Sandbox() as aws:
        done = run(constructs_folder, "plan", "first", **aws.environment)
    assert (done.returncode, done.stdout) == (
        0,
        "first: 1 to create\n  create  aws_iam_role  first/Roles/Role\n",
    ), done.stderr


def test_without_credentials_there_is_no_plan(run: Run, constructs_folder: Path, tmp_path: Path) -> None:
    nothing = {name: "" for name in os.environ if name.startswith("AWS_")}
    nothing |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    nothing |= {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    done = run(constructs_folder, "plan", "first", **nothing)
    assert done.returncode == 1
    assert done.stdout.startswith("Error: No valid credential sources found\n")
    assert done.stdout.endswith("first: no plan\n")
    told = json.loads(run(constructs_folder, "plan", "first", "--json", **nothing).stdout)["stacks"][0]
    assert (told["planned"], told["empty"], told["changes"]) == (False, None, [])
    assert told["problems"][0]["summary"] == "No valid credential sources found"


def test_errors_of_the_plan_lead_to_the_construct(run: Run, project_folder: ProjectFolder) -> None:
    rule = {"condition": "${terraform_data.b.input > 2}", "error_message": "Too small."}
    content = data(a={"lifecycle": {"precondition": [rule]}}, b={"input": 1})
    done = run(project_folder(data=({"resource": content}, [])), "plan")
    assert done.returncode == 1
    assert done.stdout.startswith("Error: Resource precondition failed\n  construct  data/a\n")
    assert "Too small." in done.stdout


def test_a_lock_file_of_another_time_is_renewed(run: Run, project_folder: ProjectFolder) -> None:
    required = {"aws": {"source": "hashicorp/aws", "version": ">= 5.0"}}
    stack = {"terraform": {"required_providers": required}, "resource": data(a={})}
    folder = project_folder(data=(stack, []))
    locked = folder / "cdktf.out" / "stacks" / "data" / ".terraform.lock.hcl"
    locked.parent.mkdir(parents=True)
    locked.write_text(
        'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "4.67.0"\n'
        '  constraints = ">= 4.0.0"\n}\n'
    )
    done = run(folder, "plan")
    assert done.returncode == 0, done.stderr
    assert "4.67.0" not in locked.read_text()


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_stack_that_terraform_does_not_understand_has_its_construct(
    run: Run, project_folder: ProjectFolder, command: str
) -> None:
    rule = {"condition": "${1 > 2}", "error_message": "No."}
    content = data(a={"lifecycle": {"precondition": [rule]}})
    done = run(project_folder(data=({"resource": content}, [])), command)
    assert done.returncode == 1
    assert done.stdout.startswith("Error: Invalid precondition expression\n  construct  data/a\n")


ENDPOINT = """\
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)

app = App()
stack = TerraformStack(app, "demo")
AwsProvider(stack, "aws", region="eu-west-1")
LocalBackend(stack, path="terraform.tfstate")
image = ContainerImage.from_ecr_repository("app", "1.0")
model = Model(stack, "Model", containers=[ContainerDefinition(image=image)])
variant = InstanceProductionVariantProps(
    model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
)
config = EndpointConfig(stack, "Config", instance_production_variants=[variant])
endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
app.synth()
"""


@pytest.fixture
def endpoint_folder(tmp_path: Path) -> Path:
    """A project with an endpoint."""
    folder = tmp_path / "endpoint"
    folder.mkdir()
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
    (folder / "main.py").write_text(ENDPOINT)
    return folder


def test_a_plan_that_takes_an_endpoint_away_says_so(run: Run, endpoint_folder: Path) -> None:
    main = endpoint_folder / "main.py"
    named = "Endpoint demo-endpoint would be destroyed and then created again: until then, all calls fail.\n"
    with Sandbox() as aws:
        environment = dict(aws.environment)
        assert run(endpoint_folder, "plan", **environment).returncode == 0
        stack = endpoint_folder / "cdktf.out" / "stacks" / "demo"
        command = ["terraform", f"-chdir={stack}", "apply", "-auto-approve", "-input=false"]
        subprocess.run(command, check=True, capture_output=True, env=environment)

        rollback = ENDPOINT.replace("app.synth()", "endpoint.add_rollback_alarms('slow')\napp.synth()")
        main.write_text(rollback)
        done = run(endpoint_folder, "plan", **environment)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(
            f"{named}"
            "  construct  demo/Endpoint/Resource\n"
            "  because    deployment_config.auto_rollback_configuration is added\n"
            '  because    name changes from "demo-endpoint" to "demo-endpoint-rollback"\n'
            "  instead    add a second Endpoint with the change, apply, move the callers to it, remove this "
            "one, and apply again\n\n"
            "demo: 1 to replace\n"
        )

        protected = rollback.replace(
            "endpoint_config=config)", "endpoint_config=config, deletion_protection=True)"
        )
        main.write_text(protected)
        done = run(endpoint_folder, "plan", **environment)
        assert done.returncode == 1
        refusal, outage, _ = done.stdout.split("\n\n", 2)
        assert re.fullmatch(
            r"Error: demo/Endpoint/Resource is protected, and the plan would destroy it\n"
            r"  construct  demo/Endpoint/Resource\n"
            r"  made at    main.py, line \d+\n"
            r"  Terraform  aws_sagemaker_endpoint.Endpoint_\w+\n"
            r"  It has deletion_protection=True. Undo the change, or remove the protection .*",
            refusal,
        )
        assert outage.startswith(named)

        main.write_text(ENDPOINT.partition("endpoint = ")[0] + "app.synth()\n")
        (told,) = json.loads(run(endpoint_folder, "plan", "--json", **environment).stdout)["stacks"]
    (lost,) = told["outages"]
    assert lost.pop("address").startswith("aws_sagemaker_endpoint.Endpoint_")
    assert lost == {
        "action": "delete",
        "path": None,
        "name": "demo-endpoint",
        "causes": ["the program no longer creates it"],
        "instead": "move the callers to another Endpoint before this one is removed",
    }
