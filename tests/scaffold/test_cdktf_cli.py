"""The real CDKTF CLI works with the projects that our templates make."""

import json

import pytest

from sm_tf.sandbox import override
from sm_tf.scaffold.template import builtin_templates


@pytest.mark.parametrize("template", [template.name for template in builtin_templates()])
def test_it_synthesizes_what_a_template_makes(make_project, cdktf, template):
    project = make_project(template)
    cdktf(project, "synth")
    content = json.loads((project / "cdktf.out" / "stacks" / "demo" / "cdk.tf.json").read_text())
    assert content["resource"]["aws_sagemaker_endpoint"]


def test_it_deploys_tells_the_outputs_and_destroys(make_project, cdktf, sagemaker_sandbox):
    project = make_project("realtime", alarm_email="oncall@example.com")
    cdktf(project, "synth")
    stack = project / "cdktf.out" / "stacks" / "demo"
    to_sandbox = override.override(
        json.loads((stack / "cdk.tf.json").read_text()),
        endpoint_url=sagemaker_sandbox.endpoint_url,
        pin=None,
        siblings={},
        skipped=[],
    )
    # The state is kept where the project wants it.
    del to_sandbox["terraform"]["backend"]
    (stack / override.FILE).write_text(json.dumps(to_sandbox))

    def run(*arguments):
        return cdktf(
            project, *arguments, "--skip-synth", "--skip-provider-lock", **sagemaker_sandbox.environment
        )

    assert "to add, 0 to change, 0 to destroy" in run("diff")
    run("deploy", "--auto-approve")
    sagemaker = sagemaker_sandbox.client("sagemaker", "eu-west-1")
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    assert (endpoint["EndpointName"], endpoint["EndpointStatus"]) == ("demo-endpoint", "InService")
    assert (project / "terraform.demo.tfstate").is_file()
    assert "No changes" in run("diff")
    run("output", "--outputs-file", "outputs.json")
    assert json.loads((project / "outputs.json").read_text()) == {"demo": {"endpoint_name": "demo-endpoint"}}
    run("destroy", "--auto-approve")
    assert sagemaker.list_endpoints()["Endpoints"] == []
