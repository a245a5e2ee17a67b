"""Resources are made at once; later values, and what users set, are joined at each synthesis."""

import json

import cdktf
import jsii
import pytest
from cdktf import (
    App,
    Aspects,
    IAspect,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
)
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from sm_tf.bindings.resources import Address, Call, Join, Map, Resource, place_of
from sm_tf.foundation.construct import SmTfConstruct

ROLE = "aws_iam_role"


def role(scope, id="Role", values=None, **options):
    given = {"assume_role_policy": "{}"}
    return Resource(scope, id, ROLE, values or given, attributes=("arn", "name"), **options)


class TestMaking:
    def test_arguments_blocks_and_maps(self, stack, synth) -> None:
        blocks = [{"effect": "Allow", "principals": [{"type": "Service", "identifiers": ["a_b"]}]}]
        Resource(stack, "Document", "data.aws_iam_policy_document", {"statement": blocks})
        role(
            stack,
            values={"assume_role_policy": "{}", "max_session_duration": 3600, "tags": Map({"a_b": "c"})},
        )
        found = synth(stack)
        assert found.only(ROLE) == {
            "assume_role_policy": "{}",
            "max_session_duration": 3600,
            "tags": {"a_b": "c"},
        }
        assert found.content["data"]["aws_iam_policy_document"]["Document"]["statement"] == blocks

    def test_none_leaves_an_argument_out(self, stack, synth) -> None:
        role(stack, values={"assume_role_policy": "{}", "description": None})
        assert "description" not in synth(stack).only(ROLE)

    def test_attributes_are_references(self, stack, synth) -> None:
        made = role(stack)
        role(stack, "Other", {"assume_role_policy": made["arn"], "description": f"like {made['name']}"})
        other = synth(stack).named(ROLE, "Other")
        assert other["assume_role_policy"] == "${aws_iam_role.Role.arn}"
        assert other["description"] == "like ${aws_iam_role.Role.name}"

    def test_inputs_are_text(self, stack, synth) -> None:
        made = role(stack, values={"assume_role_policy": "{}", "name": "reader"}, inputs=("name",))
        role(stack, "Other", {"assume_role_policy": "{}", "description": made.inputs["name"]})
        assert synth(stack).named(ROLE, "Other")["description"] == "reader"

    def test_functions_and_joined_texts(self, stack, synth) -> None:
        made = role(stack)
        text = Join("like-", Call("substr", Call("sha256", made["arn"]), 0, 8))
        role(stack, "Other", {"assume_role_policy": "{}", "description": text})
        expected = "like-${substr(sha256(aws_iam_role.Role.arn), 0, 8)}"
        assert synth(stack).named(ROLE, "Other")["description"] == expected

    def test_objects_of_cdktf_are_taken(self, stack, synth) -> None:
        flag = TerraformVariable(stack, "flag", type="bool")
        role(stack, values={"assume_role_policy": "{}", "force_detach_policies": flag.boolean_value})
        assert synth(stack).only(ROLE)["force_detach_policies"] == "${var.flag}"

    def test_a_construct_between(self, stack) -> None:
        role(stack, "Resource", below="Reader")
        role(stack, "Other", below="Reader")
        paths = {construct.node.path for construct in stack.node.find_all()}
        assert {"demo/Reader/Resource", "demo/Reader/Other"} <= paths

    def test_terraform_data(self, stack, synth) -> None:
        Resource(
            stack, "Data", "terraform_data", {"input": Map({"a_b": 1}), "triggers_replace": Map({"c": "d"})}
        )
        assert synth(stack).only("terraform_data") == {"input": {"a_b": 1}, "triggers_replace": {"c": "d"}}

    def test_the_object_is_the_providers(self, stack) -> None:
        made = role(stack)
        assert isinstance(made.object, IamRole)
        assert made.object is made.object
        assert made.object is stack.node.try_find_child("Role")

    def test_an_unknown_type_is_named(self, stack) -> None:
        with pytest.raises(RuntimeError, match="the bindings of the AWS provider have no aws_nothing"):
            Resource(stack, "Nothing", "aws_nothing", {})

    def test_references_cross_stacks(self, app, new_stack, tmp_path) -> None:
        made = role(new_stack("one"))
        role(new_stack("two"), "Reader", {"assume_role_policy": made["arn"]})
        app.synth()
        content = json.loads((tmp_path / "out/stacks/two/cdk.tf.json").read_text())
        expression = content["resource"][ROLE]["Reader"]["assume_role_policy"]
        assert expression.startswith("${data.terraform_remote_state.")


class TestLateValues:
    @pytest.fixture
    def values(self):
        return {"assume_role_policy": "{}", "description": "early"}

    @pytest.fixture
    def late(self, stack, values):
        return Resource(stack, "Role", ROLE, lambda: dict(values), attributes=("arn",))

    def test_the_last_ones_count(self, stack, synth, values, late) -> None:
        values["description"] = "late"
        values["path"] = "/models/"
        del values["description"]
        assert synth(stack).only(ROLE) == {"assume_role_policy": "{}", "path": "/models/"}
        del late

    def test_a_stack_may_be_changed_after_a_synthesis(self, stack, synth, values, late) -> None:
        assert synth(stack).only(ROLE)["description"] == "early"
        values["description"] = "later"
        assert synth(stack).only(ROLE)["description"] == "later"
        assert synth(stack).only(ROLE)["description"] == "later"
        del late

    def test_a_users_setting_stays(self, stack, synth, values, late) -> None:
        late.object.description = "the user's"
        values["description"] = "late"
        assert synth(stack).only(ROLE)["description"] == "the user's"
        assert synth(stack).only(ROLE)["description"] == "the user's"

    def test_an_aspect_sees_the_resource_and_may_change_it(self, stack, synth, values, late) -> None:
        @jsii.implements(IAspect)
        class Describe:
            def visit(self, node) -> None:
                if isinstance(node, IamRole):
                    node.description = f"{node.description_input}, seen"

        Aspects.of(stack).add(Describe())
        values["path"] = "/models/"
        found = synth(stack).only(ROLE)
        assert (found["description"], found["path"]) == ("early, seen", "/models/")
        del late


class TestMergedArguments:
    def test_dependencies_of_the_user_and_ours_are_merged(self, stack, synth) -> None:
        first, second = role(stack, "First"), IamRole(stack, "Second", assume_role_policy="{}")
        made = role(stack, values={"assume_role_policy": "{}", "depends_on": [first]})
        made.object.depends_on = ["aws_iam_role.Second"]
        for _ in range(2):
            found = synth(stack).named(ROLE, "Role")
            assert found["depends_on"] == ["aws_iam_role.Second", "aws_iam_role.First"]
        assert made.object.depends_on == ["aws_iam_role.Second"]
        del second

    def test_a_users_lifecycle_wins_and_lists_are_joined(self, stack, synth) -> None:
        other = role(stack, "Other")
        ours = {
            "create_before_destroy": True,
            "ignore_changes": ["tags"],
            "replace_triggered_by": [Address(other, "id")],
        }
        made = role(stack, values={"assume_role_policy": "{}", "lifecycle": ours})
        made.object.lifecycle = TerraformResourceLifecycle(
            create_before_destroy=False, prevent_destroy=True, ignore_changes=["name", "tags"]
        )
        assert synth(stack).named(ROLE, "Role")["lifecycle"] == {
            "create_before_destroy": False,
            "prevent_destroy": True,
            "ignore_changes": ["name", "tags"],
            "replace_triggered_by": ["aws_iam_role.Other.id"],
        }

    def test_an_overridden_logical_id_is_followed(self, stack, synth) -> None:
        made = role(stack)
        waits = {"assume_role_policy": made["arn"], "depends_on": [made]}
        role(stack, "Other", {**waits, "lifecycle": {"replace_triggered_by": [Address(made, "id")]}})
        made.object.override_logical_id("prod")
        other = synth(stack).named(ROLE, "Other")
        assert other["assume_role_policy"] == "${aws_iam_role.prod.arn}"
        assert other["depends_on"] == ["aws_iam_role.prod"]
        assert other["lifecycle"]["replace_triggered_by"] == ["aws_iam_role.prod.id"]

    def test_a_logical_id_is_not_overridden_after_its_address_was_read(self, stack, synth) -> None:
        made = role(stack)
        assert made.object.friendly_unique_id == "Role"
        made.object.override_logical_id("Role")
        late = r"\[demo/Role\] override_logical_id\(\"prod\"\) comes too late, since .* aws_iam_role.Role was"
        with pytest.raises(RuntimeError, match=late):
            made.object.override_logical_id("prod")
        assert list(synth(stack).resources(ROLE)) == ["Role"]

    def test_resources_of_others_are_left_to_cdktf(self, stack, synth) -> None:
        role(stack)
        theirs = IamRole(stack, "Theirs", assume_role_policy="{}")
        assert theirs.friendly_unique_id == "Theirs"
        theirs.override_logical_id("prod")
        assert "Theirs" in synth(stack).resources(ROLE)

    def test_a_moved_resource_keeps_its_address(self, stack, synth) -> None:
        role(stack).object.move_from_id("aws_iam_role.by_hand")
        moved = synth(stack).content["moved"]
        assert moved == [{"from": "aws_iam_role.by_hand", "to": "aws_iam_role.Role"}]

    def test_dependencies_of_constructs_count(self, stack, synth) -> None:
        before = Construct(stack, "Before")
        IamRole(before, "Resource", assume_role_policy="{}")
        DataAwsIamRole(before, "Data", name="theirs")
        after = Construct(stack, "After")
        role(after, "Mine")
        after.node.add_dependency(before)
        (address,) = [name for name in synth(stack).resources(ROLE) if name.startswith("Before")]
        found = synth(stack).named(ROLE, "After")["depends_on"]
        assert found[0] == f"{ROLE}.{address}"
        assert found[1].startswith("data.aws_iam_role.Before_Data")

    def test_a_dependency_on_another_stack_orders_the_stacks(self, app, new_stack, tmp_path) -> None:
        one, two = new_stack("one"), new_stack("two")
        theirs, ours = role(one), role(two)
        ours.object.node.add_dependency(theirs.object)
        app.synth()
        manifest = json.loads((tmp_path / "out/manifest.json").read_text())
        assert manifest["stacks"]["two"]["dependencies"] == ["one"]


class Picky(SmTfConstruct):
    def __init__(self, scope, id) -> None:
        super().__init__(scope, id)
        self.problems = []

    def _check_at_synth(self, check) -> None:
        for problem in self.problems:
            check.require(False, problem)


class TestChecksAtSynth:
    def test_problems_are_listed_with_their_paths(self, stack) -> None:
        first, second = Picky(stack, "First"), Picky(stack, "Second")
        first.problems, second.problems = ["one", "two"], ["three"]
        told = r"\[demo/First\] one\s+\[demo/First\] two\s+\[demo/Second\] three"
        for validate in (True, False):
            with pytest.raises(RuntimeError, match=told):
                cdktf.Testing.synth(stack, validate)

    def test_the_app_refuses_them(self, app, stack) -> None:
        Picky(stack, "Picky").problems = ["one"]
        with pytest.raises(RuntimeError, match=r"\[demo/Picky\] one"):
            app.synth()

    def test_they_may_be_mended_after_a_refusal(self, stack, synth) -> None:
        picky = Picky(stack, "Picky")
        picky.problems = ["one"]
        with pytest.raises(RuntimeError, match="one"):
            synth(stack)
        picky.problems = []
        assert synth(stack)

    def test_an_app_that_skips_validations_skips_these(self, tmp_path) -> None:
        stack = TerraformStack(App(outdir=str(tmp_path), skip_validation=True), "demo")
        AwsProvider(stack, "aws", region="eu-west-1")
        Picky(stack, "Picky").problems = ["one"]
        assert "resource" not in json.loads(cdktf.Testing.synth(stack))


class TestPlaces:
    def test_a_place_below_a_users_construct(self, stack) -> None:
        place = place_of(Construct(Construct(stack, "Team"), "a/b"))
        assert (place.path, place.stack.path) == ("demo/Team/a--b", "demo")
        assert place.stack is place_of(stack).stack

    def test_the_region_of_a_provider_that_comes_later(self, new_stack) -> None:
        stack = TerraformStack(new_stack().node.root, "late")
        assert place_of(stack).region is None
        AwsProvider(stack, "other", alias="other", region="us-east-1")
        assert place_of(stack).region is None
        AwsProvider(stack, "aws", region="eu-west-1")
        assert place_of(stack).region == "eu-west-1"
