"""Policies on roles that were given: one in each stack, within IAM's limits, and none on roles of others."""

import json
import re
from pathlib import Path

import pytest
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_user import IamUser
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    ImmutableRole,
    InvalidPropsError,
    Model,
    ModelData,
    PolicyStatement,
)
from sm_tf.bindings.core import App, LocalBackend, TerraformStack

ROLE = "arn:aws:iam::123456789012:role/central/exec"
POLICY = "aws_iam_role_policy"
MODEL = "aws_sagemaker_model"


def reading(stack, number, role=ROLE, key="model-{}/model.tar.gz") -> Model:
    """A model whose role must read one artifact."""
    container = ContainerDefinition(
        image=ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/scorer:1"),
        model_data=ModelData.from_bucket("models", key.format(number)),
    )
    return Model(stack, f"Model{number}", role=role, containers=[container])


class TestOneInEachStack:
    def test_has_each_statement_once(self, stack, synth) -> None:
        for number in range(20):
            reading(stack, number)
        content = synth(stack)
        assert len(content.allowed("s3:GetObject")) == 20
        actions = [statement["Action"] for statement in content.statements()]
        assert actions.count(["ecr:GetAuthorizationToken"]) == actions.count(["s3:GetObject"]) == 1

    def test_is_made_in_the_stack_of_the_models(self, app, new_stack) -> None:
        roles, one, two = new_stack("roles"), new_stack("one"), new_stack("two")
        role = IamRole(roles, "Role", assume_role_policy="{}")
        for stack in (one, two):
            reading(stack, 1, role)
        synthesized = all_of(app)
        assert POLICY not in synthesized["roles"]["resource"]
        for name in ("one", "two"):
            (policy,) = synthesized[name]["resource"][POLICY].values()
            assert policy["role"].startswith("${data.terraform_remote_state.")

    def test_has_a_name_that_no_other_stack_writes(self, app, new_stack) -> None:
        for id in ("one", "two"):
            reading(new_stack(id), 1)
        for content in all_of(app).values():
            (policy,) = content["resource"][POLICY].values()
            assert "name" not in policy
            assert policy["name_prefix"].endswith("-")

    def test_has_no_cycle_where_a_model_calls_an_endpoint_of_the_same_role(
        self, stack, synth, new_endpoint, new_model
    ) -> None:
        endpoint = new_endpoint(model=new_model("First", role=ROLE))
        second = new_model("Second", role=ROLE)
        endpoint.grant_invoke(second)
        arn = endpoint.endpoint_arn
        second.add_to_role_policy(PolicyStatement(actions=["sagemaker:InvokeEndpoint"], resources=[arn]))
        content = synth(stack)
        (awaited,) = {tuple(model["depends_on"]) for model in content.resources(MODEL).values()}
        assert awaited[0].startswith("aws_iam_role_policy.SmTfPolicy")
        assert not content.allowed("sagemaker:InvokeEndpoint", "SmTfPolicy")
        assert content.allowed("sagemaker:InvokeEndpoint", "SmTfGrants")

    def test_merges_the_endpoints_that_a_client_may_call(self, stack, synth, new_endpoint) -> None:
        client = IamRole(stack, "Client", assume_role_policy="{}")
        for id in ("One", "Two"):
            new_endpoint(id).grant_invoke(client)
        assert len(synth(stack).allowed("sagemaker:InvokeEndpoint", "SmTfGrants")) == 2

    def test_an_imported_models_role_has_it_too(self, stack, synth) -> None:
        arn = "arn:aws:sagemaker:eu-west-1:123456789012:model/m"
        for id in ("One", "Two"):
            model = Model.from_model_attributes(stack, id, model_arn=arn, role=ROLE)
            model.add_to_role_policy(PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
        assert synth(stack).allowed("s3:GetObject") == ["*"]


class TestSize:
    LONG = "a" * 400 + "-{}/model.tar.gz"

    def test_beyond_the_limit_is_refused(self, stack, synth) -> None:
        for number in range(15):
            reading(stack, number, key=self.LONG)
        told = r"role 'exec' would have about 1\d,\d{3} characters together; IAM allows 10,240, so give"
        with pytest.raises(Exception, match=told):
            synth(stack)

    def test_counts_the_policies_of_all_stacks(self, app, new_stack) -> None:
        for id in ("one", "two"):
            stack = new_stack(id)
            for number in range(7):
                reading(stack, number, key=self.LONG)
        with pytest.raises(Exception, match="IAM allows 10,240"):
            app.synth()

    def test_of_a_role_made_here_counts_too(self, stack, synth) -> None:
        model = reading(stack, 1, role=None)
        for number in range(30):
            arn = f"arn:aws:s3:::{'b' * 300}{number}"
            model.add_to_role_policy(PolicyStatement(actions=["s3:GetObject"], resources=[arn]))
        with pytest.raises(Exception, match="IAM allows 10,240"):
            synth(stack)

    def test_of_a_user_is_smaller(self, stack, synth) -> None:
        user = IamUser(stack, "User", name="u")
        for number in range(40):
            Endpoint.from_endpoint_name(stack, f"E{number}", f"endpoint-{number}").grant_invoke(user)
        with pytest.raises(Exception, match=r"the user .*IAM allows 2,048, so grant to several users"):
            synth(stack)

    def test_does_not_count_white_space(self, stack, synth) -> None:
        user = IamUser(stack, "User", name="u")
        arns = [f"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e{number:03}" for number in range(32)]
        for number, arn in enumerate(arns):
            Endpoint.from_endpoint_arn(stack, f"E{number}", arn).grant_invoke(user)
        (policy,) = synth(stack).resources("aws_iam_user_policy").values()
        assert len(re.sub(r"\s", "", policy["policy"])) <= 2048 < len(policy["policy"])


class TestGrantsBetweenStacks:
    def test_are_in_the_stack_of_the_grantee(self, app, new_stack, new_endpoint) -> None:
        client = new_stack("client")
        role = IamRole(client, "Role", assume_role_policy="{}")
        new_endpoint().grant_invoke(role)
        synthesized = all_of(app)
        (policy,) = synthesized["client"]["resource"][POLICY].values()
        assert policy["role"] == "${aws_iam_role.Role.name}"
        assert "terraform_remote_state" not in synthesized["demo"].get("data", {})

    def test_are_beside_the_endpoint_if_its_stack_reads_from_the_grantees(
        self, app, new_stack, new_endpoint, new_model
    ) -> None:
        roles = [new_stack(id) for id in ("roles", "others")]
        model = new_model(role=IamRole(roles[0], "Execution", assume_role_policy="{}"))
        new_model("Second", role=IamRole(roles[1], "Execution", assume_role_policy="{}"))
        endpoint = new_endpoint(model=model)
        for stack in roles:
            endpoint.grant_invoke(IamRole(stack, "Client", assume_role_policy="{}"))
        synthesized = all_of(app)
        names = synthesized["demo"]["resource"][POLICY]
        assert sorted(name[:10] for name in names) == ["SmTfGrants"] * 2 + ["SmTfPolicy"] * 2
        assert all(POLICY not in synthesized[stack.node.id]["resource"] for stack in roles)

    def test_of_an_arn_are_in_the_stack_of_the_endpoint(self, app, new_stack, new_endpoint) -> None:
        new_stack("client")
        new_endpoint().grant_invoke(ROLE)
        assert any(name.startswith("SmTfGrants") for name in all_of(app)["demo"]["resource"][POLICY])

    def test_to_models_are_in_the_stack_of_the_model(self, app, new_stack, new_endpoint, new_model) -> None:
        caller = new_model("Caller", scope=new_stack("callers"))
        new_endpoint().grant_invoke(caller)
        assert any(name.startswith("SmTfGrants") for name in all_of(app)["callers"]["resource"][POLICY])


class TestImmutableRole:
    def test_is_not_written_to(self, stack, synth, new_endpoint) -> None:
        role = ImmutableRole(ROLE)
        model = reading(stack, 1, role)
        model.add_to_role_policy(PolicyStatement(actions=["dynamodb:GetItem"], resources=["*"]))
        new_endpoint(model=model).grant_invoke(role)
        content = synth(stack)
        assert content.resources(POLICY) == {}
        assert content.only(MODEL)["execution_role_arn"] == ROLE

    def test_tells_what_its_owner_must_allow(self, stack, new_endpoint) -> None:
        role = ImmutableRole(ROLE)
        for number in (1, 2):
            reading(stack, number, role)
        required = [list(statement.actions) for statement in role.required_statements]
        assert required.count(["ecr:GetAuthorizationToken"]) == 1
        assert required.count(["s3:GetObject"]) == 2
        new_endpoint(model=reading(stack, 3, role)).grant_invoke(role)
        assert "sagemaker:InvokeEndpoint" in role.required_statements[-1].actions

    def test_stays_so_where_it_is_a_models_role(self, stack, synth) -> None:
        first = reading(stack, 1, ImmutableRole(IamRole(stack, "Role", assume_role_policy="{}")))
        reading(stack, 2, first)
        reading(stack, 3, first.role)
        assert synth(stack).resources(POLICY) == {}

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ("x", "'x' is not the ARN of an IAM role"),
            (None, "role is None; pass a role, user or group"),
            ("arn:aws:iam::123456789012:user/me", "user/me is a user; pass an IAM role"),
        ],
    )
    def test_is_a_role(self, given, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            ImmutableRole(given)


class TestRolesOfOtherAccounts:
    @pytest.fixture
    def known(self, app) -> TerraformStack:
        stack = TerraformStack(app, "known")
        LocalBackend(stack)
        AwsProvider(stack, "aws", region="eu-west-1", allowed_account_ids=["999999999999"])
        return stack

    TOLD = (
        r"role .*:role/central/exec is in account 123456789012, and the AWS provider works in 999999999999;"
    )

    def test_are_refused(self, known) -> None:
        with pytest.raises(InvalidPropsError, match=f"known/Model1: .*{self.TOLD} .*ImmutableRole"):
            reading(known, 1)
        assert known.node.try_find_child("Model1") is None
        endpoint = Endpoint.from_endpoint_name(known, "Endpoint", "e")
        with pytest.raises(InvalidPropsError, match=self.TOLD):
            endpoint.grant_invoke(ROLE)
        with pytest.raises(InvalidPropsError, match=self.TOLD):
            Model.from_model_attributes(
                known, "M", model_arn="arn:aws:sagemaker:eu-west-1:123456789012:model/m", role=ROLE
            )

    def test_are_taken_where_they_stay_as_they_are(self, known) -> None:
        reading(known, 1, ImmutableRole(ROLE))

    def test_are_those_of_no_account_that_is_allowed(self, app, stack) -> None:
        both = TerraformStack(app, "both")
        accounts = ["999999999999", "123456789012"]
        AwsProvider(both, "aws", region="eu-west-1", allowed_account_ids=accounts)
        reading(both, 1)
        reading(stack, 1)


def all_of(app: App) -> dict[str, dict]:
    """The JSON of each stack of an app."""
    app.synth()
    files = Path(app.outdir, "stacks").glob("*/cdk.tf.json")
    return {file.parent.name: json.loads(file.read_text()) for file in files}
