"""Modules in AWS: called by HCL, and as the successor of the Python program."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from sm_tf.module.module import write_module
from sm_tf.project.synthesis import synthesize
from sm_tf.project.terraform_runner import terraform_runner
from sm_tf.sandbox.sandbox import Sandbox

CALLER = """\
module "scorer" {
  source   = "./scorer"
  for_each = toset(["blue", "green"])

  name      = each.key
  image_tag = "1.0"
  hostname  = "scorer"
  threshold = %d
}

module "scorer_us" {
  source    = "./scorer"
  providers = { aws = aws.us }

  name      = "blue"
  image_tag = "1.0"
  hostname  = "scorer"
}
"""


def test_hcl_calls_a_module_twice_and_in_two_regions(
    sagemaker_sandbox: Sandbox, tmp_path: Path, new_project: Callable[..., Path]
) -> None:
    root = tmp_path / "root"
    write_module(new_project(), root / "scorer")
    with terraform_runner() as terraform:
        assert terraform.run(root / "scorer", "fmt", "-check", "-recursive").code == 0
        terraform.init("scorer", root / "scorer")
        tested = terraform.run(root / "scorer", "test", "-no-color")
        assert "5 passed, 0 failed" in tested.text, tested.text
    shutil.rmtree(root / "scorer" / ".terraform")
    (root / "main.tf").write_text(CALLER % 10)
    # The sandbox leads the providers of this file to the embedded AWS.
    providers = [{"region": "eu-west-1"}, {"region": "us-east-1", "alias": "us"}]
    required = {"required_providers": {"aws": {"source": "hashicorp/aws"}}}
    (root / "cdk.tf.json").write_text(json.dumps({"terraform": required, "provider": {"aws": providers}}))
    stack = sagemaker_sandbox.stack(root)
    stack.apply()
    assert stack.plan().empty

    def endpoints(region: str) -> list[str]:
        found = sagemaker_sandbox.client("sagemaker", region).list_endpoints()["Endpoints"]
        return sorted(endpoint["EndpointName"] for endpoint in found)

    assert endpoints("eu-west-1") == ["blue-endpoint", "green-endpoint"]
    assert endpoints("us-east-1") == ["blue-endpoint"]
    (stack.directory / "main.tf").write_text(CALLER % 20)
    plan = stack.plan()
    assert (plan.creates, plan.replaces, plan.deletes) == ((), (), ())
    assert plan.updates == (
        'module.scorer["blue"].aws_cloudwatch_metric_alarm.busy',
        'module.scorer["green"].aws_cloudwatch_metric_alarm.busy',
    )


def test_a_root_module_takes_over_what_the_program_applied(
    sagemaker_sandbox: Sandbox, tmp_path: Path, new_project: Callable[..., Path]
) -> None:
    project = new_project()
    (synthesized,) = synthesize(project, tmp_path / "out")
    stack = sagemaker_sandbox.stack(synthesized.directory)
    (stack.directory / "terraform.tfvars").write_text('image_tag = "1.0"\nhostname  = "scorer"\n')
    stack.apply()
    write_module(project, tmp_path / "root", root=True)
    for file in (tmp_path / "root").rglob("*.tf"):
        shutil.copy2(file, stack.directory)
    (stack.directory / "cdk.tf.json").unlink()
    assert stack.plan().empty
    stack.apply()
    addresses = {resource.address for resource in stack.resources()}
    assert "aws_sagemaker_endpoint.endpoint" in addresses
    assert all(address == address.lower() for address in addresses)
    assert stack.plan().empty
