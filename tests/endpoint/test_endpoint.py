import json
import re

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_iam_group import DataAwsIamGroup
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.data_aws_iam_user import DataAwsIamUser
from cdktf_cdktf_provider_aws.iam_group import IamGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_user import IamUser

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    ContainerMode,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InvalidPropsError,
    Model,
    ModelData,
    ServerlessProductionVariantProps,
)

ENDPOINT = "aws_sagemaker_endpoint"
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/theirs"


@pytest.fixture
def serverless_config(stack, new_model):
    def make(id="Serverless"):
        variant = ServerlessProductionVariantProps(
            model=new_model(f"{id}Model"), variant_name="main", max_concurrency=1, memory_size_in_mb=1024
        )
        return EndpointConfig(stack, id, serverless_production_variant=variant)

    return make


def test_follows_its_configuration_in_place(stack, synth, new_endpoint) -> None:
    new_endpoint()
    content = synth(stack)
    (config,) = content.resources("aws_sagemaker_endpoint_configuration")
    assert content.only(ENDPOINT) == {
        "name": "demo-endpoint",
        "endpoint_config_name": f"${{aws_sagemaker_endpoint_configuration.{config}.name}}",
    }


def test_nothing_is_created_before_it_is_destroyed_that_a_failed_endpoint_is_in_the_way_of(
    stack, synth, new_endpoint
) -> None:
    variant = new_endpoint().find_instance_production_variant("main")
    variant.auto_scale_instance_count(max_capacity=3).scale_on_invocations("Limit", max_requests_per_second=3)
    content = synth(stack)
    for kind in (ENDPOINT, "aws_appautoscaling_target", "aws_appautoscaling_policy"):
        assert "create_before_destroy" not in content.only(kind).get("lifecycle", {})


def test_deletion_protection_is_terraforms(stack, synth, new_endpoint) -> None:
    config = new_endpoint().node.scope.node.find_child("EndpointConfig")
    Endpoint(stack, "Protected", endpoint_config=config, deletion_protection=True)
    Endpoint(stack, "Fixed", endpoint_config=config, endpoint_name="fixed", deletion_protection=True)
    content = synth(stack)
    assert content.named(ENDPOINT, "Protected")["lifecycle"] == {"prevent_destroy": True}
    assert content.named(ENDPOINT, "Fixed")["lifecycle"]["prevent_destroy"] is True


def test_tags_are_emitted(stack, synth, new_endpoint) -> None:
    config = new_endpoint().node.scope.node.find_child("EndpointConfig")
    Endpoint(stack, "Tagged", endpoint_config=config, tags={"team": "${var.team}"})
    assert synth(stack).named(ENDPOINT, "Tagged")["tags"] == {"team": "${var.team}"}


class TestName:
    def test_a_given_one_is_kept_and_tells_the_kind_apart(self, stack, synth, serverless_config) -> None:
        Endpoint(stack, "Endpoint", endpoint_config=serverless_config(), endpoint_name="fixed")
        content = synth(stack)
        (kind,) = content.resources("terraform_data")
        assert content.only("terraform_data")["input"] == {"kind": "serverless"}
        assert content.only(ENDPOINT)["name"] == "fixed"
        assert content.only(ENDPOINT)["lifecycle"] == {"replace_triggered_by": [f"terraform_data.{kind}"]}

    def test_a_serverless_one_has_another_name(self, stack, synth, serverless_config) -> None:
        Endpoint(stack, "Endpoint", endpoint_config=serverless_config())
        assert synth(stack).only(ENDPOINT)["name"] == "demo-endpoint-serverless"

    @pytest.mark.parametrize("name", [None, "fixed"])
    def test_follows_a_variant_that_is_added_later(self, stack, synth, new_model, name) -> None:
        config = EndpointConfig(stack, "Config")
        Endpoint(stack, "Endpoint", endpoint_config=config, endpoint_name=name)
        config.add_serverless_production_variant(
            model=new_model(), variant_name="main", max_concurrency=1, memory_size_in_mb=1024
        )
        content = synth(stack)
        assert content.only(ENDPOINT)["name"] == (name or "demo-endpoint-serverless")
        if name:
            assert content.only("terraform_data")["input"] == {"kind": "serverless"}

    def test_stays_inside_63_characters(self, stack, synth, serverless_config) -> None:
        Endpoint(stack, "E" * 80, endpoint_config=serverless_config())
        name = synth(stack).only(ENDPOINT)["name"]
        assert len(name) == 63
        assert name.endswith("-serverless")

    @pytest.mark.parametrize("name", ["", "a_b", "x" * 64, "-a"])
    def test_a_malformed_one_is_refused(self, stack, serverless_config, name) -> None:
        with pytest.raises(
            InvalidPropsError, match=r"demo/Endpoint: endpoint_name .* (must be 1 to 63|AWS takes at most 63)"
        ):
            Endpoint(stack, "Endpoint", endpoint_config=serverless_config(), endpoint_name=name)

    def test_may_be_an_expression(self, stack, synth, serverless_config) -> None:
        name = TerraformVariable(stack, "name", type="string").string_value
        Endpoint(stack, "Endpoint", endpoint_config=serverless_config(), endpoint_name=name)
        assert synth(stack).only(ENDPOINT)["name"] == "${var.name}"

    def test_is_its_own_for_paths_of_equal_text(self, stack, synth, new_endpoint) -> None:
        new_endpoint("Chat")
        new_endpoint("chat")
        names = [endpoint["name"] for endpoint in synth(stack).resources(ENDPOINT).values()]
        assert len(set(names)) == 2


class TestConfiguration:
    def test_may_be_imported(self, stack, synth) -> None:
        config = EndpointConfig.from_endpoint_config_name(stack, "Config", "theirs")
        Endpoint(stack, "Endpoint", endpoint_config=config)
        assert synth(stack).only(ENDPOINT)["endpoint_config_name"] == "theirs"

    def test_of_another_region_is_refused(self, stack) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/theirs"
        config = EndpointConfig.from_endpoint_config_arn(stack, "Config", arn)
        with pytest.raises(
            InvalidPropsError, match="endpoint_config is in us-east-1, the endpoint in eu-west-1"
        ):
            Endpoint(stack, "Endpoint", endpoint_config=config)

    def test_by_arn_is_fine_where_the_stacks_region_is_not_known(self, agnostic_stack, synth) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/theirs"
        config = EndpointConfig.from_endpoint_config_arn(agnostic_stack, "Config", arn)
        Endpoint(agnostic_stack, "Endpoint", endpoint_config=config)
        assert synth(agnostic_stack).only(ENDPOINT)["endpoint_config_name"] == "theirs"

    def test_something_else_is_refused(self, stack) -> None:
        with pytest.raises(
            InvalidPropsError, match="endpoint_config is 'theirs'; pass an EndpointConfig, created or import"
        ):
            Endpoint(stack, "Endpoint", endpoint_config="theirs")

    def test_and_model_may_be_in_other_stacks(self, app, new_stack, new_model, tmp_path) -> None:
        models, configs, endpoints = (new_stack(id) for id in ("models", "configs", "endpoints"))
        variant = InstanceProductionVariantProps(model=new_model(scope=models), variant_name="main")
        config = EndpointConfig(configs, "Config", instance_production_variants=[variant])
        Endpoint(endpoints, "Endpoint", endpoint_config=config)
        app.synth()
        written = {
            id: json.loads((tmp_path / "out" / "stacks" / id / "cdk.tf.json").read_text())
            for id in ("models", "configs", "endpoints")
        }
        (config,) = written["configs"]["resource"]["aws_sagemaker_endpoint_configuration"].values()
        assert config["production_variants"][0]["model_name"].startswith("${data.terraform_remote_state.")
        (endpoint,) = written["endpoints"]["resource"][ENDPOINT].values()
        assert endpoint["endpoint_config_name"].startswith("${data.terraform_remote_state.")
        versions = {
            content["terraform"]["required_providers"]["aws"]["version"] for content in written.values()
        }
        assert versions == {">= 5.100.0, < 7.0.0"}


class TestVariants:
    def test_are_listed_in_order_and_found_by_name_always_the_same(self, stack, new_model) -> None:
        props = [InstanceProductionVariantProps(model=new_model(n), variant_name=n) for n in ("b", "a")]
        config = EndpointConfig(stack, "Config", instance_production_variants=props)
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
        assert [variant.variant_name for variant in endpoint.instance_production_variants] == ["b", "a"]
        found = endpoint.find_instance_production_variant("a")
        assert found is endpoint.find_instance_production_variant("a")
        assert found is endpoint.instance_production_variants[1]

    def test_an_unknown_name_is_refused(self, new_endpoint) -> None:
        with pytest.raises(
            InvalidPropsError, match=re.escape("there is no variant named 'x'; the variants are ['main']")
        ):
            new_endpoint().find_instance_production_variant("x")

    def test_of_a_serverless_endpoint_there_are_none(self, stack, serverless_config) -> None:
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=serverless_config())
        assert endpoint.instance_production_variants == ()
        told = (
            "variant 'main' is serverless, not real-time on instances; use find_serverless_production_variant"
        )
        with pytest.raises(InvalidPropsError, match=told):
            endpoint.find_instance_production_variant("main")
        assert endpoint.find_serverless_production_variant("main") in endpoint.production_variants

    def test_of_an_imported_configuration_are_not_known(self, stack) -> None:
        config = EndpointConfig.from_endpoint_config_name(stack, "Config", "theirs")
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
        with pytest.raises(InvalidPropsError, match="aren't known; find them by name, or create"):
            _ = endpoint.instance_production_variants

    def test_of_many_models_have_a_kind_of_their_own(self, stack, new_endpoint) -> None:
        container = ContainerDefinition(
            image=ContainerImage.from_ecr_repository("app", "1.0"),
            model_data=ModelData.from_s3_uri("s3://models/all/"),
            mode=ContainerMode.MULTI_MODEL,
        )
        model = Model(stack, "Many", containers=[container])
        endpoint = new_endpoint(model=model)
        variant = endpoint.find_multi_model_production_variant("main")
        assert variant.auto_scale_instance_count(max_capacity=2)
        assert not hasattr(variant, "find_container")
        told = "variant 'main' is multi-model, not real-time on instances; use find_multi_model_"
        with pytest.raises(InvalidPropsError, match=told):
            endpoint.find_instance_production_variant("main")

    def test_of_an_imported_configuration_are_found_by_any_name(self, stack) -> None:
        config = EndpointConfig.from_endpoint_config_name(stack, "Config", "theirs")
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
        variant = endpoint.find_instance_production_variant("theirs")
        assert variant is endpoint.find_instance_production_variant("theirs")
        assert variant.props is None

    def test_may_be_named_by_an_expression(self, stack, synth, new_endpoint) -> None:
        name = TerraformVariable(stack, "name", type="string").string_value
        endpoint = new_endpoint(variant_name=name)
        (variant,) = endpoint.instance_production_variants
        variant.auto_scale_instance_count(max_capacity=2)
        assert synth(stack).only("aws_appautoscaling_target")["resource_id"].endswith("/variant/${var.name}")

    def test_of_another_endpoint_are_others(self, stack, synth, new_endpoint) -> None:
        for id in ("One", "Two"):
            new_endpoint(id).find_instance_production_variant("main").auto_scale_instance_count(
                max_capacity=2
            )
        assert len(synth(stack).resources("aws_appautoscaling_target")) == 2


class TestGrantInvoke:
    ACTIONS = (
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointAsync",
        "sagemaker:InvokeEndpointWithResponseStream",
    )

    @pytest.mark.parametrize(
        ("make", "kind", "name"),
        [
            (lambda s: IamRole(s, "Who", assume_role_policy="{}"), "role", "${aws_iam_role.Who.name}"),
            (lambda s: DataAwsIamRole(s, "Who", name="x"), "role", "${data.aws_iam_role.Who.name}"),
            (lambda _: "arn:aws:iam::123456789012:role/path/x", "role", "x"),
            (lambda _: "${var.role}", "role", "${basename(var.role)}"),
            (lambda s: IamUser(s, "Who", name="x"), "user", "${aws_iam_user.Who.name}"),
            (lambda s: DataAwsIamUser(s, "Who", user_name="x"), "user", "${data.aws_iam_user.Who.user_name}"),
            (lambda _: "arn:aws:iam::123456789012:user/x@y.z", "user", "x@y.z"),
            (lambda s: IamGroup(s, "Who", name="x"), "group", "${aws_iam_group.Who.name}"),
            (
                lambda s: DataAwsIamGroup(s, "Who", group_name="x"),
                "group",
                "${data.aws_iam_group.Who.group_name}",
            ),
            (lambda _: "arn:aws:iam::123456789012:group/x", "group", "x"),
        ],
    )
    def test_to_whoever_can_hold_a_policy(self, stack, synth, new_endpoint, make, kind, name) -> None:
        new_endpoint().grant_invoke(make(stack))
        content = synth(stack)
        policy = content.named(f"aws_iam_{kind}_policy", "SmTfGrants")
        (endpoint,) = content.resources(ENDPOINT)
        assert policy[kind] == name
        assert json.loads(policy["policy"])["Statement"] == [
            {"Effect": "Allow", "Action": list(self.ACTIONS), "Resource": [f"${{{ENDPOINT}.{endpoint}.arn}}"]}
        ]

    def test_twice_changes_nothing(self, stack, synth, new_endpoint) -> None:
        endpoint, role = new_endpoint(), IamRole(stack, "Who", assume_role_policy="{}")
        endpoint.grant_invoke(role)
        endpoint.grant_invoke(role)
        endpoint.grant_invoke(role.arn)
        assert len(synth(stack).resources("aws_iam_role_policy")) == 2

    def test_has_an_address_that_the_rest_of_the_program_does_not_change(self, new_stack) -> None:
        ids = set()
        for number in (0, 5):
            stack = new_stack(f"demo{number}")
            for extra in range(number):
                _ = TerraformVariable(stack, f"extra{extra}", type="string").string_value
            endpoint = Endpoint.from_endpoint_arn(stack, "Endpoint", ARN)
            endpoint.grant_invoke(IamRole(stack, "Who", assume_role_policy="{}"))
            ids.update(each.node.id for each in stack.node.children if each.node.id.startswith("SmTfGrants"))
        assert len(ids) == 1

    @pytest.mark.parametrize(
        "grantee", ["", "x", "arn:aws:iam::12:role/x", "arn:aws:sts::123456789012:assumed-role/x"]
    )
    def test_to_anybody_else_is_refused(self, new_endpoint, grantee) -> None:
        with pytest.raises(InvalidPropsError, match=r"demo/Endpoint: .*is not the ARN of"):
            new_endpoint().grant_invoke(grantee)


class TestImports:
    @pytest.mark.parametrize("by", ["arn", "attributes"])
    def test_by_arn_can_be_granted(self, stack, synth, by) -> None:
        if by == "arn":
            endpoint = Endpoint.from_endpoint_arn(stack, "Endpoint", ARN)
        else:
            endpoint = Endpoint.from_endpoint_attributes(stack, "Endpoint", endpoint_arn=ARN)
        endpoint.grant_invoke("arn:aws:iam::123456789012:role/x")
        assert (endpoint.endpoint_arn, endpoint.endpoint_name) == (ARN, "theirs")
        assert synth(stack).allowed("sagemaker:InvokeEndpoint") == [ARN]

    def test_by_name_is_in_the_stacks_environment(self, stack) -> None:
        endpoint = Endpoint.from_endpoint_name(stack, "Endpoint", "Theirs")
        assert endpoint.endpoint_name == "Theirs"
        assert re.fullmatch(r"arn:aws:sagemaker:eu-west-1:\$\{.*\}:endpoint/theirs", endpoint.endpoint_arn)

    def test_another_arn_is_refused(self, stack) -> None:
        with pytest.raises(
            InvalidPropsError, match="is not the ARN of a SageMaker endpoint; pass one of the form"
        ):
            Endpoint.from_endpoint_arn(stack, "Endpoint", ARN.replace("endpoint/", "endpoint-config/"))

    def test_a_bad_name_is_refused(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match="endpoint_name 'a b' must be"):
            Endpoint.from_endpoint_name(stack, "Endpoint", "a b")
