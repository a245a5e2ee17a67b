"""The programs of the page on permissions are run."""

import re
from pathlib import Path

from cdktf_cdktf_provider_aws.iam_role import IamRole

import sm_tf

PAGE = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_they_do_what_the_page_says(app, new_stack, stack, new_endpoint, synth) -> None:
    clients = new_stack("clients")
    names = {name: getattr(sm_tf, name) for name in sm_tf.__all__}
    names |= {"app": app, "stack": stack, "clients": clients, "IamRole": IamRole, "trust": "{}"}
    names["endpoint"] = new_endpoint()
    for program in PROGRAMS:
        exec(program, names)
    app.synth()
    content = synth(stack)
    assert len(content.allowed("ecr:BatchGetImage", "SmTfPolicy")) == 2
    assert names["central"].required_statements
    assert synth(clients).named("aws_iam_role_policy", "SmTfGrants")["role"] == "${aws_iam_role.Client.name}"
    for name, role in content.resources("aws_iam_role").items():
        assert role["permissions_boundary"].endswith("policy/boundary"), name
        assert role["path"] == "/teams/ml/"
    assert content.named("aws_sagemaker_model", "Prefixed")["name"].startswith("ml-demo-prefixed-")
