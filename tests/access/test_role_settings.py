"""Permissions boundaries and paths of all roles below a construct."""

import json
from pathlib import Path

import pytest
from cdktf_cdktf_provider_aws.data_aws_iam_policy import DataAwsIamPolicy
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole

from sm_tf import InvalidPropsError, PermissionsBoundary, RolePath

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
ROLE = "aws_iam_role"


class TestPermissionsBoundary:
    def test_is_set_on_every_role_that_has_none(self, app, stack, synth, new_model) -> None:
        PermissionsBoundary.of(app).apply(BOUNDARY)
        new_model()
        IamRole(stack, "Users", assume_role_policy="{}")
        IamRole(stack, "Kept", assume_role_policy="{}", permissions_boundary="arn:aws:iam::aws:policy/Other")
        DataAwsIamRole(stack, "Found", name="x")
        content = synth(stack)
        found = {name: role["permissions_boundary"] for name, role in content.resources(ROLE).items()}
        assert found.pop("Kept") == "arn:aws:iam::aws:policy/Other"
        assert len(found) == 2
        assert set(found.values()) == {BOUNDARY}
        assert "permissions_boundary" not in content.content["data"][ROLE]["Found"]

    def test_is_that_of_the_nearest_construct(self, app, new_stack, new_model, synth) -> None:
        one, two = new_stack("one"), new_stack("two")
        for stack in (one, two):
            new_model(scope=stack)
        PermissionsBoundary.of(one).apply(f"{BOUNDARY}-of-one")
        PermissionsBoundary.of(app).apply(BOUNDARY)
        assert synth(one).only(ROLE)["permissions_boundary"] == f"{BOUNDARY}-of-one"
        assert synth(two).only(ROLE)["permissions_boundary"] == BOUNDARY

    @pytest.mark.parametrize(
        ("make", "written"),
        [
            (lambda s: IamPolicy(s, "P", policy="{}"), "${aws_iam_policy.P.arn}"),
            (lambda s: DataAwsIamPolicy(s, "P", name="p"), "${data.aws_iam_policy.P.arn}"),
            (lambda _: "${var.boundary}", "${var.boundary}"),
        ],
    )
    def test_is_a_policy_or_its_arn(self, stack, synth, new_model, make, written) -> None:
        PermissionsBoundary.of(stack).apply(make(stack))
        new_model()
        assert synth(stack).only(ROLE)["permissions_boundary"] == written

    def test_may_be_of_another_stack(self, app, new_stack, stack, new_model) -> None:
        PermissionsBoundary.of(stack).apply(IamPolicy(new_stack("central"), "P", policy="{}"))
        new_model()
        app.synth()
        content = json.loads(Path(app.outdir, "stacks", "demo", "cdk.tf.json").read_text())
        (role,) = content["resource"][ROLE].values()
        assert role["permissions_boundary"].startswith("${data.terraform_remote_state.")

    @pytest.mark.parametrize("given", ["", "boundary", "arn:aws:iam::123456789012:role/x"])
    def test_is_nothing_else(self, stack, given) -> None:
        with pytest.raises(InvalidPropsError, match=rf"{given!r}.*; pass"):
            PermissionsBoundary.of(stack).apply(given)


class TestRolePath:
    def test_is_set_on_the_roles_of_models(self, stack, synth, new_model) -> None:
        RolePath.of(stack).apply("/teams/ml/")
        new_model()
        IamRole(stack, "Users", assume_role_policy="{}")
        content = synth(stack)
        assert content.named(ROLE, "Model")["path"] == "/teams/ml/"
        assert "path" not in content.resources(ROLE)["Users"]

    def test_goes_with_a_boundary(self, stack, synth, new_model) -> None:
        RolePath.of(stack).apply("/")
        PermissionsBoundary.of(stack).apply(BOUNDARY)
        new_model()
        role = synth(stack).only(ROLE)
        assert (role["path"], role["permissions_boundary"]) == ("/", BOUNDARY)

    @pytest.mark.parametrize("given", ["", "ml", "/ml", "ml/", "/a b/", "/" + "a" * 511 + "/"])
    def test_has_a_slash_at_both_ends(self, stack, given) -> None:
        with pytest.raises(InvalidPropsError, match="with a slash at both ends, such as /teams/ml/"):
            RolePath.of(stack).apply(given)
