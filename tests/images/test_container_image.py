import json
import re
from pathlib import Path

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_ecr_repository import DataAwsEcrRepository
from cdktf_cdktf_provider_aws.ecr_repository import EcrRepository

from sm_tf import ContainerDefinition, ContainerImage, InvalidPropsError, Model, RepositoryAccessMode
from sm_tf.aws.registries import accounts_of

PULL = "ecr:BatchGetImage"
ACCOUNT = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.fixture
def bound(stack, synth):
    """The image's name in the model, and the repositories that the model may pull from."""

    def bind(*images, stack=stack, **fields):
        Model(stack, "Model", containers=[ContainerDefinition(image=image, **fields) for image in images])
        content = synth(stack)
        model = content.only("aws_sagemaker_model")
        containers = model.get("container") or [model["primary_container"]]
        names = [container["image"] for container in containers]
        return names if len(images) > 1 else names[0], content.allowed(PULL)

    return bind


class TestEcr:
    @pytest.mark.parametrize("kind", ["resource", "data source"])
    def test_of_a_resource_or_a_data_source(self, stack, bound, kind) -> None:
        if kind == "resource":
            repository, address = EcrRepository(stack, "Repo", name="app"), "aws_ecr_repository.Repo"
        else:
            repository, address = (
                DataAwsEcrRepository(stack, "Repo", name="app"),
                "data.aws_ecr_repository.Repo",
            )
        name, pulled = bound(ContainerImage.from_ecr_repository(repository, "1.0"))
        assert name == f"${{{address}.repository_url}}:1.0"
        assert pulled == [f"${{{address}.arn}}"]

    def test_of_a_name_in_the_stacks_account(self, bound) -> None:
        name, pulled = bound(ContainerImage.from_ecr_repository("team/app"))
        assert name == f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/app:latest"
        assert pulled == [f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/team/app"]

    def test_of_an_arn_in_another_account(self, bound) -> None:
        arn = "arn:aws:ecr:eu-west-1:210987654321:repository/team/app"
        name, pulled = bound(ContainerImage.from_ecr_repository(arn, "1"))
        assert name == "210987654321.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
        assert pulled == [arn]

    def test_by_digest(self, bound) -> None:
        name, _ = bound(ContainerImage.from_ecr_repository("app", digest=DIGEST))
        assert name.endswith(f"/app@{DIGEST}")

    def test_of_expressions(self, stack, bound) -> None:
        tag = TerraformVariable(stack, "tag", type="string").string_value
        names, _ = bound(
            ContainerImage.from_ecr_repository("app", tag),
            ContainerImage.from_ecr_repository("${var.app}", "${var.tag}"),
            ContainerImage.from_ecr_repository("app", digest="${var.digest}"),
        )
        assert [name.partition("amazonaws.com")[2] for name in names] == [
            "/app:${var.tag}",
            "/${var.app}:${var.tag}",
            "/app@${var.digest}",
        ]

    def test_in_an_environment_that_terraform_knows(self, agnostic_stack, bound) -> None:
        name, pulled = bound(ContainerImage.from_ecr_repository("app", "1"), stack=agnostic_stack)
        region, partition = (
            "${data.aws_region.SmTfRegion.id}",
            "${data.aws_partition.SmTfPartition.partition}",
        )
        assert name == f"{ACCOUNT}.dkr.ecr.{region}.${{data.aws_partition.SmTfPartition.dns_suffix}}/app:1"
        assert pulled == [f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/app"]

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("App",), "repository 'App' is not an ECR repository name: 2 to 256 lower-case"),
            (("a",), "repository 'a' is not an ECR repository name"),
            (("",), "repository '' is not an ECR repository name"),
            (("a..b",), "repository 'a..b' is not an ECR repository name"),
            (("a-.b",), "repository 'a-.b' is not an ECR repository name"),
            (("a___b",), "repository 'a___b' is not an ECR repository name"),
            (("arn:aws:s3:::app",), "is not the ARN of an ECR repository; pass one of the form arn:"),
            (("app", "a b"), "tag 'a b' must be 1 to 128"),
            (("app", "é"), "tag 'é' must be 1 to 128"),
            (("app", ""), "tag '' must be 1 to 128"),
            (("app", "x" * 129), "must be 1 to 128"),
            (("app", 1.0), "tag 1.0 must be a string"),
            (("app", DIGEST), "; pass a digest as digest="),
            ((5,), "repository is 5; pass a repository or a string"),
        ],
    )
    def test_malformed_ones_are_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            ContainerImage.from_ecr_repository(*arguments)

    @pytest.mark.parametrize("digest", ["", "sha256:abc", DIGEST[7:], "SHA256" + DIGEST[6:]])
    def test_malformed_digests_are_refused(self, digest) -> None:
        with pytest.raises(InvalidPropsError, match="must be sha256: and 64 hexadecimal digits"):
            ContainerImage.from_ecr_repository("app", digest=digest)

    def test_every_mistake_is_told(self) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            ContainerImage.from_ecr_repository("App", "a b", digest="x")
        assert len(caught.value.problems) == 4


class TestDlc:
    def test_two_in_one_model_also_of_one_object(self, bound) -> None:
        one = ContainerImage.from_dlc("djl-inference", "0.31.0")
        two = ContainerImage.from_dlc("pytorch-inference", "2.6.0")
        names, pulled = bound(one, two, one)
        registry = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
        assert names == [
            f"{registry}/djl-inference:0.31.0",
            f"{registry}/pytorch-inference:2.6.0",
            f"{registry}/djl-inference:0.31.0",
        ]
        assert pulled == [
            f"arn:aws:ecr:eu-west-1:763104351884:repository/{name}"
            for name in ("djl-inference", "pytorch-inference")
        ]

    @pytest.mark.parametrize("region", sorted(accounts_of("pytorch-inference")))
    def test_resolves_in_every_region_of_the_table(self, new_stack, bound, region) -> None:
        suffix = {
            "cn": "amazonaws.com.cn",
            "us-iso": "c2s.ic.gov",
            "us-isob": "sc2s.sgov.gov",
            "us-isof": "csp.hci.ic.gov",
            "eu-isoe": "cloud.adc-e.uk",
            "eusc-de": "amazonaws.eu",
        }.get(region.rpartition("-")[0].rpartition("-")[0], "amazonaws.com")
        partition = {
            "cn": "aws-cn",
            "us-gov": "aws-us-gov",
            "us-iso": "aws-iso",
            "us-isob": "aws-iso-b",
            "us-isof": "aws-iso-f",
            "eu-isoe": "aws-iso-e",
            "eusc-de": "aws-eusc",
        }.get(region.rpartition("-")[0].rpartition("-")[0], "aws")
        account = accounts_of("pytorch-inference")[region]
        name, pulled = bound(ContainerImage.from_dlc("app", "1"), stack=new_stack("other", region=region))
        assert name == f"{account}.dkr.ecr.{region}.{suffix}/app:1"
        assert pulled == [f"arn:{partition}:ecr:{region}:{account}:repository/app"]

    def test_is_looked_up_by_terraform_where_the_region_is_not_known(self, agnostic_stack, bound) -> None:
        name, pulled = bound(ContainerImage.from_dlc("app", "1"), stack=agnostic_stack)
        found = re.match(r"\$\{(\{.*\})\[data\.aws_region\.SmTfRegion\.id\]\}\.dkr\.ecr\.", name)
        assert found
        assert json.loads(found[1].replace(" = ", ":")) == accounts_of("pytorch-inference")
        assert ":repository/app" in pulled[0]

    def test_an_unknown_region_needs_the_account(self, new_stack, bound) -> None:
        stack = new_stack("other", region="xx-new-1")
        with pytest.raises(
            InvalidPropsError,
            match=r"other/Model: the account .* 'xx-new-1' isn't known; pass from_dlc\(…, acc",
        ):
            bound(ContainerImage.from_dlc("app", "1"), stack=stack)

    def test_an_account_may_be_given(self, new_stack, bound) -> None:
        image = ContainerImage.from_dlc("app", "1", account_id="210987654321")
        name, _ = bound(image, stack=new_stack("other", region="xx-new-1"))
        assert name == "210987654321.dkr.ecr.xx-new-1.amazonaws.com/app:1"

    def test_of_expressions(self, bound) -> None:
        name, _ = bound(ContainerImage.from_dlc("${var.name}", "${var.tag}", account_id="${var.account}"))
        assert name == "${var.account}.dkr.ecr.eu-west-1.amazonaws.com/${var.name}:${var.tag}"

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("App", "1"), "repository 'App'"),
            (("app", "a b"), "tag 'a b'"),
            (("app", "1", "12"), "account_id '12' must be the 12 digits"),
            (("app", "1", ""), "account_id '' must be the 12 digits"),
        ],
    )
    def test_malformed_ones_are_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match=re.escape(told)):
            ContainerImage.from_dlc(*arguments)


class TestImageUri:
    @pytest.mark.parametrize(
        ("uri", "pulled"),
        [
            (
                "${var.account}.dkr.ecr.eu-west-1.amazonaws.com/app:${var.tag}",
                ["arn:aws:ecr:eu-west-1:${var.account}:repository/app"],
            ),
            (
                '123456789012.dkr.ecr.${lookup(var.m, "a.b/c:d")}.amazonaws.com/team/${var.app}@${var.d}',
                ['arn:aws:ecr:${lookup(var.m, "a.b/c:d")}:123456789012:repository/team/${var.app}'],
            ),
        ],
    )
    def test_the_literals_between_references_tell_what_may_be_pulled(self, bound, capfd, uri, pulled) -> None:
        assert bound(ContainerImage.from_image_uri(uri)) == (uri, pulled)
        assert capfd.readouterr().err == ""

    def test_of_a_repositorys_url_terraform_reads_the_url_alone(self, stack, bound) -> None:
        url = EcrRepository(stack, "Repository", name="app").repository_url
        _, (pulled,) = bound(ContainerImage.from_image_uri(f"{url}:${{var.tag}}"))
        assert pulled.count(", aws_ecr_repository.Repository.repository_url)") == 3
        assert "var.tag" not in pulled

    def test_in_ecr_may_be_pulled(self, bound) -> None:
        uri = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
        assert bound(ContainerImage.from_image_uri(uri)) == (
            uri,
            ["arn:aws:ecr:eu-west-1:210987654321:repository/team/app"],
        )

    def test_elsewhere_needs_no_permission(self, new_stack, bound) -> None:
        for uri in (
            "registry.example/app:1",
            "docker.io/${var.app}:1",
            "registry.example.com/app:${var.tag}",
        ):
            image = ContainerImage.from_image_uri(uri)
            stack = new_stack(f"of-{uri[:6]}-{len(uri)}")
            access = RepositoryAccessMode.VPC
            assert bound(image, stack=stack, repository_access_mode=access) == (uri, [])

    def test_of_an_expression_is_read_by_terraform(self, bound) -> None:
        name, (pulled,) = bound(ContainerImage.from_image_uri("${var.image}"))
        assert name == "${var.image}"
        assert pulled.startswith('arn:aws:ecr:${regex("^')
        assert pulled.count("var.image") == 3

    @pytest.mark.parametrize("uri", ["", "a b", "x" * 256, "a\n"])
    def test_malformed_ones_are_refused(self, uri) -> None:
        with pytest.raises(InvalidPropsError, match="must be 1 to 255 characters without white space"):
            ContainerImage.from_image_uri(uri)


class TestAsset:
    @pytest.fixture
    def folder(self, tmp_path) -> Path:
        folder = tmp_path / "image"
        folder.mkdir()
        (folder / "Dockerfile").write_text("FROM scratch\n")
        return folder

    def test_two_objects_of_one_folder_are_one_image(self, stack, bound, synth, folder) -> None:
        names, pulled = bound(ContainerImage.from_asset(str(folder)), ContainerImage.from_asset(folder))
        content = synth(stack)
        assert names[0] == names[1]
        assert content.only("terraform_data")
        (repository,) = content.resources("aws_ecr_repository")
        assert pulled == [f"${{aws_ecr_repository.{repository}.arn}}"]

    def test_the_model_waits_for_the_build(self, stack, bound, synth, folder) -> None:
        bound(ContainerImage.from_asset(folder))
        content = synth(stack)
        (build,) = content.resources("terraform_data")
        assert f"terraform_data.{build}" in content.only("aws_sagemaker_model")["depends_on"]

    def test_a_folder_without_a_dockerfile_is_refused(self, bound, tmp_path) -> None:
        with pytest.raises(InvalidPropsError, match="Dockerfile"):
            bound(ContainerImage.from_asset(tmp_path))
