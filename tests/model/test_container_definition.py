import pytest
from cdktf import Fn, TerraformVariable, Token

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    ContainerMode,
    InvalidPropsError,
    Model,
    ModelCacheSetting,
    ModelData,
    RepositoryAccessMode,
)

MODEL = "aws_sagemaker_model"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:login"
IMAGE = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
ADAPTER = ModelData.from_s3_data_source("s3://models/adapter/")


@pytest.fixture
def rendered(stack, synth):
    """The block of a container, as it stands in the JSON."""

    def render(**fields):
        Model(stack, "Model", containers=[ContainerDefinition(**{"image": IMAGE, **fields})])
        return synth(stack).only(MODEL)["primary_container"]

    return render


@pytest.fixture
def problems(stack):
    """Returns the problems of containers, each given by its fields."""

    def of(*containers):
        with pytest.raises(InvalidPropsError) as caught:
            Model(
                stack, "Model", containers=[ContainerDefinition(**{"image": IMAGE, **c}) for c in containers]
            )
        return caught.value.problems

    return of


def test_everything_that_the_provider_knows_can_be_set(rendered) -> None:
    assert rendered(
        environment={"A": "1", "b_2": ""},
        container_hostname="first",
        model_data=ModelData.from_s3_uri("s3://models/all/"),
        mode=ContainerMode.MULTI_MODEL,
        model_cache_setting=ModelCacheSetting.DISABLED,
        repository_access_mode=RepositoryAccessMode.VPC,
        repository_credentials_provider_arn="arn:aws:lambda:eu-west-1:123456789012:function:login",
        model_package_name="package",
        inference_specification_name="fast",
        additional_model_data={"adapter": ADAPTER},
    ) == {
        "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
        "environment": {"A": "1", "b_2": ""},
        "container_hostname": "first",
        "model_data_url": "s3://models/all/",
        "mode": "MultiModel",
        "multi_model_config": {"model_cache_setting": "Disabled"},
        "image_config": {
            "repository_access_mode": "Vpc",
            "repository_auth_config": {
                "repository_credentials_provider_arn": "arn:aws:lambda:eu-west-1:123456789012:function:login"
            },
        },
        "model_package_name": "package",
        "inference_specification_name": "fast",
        "additional_model_data_source": [
            {
                "channel_name": "adapter",
                "s3_data_source": [
                    {
                        "compression_type": "None",
                        "s3_data_type": "S3Prefix",
                        "s3_uri": "s3://models/adapter/",
                    }
                ],
            }
        ],
    }


class TestEnvironment:
    @pytest.mark.parametrize(
        ("environment", "told"),
        [
            ({"1A": "x"}, "environment: the name '1A' must be letters, digits and '_'"),
            ({"A-B": "x"}, "the name 'A-B' must be"),
            ({"": "x"}, "the name '' must be"),
            ({"É": "x"}, "the name 'É' must be"),
            ({"A" * 1025: "x"}, "AWS takes at most 1024"),
            ({"A": "x" * 1025}, "has 1025 characters; AWS takes at most 1024"),
            ({f"A{n}": "" for n in range(101)}, "environment has 101 entries; AWS takes at most 100"),
        ],
    )
    def test_values_outside_sagemakers_limits_are_refused(self, problems, environment, told) -> None:
        (problem,) = problems({"environment": environment})
        assert problem.startswith("containers[0].")
        assert told in problem

    @pytest.mark.parametrize(
        ("environment", "told"),
        [
            ({5: "x"}, "a key of environment 5 must be a string"),
            ({"A": 5}, "environment['A'] 5 must be a string"),
            ({"A": True}, "environment['A'] True must be a string"),
            ({"A": None}, "environment['A'] None must be a string"),
            ([("A", "1")], "environment is [('A', '1')]; pass a mapping"),
        ],
    )
    def test_anything_but_text_is_refused(self, environment, told) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            ContainerDefinition(image=IMAGE, environment=environment)
        assert caught.value.problems == [told]

    def test_the_limits_themselves_are_allowed(self, rendered) -> None:
        environment = {f"A{n}": "" for n in range(98)} | {"B" * 1024: "x" * 1024, "_": "${"[:1]}
        assert rendered(environment=environment)["environment"] == environment

    def test_names_and_values_may_be_expressions(self, stack, rendered) -> None:
        value = TerraformVariable(stack, "value", type="string")
        environment = {
            "A": value.string_value,
            "B": "${var.b}-x",
            value.string_value: "1",
            "D": Fn.upper(value.string_value),
            "E": value.value,
        }
        assert rendered(environment=environment)["environment"] == {
            "A": "${var.value}",
            "B": "${var.b}-x",
            "${var.value}": "1",
            "D": "${upper(var.value)}",
            "E": "${var.value}",
        }

    def test_a_whole_map_may_be_an_expression(self, stack, synth) -> None:
        given = TerraformVariable(stack, "given", type="map(string)")
        for number, environment in enumerate(
            [
                Token.as_string_map(given.value),
                given.value,
                Fn.merge([given.value, {"A": "1"}]),
                "${var.given}",
            ]
        ):
            Model(
                stack,
                f"Model{number}",
                containers=[ContainerDefinition(image=IMAGE, environment=environment)],
            )
        found = {
            name[:6]: model["primary_container"]["environment"]
            for name, model in synth(stack).resources(MODEL).items()
        }
        assert found == {
            "Model0": "${var.given}",
            "Model1": "${var.given}",
            "Model2": '${merge(var.given, {"A" = "1"})}',
            "Model3": "${var.given}",
        }


class TestHostnames:
    def test_all_or_none_of_a_pipeline(self, problems) -> None:
        (problem,) = problems({"container_hostname": "a"}, {}, {})
        assert problem == (
            "container_hostname is missing in containers [1, 2]; set it on all containers of a pipeline or "
            "on none"
        )

    def test_unique(self, problems) -> None:
        (problem,) = problems({"container_hostname": "a"}, {"container_hostname": "a"})
        assert problem == "container_hostname ['a'] is given more than once; use unique names"

    @pytest.mark.parametrize("hostname", ["", "a_b", "-a", "a-", "a.b"])
    def test_of_the_pattern(self, problems, hostname) -> None:
        (problem,) = problems({"container_hostname": hostname})
        assert problem.startswith(f"containers[0].container_hostname {hostname!r} must be 1 to 63 letters")

    def test_are_compared_again_when_a_container_is_added(self, stack) -> None:
        model = Model(stack, "Model", containers=[ContainerDefinition(image=IMAGE, container_hostname="a")])
        with pytest.raises(InvalidPropsError, match=r"missing in containers \[1\]"):
            model.add_container(image=IMAGE)

    def test_expressions_pass(self, stack, synth) -> None:
        names = [{"container_hostname": name} for name in ("${var.a}", "b")]
        Model(stack, "Model", containers=[ContainerDefinition(image=IMAGE, **name) for name in names])
        found = synth(stack).only(MODEL)["container"]
        assert [container["container_hostname"] for container in found] == ["${var.a}", "b"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"image": None}, "containers[0] has neither image nor model_package_name; pass one of them"),
        ({"inference_specification_name": "x"}, "inference_specification_name needs model_package_name"),
        ({"model_cache_setting": "Enabled"}, "model_cache_setting needs mode=ContainerMode.MULTI_MODEL"),
        ({"repository_credentials_provider_arn": FUNCTION}, "needs repository_access_mode=RepositoryAccess"),
    ],
)
def test_fields_that_do_not_fit_are_refused(problems, fields, told) -> None:
    (problem,) = problems(fields)
    assert told in problem


def test_a_channel_must_be_uncompressed_or_of_one_object(problems) -> None:
    (problem,) = problems({"additional_model_data": {"a": ModelData.from_s3_uri("s3://models/a.tar.gz")}})
    assert problem == "additional_model_data['a'] must be created with ModelData.from_s3_data_source"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"image": "app:1"}, "image is 'app:1'; pass ContainerImage.from_"),
        ({"model_data": "s3://a/b"}, "model_data is 's3://a/b'; pass ModelData.from_"),
        ({"additional_model_data": {"a": "s3://a/b"}}, "additional_model_data['a'] is 's3://a/b'; pass Mod"),
        ({"mode": "Many"}, "mode 'Many' must be one of SingleModel, MultiModel"),
        (
            {"repository_access_mode": "Public"},
            "repository_access_mode 'Public' must be one of Platform, Vpc",
        ),
    ],
)
def test_values_of_another_form_are_refused(fields, told) -> None:
    with pytest.raises(InvalidPropsError) as caught:
        ContainerDefinition(**{"image": IMAGE, **fields})
    (problem,) = caught.value.problems
    assert problem.startswith(told)
