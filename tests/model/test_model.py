import json
import re
from typing import Any

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_user import IamUser
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    ContainerImageConfig,
    InferenceExecutionMode,
    InvalidPropsError,
    Model,
    ModelData,
    ModelDataConfig,
    PolicyStatement,
    RepositoryAccessMode,
)
from sm_tf.bindings.core import Construct

ROLE_ARN = "arn:aws:iam::123456789012:role/service/Runner"
MODEL = "aws_sagemaker_model"
ACCOUNT = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"


def image(tag: str = "1.0") -> ContainerImage:
    return ContainerImage.from_ecr_repository("app", tag)


class TestOneContainer:
    def test_is_the_primary_container(self, stack, synth, new_model) -> None:
        new_model()
        model = synth(stack).only(MODEL)
        assert model["primary_container"] == {"image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/app:1.0"}
        assert model.keys() == {"name", "execution_role_arn", "primary_container", "depends_on", "lifecycle"}

    def test_a_second_one_makes_a_pipeline(self, stack, synth, new_model) -> None:
        model = new_model()
        model.add_container(image=image("2.0"))
        content = synth(stack).only(MODEL)
        assert "primary_container" not in content
        assert [container["image"][-4:] for container in content["container"]] == [":1.0", ":2.0"]


def test_a_pipeline_of_three_keeps_the_order(stack, synth) -> None:
    data = ModelData.from_bucket("models", "one.tar.gz")
    containers = [
        ContainerDefinition(image=image("1")),
        ContainerDefinition(image=image("2"), model_data=data),
        ContainerDefinition(image=image("3"), model_data=data),
    ]
    Model(stack, "Pipeline", containers=containers)
    rendered = synth(stack).only(MODEL)["container"]
    assert [container["image"][-2:] for container in rendered] == [":1", ":2", ":3"]
    assert [container.get("model_data_url") for container in rendered] == [
        None,
        *["s3://models/one.tar.gz"] * 2,
    ]


def test_containers_may_be_mappings_and_props_none(stack, synth) -> None:
    Model(stack, "Model", containers=[{"image": image(), "environment": None}], vpc_subnets=None, tags=None)
    assert synth(stack).only(MODEL)["primary_container"].keys() == {"image"}


@pytest.mark.parametrize(("given", "emitted"), [(True, True), (False, False), (None, None)])
def test_network_isolation_is_emitted_as_given(stack, synth, new_model, given, emitted) -> None:
    new_model(network_isolation=given)
    assert synth(stack).only(MODEL).get("enable_network_isolation") is emitted


class TestDefaultRole:
    def test_only_sagemaker_may_assume_it(self, stack, synth, new_model) -> None:
        new_model()
        role = synth(stack).only("aws_iam_role")
        assert json.loads(role["assume_role_policy"])["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {
                        "aws:SourceAccount": "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
                    }
                },
            }
        ]
        assert "managed_policy_arns" not in role

    def test_the_model_runs_as_it_and_waits_for_its_policy(self, stack, synth, new_model) -> None:
        new_model()
        content = synth(stack)
        (policy,) = content.resources("aws_iam_role_policy")
        (role,) = content.resources("aws_iam_role")
        model = content.only(MODEL)
        assert model["execution_role_arn"] == f"${{aws_iam_role.{role}.arn}}"
        assert model["depends_on"] == [f"aws_iam_role_policy.{policy}"]
        assert content.only("aws_iam_role_policy")["role"] == f"${{aws_iam_role.{role}.name}}"

    def test_it_may_pull_read_log_and_no_more(self, stack, synth) -> None:
        data = ModelData.from_bucket("models", "a/one.tar.gz")
        Model(stack, "Model", containers=[ContainerDefinition(image=image(), model_data=data)])
        account = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
        found = {
            action: statement["Resource"]
            for statement in synth(stack).statements()
            for action in statement["Action"]
        }
        logs = [f"arn:aws:logs:eu-west-1:{account}:log-group:/aws/sagemaker/Endpoints/*"]
        repository = [f"arn:aws:ecr:eu-west-1:{account}:repository/app"]
        assert found == {
            "logs:CreateLogGroup": logs,
            "logs:CreateLogStream": logs,
            "logs:DescribeLogStreams": logs,
            "logs:PutLogEvents": logs,
            "cloudwatch:PutMetricData": ["*"],
            "ecr:BatchCheckLayerAvailability": repository,
            "ecr:BatchGetImage": repository,
            "ecr:GetDownloadUrlForLayer": repository,
            "ecr:GetAuthorizationToken": ["*"],
            "s3:GetObject": ["arn:aws:s3:::models/a/one.tar.gz"],
            "s3:ListBucket": ["arn:aws:s3:::models"],
        }

    def test_every_star_is_an_action_that_aws_does_not_narrow(self, stack, synth, new_model) -> None:
        new_model(vpc="vpc-1", vpc_subnets=["subnet-1"], security_groups=["sg-1"])
        starred = {
            action
            for statement in synth(stack).statements()
            if "*" in statement["Resource"] and "Condition" not in statement
            for action in statement["Action"]
        }
        assert starred == {
            "ecr:GetAuthorizationToken",
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        }

    def test_network_interfaces_only_in_the_models_subnets(self, stack, synth, new_model) -> None:
        new_model(vpc="vpc-1", vpc_subnets=["subnet-1", "subnet-2"], security_groups=["sg-1"])
        account = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
        assert synth(stack).allowed("ec2:CreateNetworkInterface") == [
            f"arn:aws:ec2:eu-west-1:{account}:network-interface/*",
            "arn:aws:ec2:eu-west-1:*:security-group/*",
            "arn:aws:ec2:eu-west-1:*:subnet/subnet-1",
            "arn:aws:ec2:eu-west-1:*:subnet/subnet-2",
        ]

    def test_one_image_three_times_is_granted_once(self, stack, synth) -> None:
        Model(stack, "Model", containers=[ContainerDefinition(image=image()) for _ in range(3)])
        actions = [action for statement in synth(stack).statements() for action in statement["Action"]]
        assert len(actions) == len(set(actions))

    def test_its_description_is_text_that_iam_takes(self, stack, synth, container) -> None:
        Model(stack, "Modell-模型-" + "x" * 900, containers=[container()])
        description = synth(stack).only("aws_iam_role")["description"]
        assert description.isascii()
        assert len(description) < 300


class TestGivenRole:
    @pytest.mark.parametrize("kind", ["resource", "data source", "ARN", "expression", "variable"])
    def test_gets_the_permissions_in_a_policy_of_its_own(self, stack, synth, new_model, kind) -> None:
        made = {
            "resource": lambda: IamRole(stack, "Given", assume_role_policy="{}"),
            "data source": lambda: DataAwsIamRole(stack, "Given", name="runner"),
            "ARN": lambda: ROLE_ARN,
            "expression": lambda: "${var.role}",
            "variable": lambda: TerraformVariable(stack, "Given", type="string").string_value,
        }[kind]
        arn, name = {
            "resource": ("${aws_iam_role.Given.arn}", "${aws_iam_role.Given.name}"),
            "data source": ("${data.aws_iam_role.Given.arn}", "${data.aws_iam_role.Given.name}"),
            "ARN": (ROLE_ARN, "Runner"),
            "expression": ("${var.role}", "${basename(var.role)}"),
            "variable": ("${var.Given}", "${basename(var.Given)}"),
        }[kind]
        new_model(role=made())
        content = synth(stack)
        assert content.only(MODEL)["execution_role_arn"] == arn
        assert content.only("aws_iam_role_policy")["role"] == name
        assert content.allowed("ecr:BatchGetImage")
        assert not content.allowed("logs:PutLogEvents")
        (policy,) = content.resources("aws_iam_role_policy")
        assert content.only(MODEL)["depends_on"] == [f"aws_iam_role_policy.{policy}"]

    @pytest.mark.parametrize(
        ("role", "told"),
        [
            ("", "'' is not the ARN of an IAM role"),
            ("Runner", "'Runner' is not the ARN of an IAM role"),
            ("arn:aws:iam::123456789012:user/me", "role is a user; SageMaker can only assume a role"),
            (7, "role is 7; pass a role, user or group"),
        ],
    )
    def test_anything_else_is_refused(self, new_model, role, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            new_model(role=role)

    def test_a_users_resource_is_refused(self, stack, new_model) -> None:
        with pytest.raises(InvalidPropsError, match="role is a user"):
            new_model(role=IamUser(stack, "Me", name="me"))
        with pytest.raises(InvalidPropsError, match="can't hold permissions"):
            new_model("Other", role=SnsTopic(stack, "Topic"))

    def test_models_of_one_role_share_a_policy(self, stack, synth, new_model) -> None:
        new_model("One", role=ROLE_ARN)
        new_model("Two", role=ROLE_ARN)
        content = synth(stack)
        ((address, policy),) = content.resources("aws_iam_role_policy").items()
        assert policy["name_prefix"].startswith("demo-smtfpolicy")
        assert policy["lifecycle"] == {"ignore_changes": ["name_prefix"]}
        for model in content.resources(MODEL).values():
            assert model["depends_on"] == [f"aws_iam_role_policy.{address}"]


class TestAddToRolePolicy:
    STATEMENT = PolicyStatement(
        actions=["dynamodb:GetItem"],
        resources=["${var.table}"],
        conditions={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        sid="Features",
    )

    def test_adds_each_statement_once(self, stack, synth, new_model) -> None:
        model = new_model()
        model.add_to_role_policy(self.STATEMENT)
        model.add_to_role_policy(self.STATEMENT)
        found = [s for s in synth(stack).statements() if s["Action"] == ["dynamodb:GetItem"]]
        assert found == [
            {
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem"],
                "Resource": ["${var.table}"],
                "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
                "Sid": "Features",
            }
        ]

    def test_the_model_waits_also_for_a_policy_that_comes_late(self, stack, synth) -> None:
        plain = ContainerDefinition(
            image=ContainerImage.from_image_uri("registry.example/app:1"),
            repository_access_mode=RepositoryAccessMode.VPC,
        )
        model = Model(stack, "Model", containers=[plain], role=ROLE_ARN)
        assert "depends_on" not in synth(stack).only(MODEL)
        model.add_to_role_policy(self.STATEMENT)
        content = synth(stack)
        (policy,) = content.resources("aws_iam_role_policy")
        assert content.only(MODEL)["depends_on"] == [f"aws_iam_role_policy.{policy}"]

    def test_an_import_without_a_role_warns(self, stack, synth) -> None:
        model = Model.from_model_name(stack, "Model", "theirs")
        model.add_to_role_policy(self.STATEMENT)
        assert "aws_iam_role_policy" not in synth(stack).text
        (warning,) = [entry for entry in model.node.metadata if "warn" in entry.type]
        assert "so dynamodb:GetItem was not granted" in warning.data


class TestVpc:
    def test_gets_a_security_group_that_lets_everything_out(self, stack, synth, new_model) -> None:
        vpc = Vpc(stack, "Vpc", cidr_block="10.0.0.0/16")
        subnets = [Subnet(stack, f"Private{n}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24") for n in (1, 2)]
        new_model(vpc=vpc, vpc_subnets=subnets)
        content = synth(stack)
        (group,) = content.resources("aws_security_group")
        assert content.only(MODEL)["vpc_config"] == {
            "security_group_ids": [f"${{aws_security_group.{group}.id}}"],
            "subnets": ["${aws_subnet.Private1.id}", "${aws_subnet.Private2.id}"],
        }
        assert content.only("aws_security_group")["vpc_id"] == "${aws_vpc.Vpc.id}"
        assert content.only("aws_vpc_security_group_egress_rule") == {
            "security_group_id": f"${{aws_security_group.{group}.id}}",
            "ip_protocol": "-1",
            "cidr_ipv4": "0.0.0.0/0",
            "description": "Allow all outbound traffic by default",
        }
        assert not content.resources("aws_vpc_security_group_ingress_rule")

    @pytest.mark.parametrize("groups", [None, []])
    def test_without_all_outbound_the_group_lets_nothing_out(self, stack, synth, new_model, groups) -> None:
        new_model(vpc="vpc-1", vpc_subnets=["subnet-1"], allow_all_outbound=False, security_groups=groups)
        content = synth(stack)
        assert content.only("aws_security_group")
        assert not content.resources("aws_vpc_security_group_egress_rule")

    def test_takes_ids_resources_and_data_sources(self, stack, synth, new_model) -> None:
        group = SecurityGroup(stack, "Group", vpc_id="vpc-1")
        new_model(
            vpc="vpc-1",
            vpc_subnets=["subnet-1", DataAwsSubnet(stack, "Subnet"), "${var.subnet}"],
            security_groups=[group, "sg-1"],
        )
        assert synth(stack).only(MODEL)["vpc_config"] == {
            "security_group_ids": ["${aws_security_group.Group.id}", "sg-1"],
            "subnets": ["subnet-1", "${data.aws_subnet.Subnet.id}", "${var.subnet}"],
        }

    def test_takes_lists_that_only_terraform_knows(self, stack, synth, new_model) -> None:
        subnets = TerraformVariable(stack, "subnets", type="list(string)").list_value
        new_model(vpc="${var.vpc}", vpc_subnets=subnets, security_groups="${var.groups}")
        content = synth(stack)
        assert content.only(MODEL)["vpc_config"] == {
            "security_group_ids": "${var.groups}",
            "subnets": "${var.subnets}",
        }
        assert content.allowed("ec2:CreateNetworkInterface")[-1].endswith(":subnet/*")

    @pytest.mark.parametrize(
        ("props", "told"),
        [
            ({"vpc_subnets": ["subnet-1"]}, "vpc_subnets is given without vpc"),
            ({"security_groups": []}, "security_groups is given without vpc"),
            ({"allow_all_outbound": False}, "allow_all_outbound is given without vpc"),
            ({"vpc": "vpc-1"}, "vpc_subnets, which vpc needs, has 0 private subnets of the VPC; AWS takes 1"),
            ({"vpc": "vpc-1", "vpc_subnets": ["s"] * 17}, "has 17 private subnets"),
            (
                {
                    "vpc": "vpc-1",
                    "vpc_subnets": ["s"],
                    "security_groups": ["sg-1"],
                    "allow_all_outbound": True,
                },
                "allow_all_outbound is given with security_groups",
            ),
            (
                {"vpc": "vpc-1", "vpc_subnets": ["s"], "security_groups": [f"sg-{n}" for n in range(6)]},
                "security_groups has 6 groups; AWS takes 1 to 5",
            ),
            ({"vpc": "", "vpc_subnets": ["s"]}, "vpc is an empty string"),
        ],
    )
    def test_refuses_arguments_that_do_not_fit_together(self, new_model, props, told) -> None:
        with pytest.raises(InvalidPropsError, match=told):
            new_model(**props)


class TestWhatAwsCannotChange:
    """The provider plans an update in place of these, which changes nothing in AWS."""

    @pytest.fixture
    def replaces(self, synth):
        """What replaces the model when it changes."""

        def look(stack):
            written = synth(stack)
            triggers = written.only("aws_sagemaker_model")["lifecycle"].get("replace_triggered_by", [])
            assert triggers == [f"terraform_data.{name}" for name in written.resources("terraform_data")]
            return [each["input"] for each in written.resources("terraform_data").values()]

        return look

    def test_replaces_the_model_in_a_network(self, stack, container, replaces) -> None:
        model = Model(
            stack,
            "Model",
            containers=[container()],
            vpc="vpc-1",
            vpc_subnets=["subnet-2", "subnet-1"],
            security_groups=["sg-1"],
        )
        model.connections.add_security_group("sg-0")
        (given,) = replaces(stack)
        assert given == {
            "subnets": '${join(",", sort(["subnet-2", "subnet-1"]))}',
            "security_group_ids": '${join(",", sort(["sg-1", "sg-0"]))}',
        }

    def test_replaces_a_pipeline_of_another_mode(self, stack, container, replaces) -> None:
        containers = [container(container_hostname=name) for name in ("a", "b")]
        Model(stack, "Model", containers=containers, inference_execution_mode=InferenceExecutionMode.SERIAL)
        (given,) = replaces(stack)
        assert given == {"inference_execution_mode": "Serial"}

    def test_is_nothing_of_other_models(self, stack, new_model, replaces) -> None:
        new_model()
        assert replaces(stack) == []


class TestRefuses:
    def test_all_mistakes_of_one_call_at_once(self, stack) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            Model(
                stack,
                "Model",
                containers=[ContainerDefinition(environment={"1A": "x"}, container_hostname="a_b")],
                model_name="my model",
                role="nobody",
                vpc_subnets=["subnet-1"],
            )
        assert caught.value.where == "demo/Model"
        assert [re.split(r" (is|has|must|'|\[)", problem)[0] for problem in caught.value.problems] == [
            "model_name",
            "containers[0]",
            "containers[0].container_hostname",
            "containers[0].environment: the name",
            "vpc_subnets",
            "role:",
        ]

    def test_sixteen_containers(self, stack, container) -> None:
        with pytest.raises(
            InvalidPropsError, match="an inference pipeline has 16 containers; AWS takes at most 15"
        ):
            Model(stack, "Model", containers=[container()] * 16)
        model = Model(stack, "Other", containers=[container()] * 15)
        with pytest.raises(InvalidPropsError, match="has 16 containers"):
            model.add_container(container())

    def test_none_when_it_is_synthesized(self, stack, synth) -> None:
        Model(stack, "Model")
        with pytest.raises(RuntimeError, match=r"\[demo/Model\] a model needs at least one container"):
            synth(stack)

    def test_an_execution_mode_for_one_container(self, stack, synth, new_model, container) -> None:
        model = new_model(inference_execution_mode=InferenceExecutionMode.SERIAL)
        with pytest.raises(RuntimeError, match="inference_execution_mode is given for one container"):
            synth(stack)
        model.add_container(container())
        assert synth(stack).only(MODEL)["inference_execution_config"] == {"mode": "Serial"}

    def test_a_value_that_is_not_a_container(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match=r"containers\[0\] is 'app:1'; pass a ContainerDef"):
            Model(stack, "Model", containers=["app:1"])


class TestName:
    def test_is_the_path_and_digits_that_terraform_draws(self, stack, synth, new_model) -> None:
        new_model()
        assert name_in(synth(stack)) == "demo-model-${substr(uuid(), 0, 8)}"

    def test_stays_inside_63_characters(self, stack, synth) -> None:
        plain = ContainerDefinition(
            image=ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
        )
        Model(stack, "M" * 100, containers=[plain], role=ROLE_ARN)
        name = name_in(synth(stack)).replace("${substr(uuid(), 0, 8)}", "01234567")
        assert len(name) == 63

    def test_a_given_one_is_kept(self, stack, synth, new_model) -> None:
        new_model("One", model_name="Fixed-1")
        new_model("Two", model_name="${var.name}")
        content = synth(stack)
        assert content.named(MODEL, "One")["name"] == "Fixed-1"
        assert content.named(MODEL, "Two")["name"] == "${var.name}"
        assert content.named(MODEL, "One")["lifecycle"] == {"create_before_destroy": True}

    def test_it_stays_until_the_model_is_replaced_and_the_new_one_is_made_first(
        self, stack, synth, new_model
    ) -> None:
        new_model()
        expected = {"create_before_destroy": True, "ignore_changes": ["name"]}
        assert synth(stack).only(MODEL)["lifecycle"] == expected

    def test_paths_that_read_alike_have_names_of_their_own(self, stack, synth, new_model) -> None:
        new_model("a-b", role=ROLE_ARN)
        new_model("b", scope=Construct(stack, "a"), role=ROLE_ARN)
        names = [model["name"] for model in synth(stack).resources(MODEL).values()]
        assert len(set(names)) == 2


def name_in(content: Any) -> str:
    name: str = content.only(MODEL)["name"]
    return name


class TestImports:
    ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model/their-model"

    def test_by_arn_tells_name_region_and_account(self, stack) -> None:
        model = Model.from_model_arn(stack, "Model", self.ARN)
        assert (model.model_arn, model.model_name) == (self.ARN, "their-model")
        assert (model.known_region, model.known_account) == ("eu-central-1", "123456789012")
        assert model.role is None
        assert model.grant_principal is None

    def test_by_name_is_in_the_stacks_environment(self, stack) -> None:
        model = Model.from_model_name(stack, "Model", "Their-Model")
        assert model.model_name == "Their-Model"
        assert model.known_region == "eu-west-1"
        assert model.model_arn.startswith("arn:aws:sagemaker:eu-west-1:$")
        assert model.model_arn.endswith(":model/their-model")

    def test_by_attributes_has_role_and_connections(self, stack, synth) -> None:
        model = Model.from_model_attributes(
            stack, "Model", model_arn=self.ARN, role=ROLE_ARN, security_groups=["sg-1"]
        )
        model.add_to_role_policy(PolicyStatement(actions=["a:b"], resources=["*"]))
        assert model.role is not None
        assert model.role.name == "Runner"
        assert model.connections.security_groups == ("sg-1",)
        assert synth(stack).only("aws_iam_role_policy")["role"] == "Runner"

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/x",
            "their-model",
            "",
            "arn:aws:sagemaker:eu-west-1:12:model/x",
        ],
    )
    def test_another_arn_is_refused(self, stack, arn) -> None:
        with pytest.raises(
            InvalidPropsError, match="is not the ARN of a SageMaker model; pass one of the form arn:"
        ):
            Model.from_model_arn(stack, "Model", arn)

    def test_a_bad_name_is_refused(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match=r"demo/Model: model_name 'a_b' must be 1 to 63"):
            Model.from_model_name(stack, "Model", "a_b")

    def test_without_security_groups_there_are_no_connections(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match="the model has no VPC"):
            _ = Model.from_model_arn(stack, "Model", self.ARN).connections


class TestCustomSources:
    def test_bind_makes_grants_and_makes_the_model_wait(self, stack, synth) -> None:
        class Mirrored(ContainerImage):
            def bind(self, scope, model):
                topic = SnsTopic(scope, "Mirror")
                model.add_to_role_policy(PolicyStatement(actions=["x:Pull"], resources=[topic.arn]))
                return ContainerImageConfig(image_name=topic.name, depends_on=[topic])

        class Elsewhere(ModelData):
            def bind(self, scope, model):
                assert scope is model
                model.add_to_role_policy(PolicyStatement(actions=["x:Read"], resources=["arn:aws:x"]))
                return ModelDataConfig(uri="s3://elsewhere/a.tar.gz")

        Model(stack, "Model", containers=[ContainerDefinition(image=Mirrored(), model_data=Elsewhere())])
        content = synth(stack)
        (topic,) = content.resources("aws_sns_topic")
        (policy,) = content.resources("aws_iam_role_policy")
        model = content.only(MODEL)
        assert topic.startswith("Model_Mirror")
        assert model["depends_on"] == [f"aws_sns_topic.{topic}", f"aws_iam_role_policy.{policy}"]
        assert model["primary_container"] == {
            "image": f"${{aws_sns_topic.{topic}.name}}",
            "model_data_url": "s3://elsewhere/a.tar.gz",
        }
        assert content.allowed("x:Pull") == [f"${{aws_sns_topic.{topic}.arn}}"]
        assert content.allowed("x:Read") == ["arn:aws:x"]
