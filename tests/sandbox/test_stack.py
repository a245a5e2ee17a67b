import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.sandbox import Sandbox

pytestmark = pytest.mark.terraform

StackFolder = Callable[..., Path]


@pytest.fixture(scope="module")
def aws() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_a_stack_is_planned_applied_changed_and_destroyed(aws: Sandbox, stack_folder: StackFolder) -> None:
    output = {"value": {"value": "${terraform_data.a.output}"}}
    stack = aws.stack(stack_folder("demo", {"a": 1, "b": 2}, output=output))
    plan = stack.plan()
    assert plan.creates == ("terraform_data.a", "terraform_data.b")
    stack.apply(plan)
    assert stack.plan().empty
    assert stack.outputs() == {"value": 1}

    stack.update_from(stack_folder("demo", {"a": 3}, output=output))
    changes = stack.apply()
    assert (changes.updates, changes.deletes) == (("terraform_data.a",), ("terraform_data.b",))
    assert stack.outputs() == {"value": 3}
    assert [resource.address for resource in stack.resources()] == ["terraform_data.a"]

    assert stack.destroy().deletes == ("terraform_data.a",)
    assert stack.resources() == []


def test_a_plan_is_applied_once(aws: Sandbox, stack_folder: StackFolder) -> None:
    stack = aws.stack(stack_folder("demo", {"a": 1}))
    plan = stack.plan()
    stack.apply(plan)
    with pytest.raises(ToolError, match="plan again"):
        stack.apply(plan)


def test_the_stack_itself_stays_as_it_is(aws: Sandbox, stack_folder: StackFolder) -> None:
    folder = stack_folder("demo", {"a": 1})
    aws.stack(folder).apply()
    assert [file.name for file in folder.iterdir()] == ["cdk.tf.json"]


def test_state_beside_the_stack_is_not_taken_along(aws: Sandbox, stack_folder: StackFolder) -> None:
    folder = stack_folder("demo", {"a": 1})
    (folder / "terraform.tfstate").write_text("not ours")
    (folder / "assets").mkdir()
    (folder / "assets" / "model.tar.gz").write_text("model")
    stack = aws.stack(folder)
    assert stack.resources() == []
    assert (stack.directory / "assets" / "model.tar.gz").read_text() == "model"


def test_terraforms_errors_are_readable(aws: Sandbox, stack_folder: StackFolder) -> None:
    stack = aws.stack(stack_folder("demo", {"a": "${terraform_data.missing.id}"}))
    for fails in (stack.validate, stack.plan):
        with pytest.raises(ToolError) as error:
            fails()
        assert "Error: Reference to undeclared resource" in str(error.value)
        assert "Terraform  terraform_data.a" in str(error.value)
        assert str(stack.directory) not in str(error.value)


def test_a_valid_stack_validates(aws: Sandbox, stack_folder: StackFolder) -> None:
    aws.stack(stack_folder("demo", {"a": 1})).validate()


def test_references_between_stacks_read_the_sandboxs_state(aws: Sandbox, stack_folder: StackFolder) -> None:
    remote = {"backend": "s3", "config": {"bucket": "b", "key": "k"}}
    network = aws.stack(
        stack_folder("network", {}, output={"subnet": {"value": "s-1"}}, terraform={"backend": {"s3": {}}})
    )
    app = aws.stack(
        stack_folder(
            "app",
            {"a": "${data.terraform_remote_state.cross-stack-reference-input-network.outputs.subnet}"},
            data={"terraform_remote_state": {"cross-stack-reference-input-network": remote}},
            output={"subnet": {"value": "${terraform_data.a.output}"}},
        )
    )
    network.apply()
    app.apply()
    assert app.outputs() == {"subnet": "s-1"}


def test_a_folder_without_a_stack_is_named(aws: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"not a synthesized stack: it has no cdk\.tf\.json"):
        aws.stack(tmp_path)


def test_variables_that_lead_elsewhere_do_not_reach_terraform(
    stack_folder: StackFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("TF_WORKSPACE", "production")
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    command = "env > environment"
    provisioner = [{"local-exec": {"command": command}}]
    with Sandbox() as aws:
        folder = stack_folder("demo", {})
        file = folder / "cdk.tf.json"
        file.write_text(json.dumps({"resource": {"terraform_data": {"a": {"provisioner": provisioner}}}}))
        stack = aws.stack(folder)
        stack.apply()
        environment = (stack.directory / "environment").read_text()
    for gone in ("production", "missing"):
        assert gone not in environment
    assert f"AWS_ENDPOINT_URL={aws.endpoint_url}" in environment


def test_a_project_with_one_stack_is_a_stack(aws: Sandbox, project_folder: StackFolder) -> None:
    stack = aws.stack(project_folder(only=({"resource": {"terraform_data": {"a": {}}}}, [])))
    assert stack.name.startswith("only")
    assert stack.plan().creates == ("terraform_data.a",)


def test_a_project_with_several_stacks_is_an_app(aws: Sandbox, project_folder: StackFolder) -> None:
    folder = project_folder(second=({}, ["first"]), first=({}, []))
    with pytest.raises(ToolError, match=r"2 \(first, second\): use Sandbox\.app"):
        aws.stack(folder)
    assert [stack.name for stack in aws.app(folder)] == ["first", "second"]
