"""Who can be granted permissions."""

import pytest
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.iam_user import IamUser

from sm_tf import InvalidPropsError, Model, PolicyStatement, Principal

ROLE_ARN = "arn:aws:iam::123456789012:role/path/mine"


class TestGrantees:
    def test_are_a_model_its_role_and_its_principal(self, stack, synth, new_endpoint, new_model) -> None:
        endpoint, caller = new_endpoint(), new_model("Caller")
        for grantee in (caller, caller.role, caller.grant_principal):
            endpoint.grant_invoke(grantee)
        content = synth(stack)
        (role,) = [name for name in content.resources("aws_iam_role") if name.startswith("Caller")]
        policy = content.named("aws_iam_role_policy", "SmTfGrants")
        assert policy["role"] == f"${{aws_iam_role.{role}.name}}"

    @pytest.mark.parametrize(
        ("make", "kind", "name"),
        [
            (lambda _: ROLE_ARN, "role", "mine"),
            (
                lambda _: Principal("group", "arn:aws:iam::123456789012:group/team", "team"),
                "group",
                "team",
            ),
            (lambda stack: IamUser(stack, "User", name="me"), "user", "${aws_iam_user.User.name}"),
            (
                lambda stack: DataAwsIamRole(stack, "Role", name="theirs"),
                "role",
                "${data.aws_iam_role.Role.name}",
            ),
        ],
    )
    def test_are_roles_users_and_groups(self, stack, synth, new_endpoint, make, kind, name) -> None:
        new_endpoint().grant_invoke(make(stack))
        assert synth(stack).named(f"aws_iam_{kind}_policy", "SmTfGrants")[kind] == name

    @pytest.mark.parametrize(
        ("arn", "kind", "name"),
        [
            ("arn:aws:iam::${var.account}:user/team/me", "user", "me"),
            ("arn:aws:iam::${var.account}:group/${var.group}", "group", "${basename(var.group)}"),
            ("arn:aws:iam::123456789012:role/a-${var.role}", "role", '${basename("a-${var.role}")}'),
            ("${var.arn}", "role", "${basename(var.arn)}"),
        ],
    )
    def test_of_an_arn_with_references_kind_and_name_are_read(
        self, stack, synth, new_endpoint, arn, kind, name
    ) -> None:
        new_endpoint().grant_invoke(arn)
        assert synth(stack).named(f"aws_iam_{kind}_policy", "SmTfGrants")[kind] == name

    def test_have_a_role(self, stack, new_endpoint) -> None:
        imported = Model.from_model_name(stack, "Imported", "theirs")
        with pytest.raises(InvalidPropsError, match=r"<IModel demo/Imported> can't hold permissions"):
            new_endpoint().grant_invoke(imported)

    def test_are_nothing_else(self, new_endpoint) -> None:
        with pytest.raises(InvalidPropsError, match="grantee is 5; pass a role, user or group, "):
            new_endpoint().grant_invoke(5)

    def test_a_model_takes_the_role_of_another(self, stack, synth, new_model) -> None:
        first = new_model("First")
        new_model("Second", role=first.role)
        new_model("Third", role=first)
        content = synth(stack)
        roles = {model["execution_role_arn"] for model in content.resources("aws_sagemaker_model").values()}
        assert len(roles) == len(content.resources("aws_iam_role")) == 1


def test_references_escapes_and_quotes_may_be_anywhere_in_a_statement(stack, synth, new_model) -> None:
    new_model().add_to_role_policy(
        PolicyStatement(
            actions=["s3:GetObject"],
            resources=['${lookup(var.m, "a")}/*', "arn:aws:s3:::b/$${aws:username}/*"],
            conditions={"StringLike": {"s3:prefix": ['${var.m["}"]}', 'a "quoted" word']}},
        )
    )
    (policy,) = synth(stack).resources("aws_iam_role_policy").values()
    written = policy["policy"]
    assert '["${lookup(var.m, "a")}/*", "arn:aws:s3:::b/$${aws:username}/*"]' in written
    assert r'{"s3:prefix": ["${var.m["}"]}", "a \"quoted\" word"]}' in written
