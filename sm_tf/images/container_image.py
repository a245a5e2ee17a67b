"""Sources of a container's image: ECR, AWS Deep Learning Containers, a directory to build, any registry."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.access.iam import PolicyHolder, PolicyStatement
from sm_tf.access.provider_types import EcrRepositoryLike
from sm_tf.access.role_permissions import allow_for
from sm_tf.aws.ecr_image import DIGEST, ECR_HOST_PATTERN, TAG
from sm_tf.aws.partitions import dns_suffix
from sm_tf.aws.registries import accounts_of, is_aws_account
from sm_tf.bindings.core import Construct, Fn, TerraformResource, Token
from sm_tf.bindings.resources import place_of
from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text
from sm_tf.images.ecr_repository import check_repository, check_repository_name, split_arn
from sm_tf.images.known_image import KnownImage, check_location, in_ecr, may_be_in_ecr

_IN_ECR = rf"{ECR_HOST_PATTERN}/(?P<repository>[^:@]+)"
_NAME = re.compile("([^:@]+)(?:[:@].*)?")


@public
@dataclass(frozen=True, kw_only=True)
class ContainerImageConfig:
    """The result of binding an image: its name, and the resources that the model must wait for."""

    image_name: str
    depends_on: Sequence[TerraformResource] = ()


@public
class ContainerImage(ABC):
    """A container image. Create one with a `from_*` method, or subclass this class for another source."""

    @abstractmethod
    def bind(self, scope: Construct, model: PolicyHolder) -> ContainerImageConfig:
        """Create the resources that the image needs below `scope`, and allow `model` to pull the image."""

    def _known(self, environment: Environment) -> KnownImage:  # noqa: ARG002
        return KnownImage()

    def _check(self, check: Checks, environment: Environment) -> None:  # noqa: B027
        pass

    @staticmethod
    def from_ecr_repository(
        repository: EcrRepositoryLike | str, tag: str | None = None, *, digest: str | None = None
    ) -> "ContainerImage":
        """Use an image in a private ECR repository. The model is allowed to pull it.

        Args:
            repository: The provider's resource or data source, the repository's ARN, or its name in the
                stack's account. A Terraform token is treated as a name.
            tag: At most 128 letters, digits, `_`, `.` and `-`. SageMaker resolves a tag when the model is
                created, so pushing to the same tag changes nothing in AWS; prefer a new tag or a digest.
                Defaults to `latest` if no digest is given.
            digest: The image's digest, `sha256:…`, in place of a tag.

        Raises:
            InvalidPropsError: If the tag, digest or repository is malformed, or both a tag and a digest are
            given.
        """
        with checking("ContainerImage.from_ecr_repository") as check:
            check.require(tag is None or digest is None, "both tag and digest are given; pass one of them")
            if digest is not None:
                check_text(check, "digest", digest, DIGEST, "must be sha256: and 64 hexadecimal digits")
            if tag is not None:
                _check_tag(check, tag)
            if not isinstance(repository, str):
                valid = hasattr(repository, "repository_url") and hasattr(repository, "arn")
                allowed = "the provider's EcrRepository, DataAwsEcrRepository, a name or an ARN"
                check.require(valid, f"repository is {repository!r}; pass {allowed}")
            else:
                check_repository(check, repository)
        return _EcrImage(repository, f"@{digest}" if digest else f":{tag or 'latest'}")

    @staticmethod
    def from_dlc(repository_name: str, tag: str, account_id: str | None = None) -> "ContainerImage":
        """Use an AWS Deep Learning Container, such as `huggingface-pytorch-inference`. The model is allowed
        to pull it.

        The account that owns the images depends on the region and, for images such as `sagemaker-xgboost`,
        `sagemaker-scikit-learn` and `tei`, on the repository. It is looked up at synth if the stack's AWS
        provider has a literal region, and by Terraform otherwise. The table includes GovCloud, China and the
        isolated regions. Pass `account_id` for a region that is newer than the table. A repository or tag
        that the tables lack is a warning, since AWS adds some every week.

        Source: https://aws.github.io/deep-learning-containers/reference/available_images/

        Raises:
            InvalidPropsError: If the name, tag or account is malformed or, when the image is bound, the
            region isn't in the table.
        """
        with checking("ContainerImage.from_dlc") as check:
            check_repository_name(check, repository_name)
            _check_tag(check, tag)
            if account_id is not None:
                check_text(
                    check, "account_id", account_id, _ACCOUNT, "must be the 12 digits of an AWS account"
                )
        return _DlcImage(repository_name, tag, account_id)

    @staticmethod
    def from_asset(
        directory: str | Path,
        *,
        build_args: Mapping[str, str] | None = None,
        target: str | None = None,
        file: str = "Dockerfile",
        platform: str = "linux/amd64",
        exclude: Sequence[str] = (),
        repository: EcrRepositoryLike | str | None = None,
    ) -> "ContainerImage":
        """Build an image from `directory` and push it to ECR while Terraform applies the stack.

        The tag is a hash of the build context (without the files that `.dockerignore` and `exclude` leave
        out) and the options. As long as these don't change, nothing is built or pushed. A stack builds each
        image once, however often it uses it. The machine that applies the stack needs docker, podman or
        finch, and curl, but neither Python nor the AWS CLI. It needs none of them for an image that
        `sm-tf publish` has pushed before.

        Args:
            directory: The directory that contains the Dockerfile.
            build_args: Values for the Dockerfile's `ARG`s. They stay readable in the image, so don't pass
                secrets.
            target: The stage to build. Defaults to the last stage.
            file: The Dockerfile's path inside `directory`. Defaults to `Dockerfile`.
            platform: `linux/amd64`, or `linux/arm64` for Graviton instance types. Defaults to `linux/amd64`.
            exclude: More patterns to leave out, in the syntax of `.dockerignore`.
            repository: The repository to push to: the provider's resource or data source, or the name or ARN
                of an existing repository. Defaults to a private repository with scan on push that the stack
                creates for all its images.

        Raises:
            InvalidPropsError: When the image is bound, if the directory or its Dockerfile doesn't exist, or
            an option is malformed.
        """
        options = {
            "build_args": build_args,
            "target": target,
            "file": file,
            "platform": platform,
            "exclude": exclude,
            "repository": repository,
        }
        return _AssetImage(directory, options)

    @staticmethod
    def from_image_uri(uri: str) -> "ContainerImage":
        """Use any image, by its full name. If it is in ECR, the model is allowed to pull it.

        An image in ECR must be in the stack's region. For an image in another registry, set
        `repository_access_mode=RepositoryAccessMode.VPC` on the container. A Terraform token must resolve to
        an image in ECR, since the permission to pull the image is derived from it.

        Raises:
            InvalidPropsError: If the name is empty, longer than 255 characters, or contains white space
            (ContainerDefinition, SageMaker API reference).
        """
        with checking("ContainerImage.from_image_uri") as check:
            check_text(check, "image", uri, _IMAGE, "must be 1 to 255 characters without white space")
        return _UriImage(uri)


def known_image(image: ContainerImage, environment: Environment) -> KnownImage:
    """Return what is known of an image before it is bound in an environment; nothing of a user's own."""
    return image._known(environment)


def check_image(check: Checks, where: str, image: ContainerImage, environment: Environment) -> None:
    """Check that SageMaker can pull an image from ECR in an environment, as far as that is known."""
    image._check(check, environment)
    check_location(check, where, known_image(image, environment), environment.known_region)


_ACCOUNT = re.compile(r"\d{12}")
_IMAGE = re.compile(r"\S{1,255}")


def _check_tag(check: Checks, tag: str) -> None:
    hint = "; pass a digest as digest=" if DIGEST.fullmatch(str(tag)) else ""
    check_text(check, "tag", tag, TAG, f"must be 1 to 128 letters, digits, '_', '.' and '-'{hint}")


def grant_pull(model: PolicyHolder, repository_arn: str) -> None:
    """Allow the model's role to pull images from one ECR repository."""
    allow_for(model, "ContainerImage.from_ecr_repository.repository", repository_arn)
    # AWS supports no resources for this action.
    model.add_to_role_policy(PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))


class _EcrImage(ContainerImage):
    def __init__(self, repository: EcrRepositoryLike | str, reference: str) -> None:
        self._repository = repository
        self._reference = reference

    def __repr__(self) -> str:
        given = self._repository
        return (
            f"<ContainerImage {given if isinstance(given, str) else given.repository_url}{self._reference}>"
        )

    def _known(self, environment: Environment) -> KnownImage:
        region, account, name = environment.known_region or "${region}", "${account}", "${repository}"
        if isinstance(self._repository, str):
            region, account, name = split_arn(self._repository) or (region, account, self._repository)
        suffix = dns_suffix(region) if is_known(region) else "${suffix}"
        return KnownImage(uri=f"{account}.dkr.ecr.{region}.{suffix}/{name}{self._reference}")

    def bind(self, scope: Construct, model: PolicyHolder) -> ContainerImageConfig:
        url, arn = self._locate(Environment(scope))
        grant_pull(model, arn)
        return ContainerImageConfig(image_name=url + self._reference)

    def _locate(self, environment: Environment) -> tuple[str, str]:
        repository = self._repository
        if not isinstance(repository, str):
            return repository.repository_url, repository.arn
        account, region = environment.account, environment.region
        name = repository
        if found := split_arn(repository):
            region, account, name = found
        url = f"{account}.dkr.ecr.{region}.{environment.dns_suffix}/{name}"
        return url, f"arn:{environment.partition}:ecr:{region}:{account}:repository/{name}"


class _DlcImage(ContainerImage):
    def __init__(self, repository_name: str, tag: str, account_id: str | None) -> None:
        self._repository_name = repository_name
        self._tag = tag
        self._account_id = account_id

    def __repr__(self) -> str:
        return f"<ContainerImage {self._repository_name}:{self._tag} of AWS Deep Learning Containers>"

    def _known(self, environment: Environment) -> KnownImage:
        region = environment.known_region
        account = self._account_id or accounts_of(self._repository_name).get(region or "", "${account}")
        host = f"{account}.dkr.ecr.{region or '${region}'}.{dns_suffix(region) if region else '${suffix}'}"
        is_of_aws = self._account_id is None or is_aws_account(self._account_id)
        return KnownImage(uri=f"{host}/{self._repository_name}:{self._tag}", is_of_aws=is_of_aws)

    def _check(self, check: Checks, environment: Environment) -> None:
        region, accounts = environment.known_region, accounts_of(self._repository_name)
        check.require(
            self._account_id is not None or region is None or region in accounts,
            f"the account of AWS's repository {self._repository_name!r} in region {region!r} isn't known; "
            f"pass from_dlc(…, account_id=) or use one of {', '.join(sorted(accounts))}",
        )

    def bind(self, scope: Construct, model: PolicyHolder) -> ContainerImageConfig:
        environment = Environment(scope)
        account = self._account_id or self._account_in(scope, environment)
        region = environment.region
        grant_pull(
            model, f"arn:{environment.partition}:ecr:{region}:{account}:repository/{self._repository_name}"
        )
        registry = f"{account}.dkr.ecr.{region}.{environment.dns_suffix}"
        return ContainerImageConfig(image_name=f"{registry}/{self._repository_name}:{self._tag}")

    def _account_in(self, scope: Construct, environment: Environment) -> str:
        accounts, region = accounts_of(self._repository_name), environment.known_region
        if region is None:
            return str(Fn.lookup(accounts, environment.region))
        with checking(place_of(scope).path) as check:
            self._check(check, environment)
        return accounts[region]


class _UriImage(ContainerImage):
    def __init__(self, uri: str) -> None:
        self._uri = uri

    def __repr__(self) -> str:
        return f"<ContainerImage {self._uri}>"

    def _known(self, environment: Environment) -> KnownImage:  # noqa: ARG002
        return KnownImage(uri=self._uri)

    def bind(self, scope: Construct, model: PolicyHolder) -> ContainerImageConfig:
        if may_be_in_ecr(self._uri):
            found = in_ecr(self._uri)
            account, region, repository = (
                (found.account, found.region, found.repository) if found else self._split_by_terraform()
            )
            partition = Environment(scope).partition
            grant_pull(model, f"arn:{partition}:ecr:{region}:{account}:repository/{repository}")
        return ContainerImageConfig(image_name=self._uri)

    def _split_by_terraform(self) -> tuple[str, ...]:
        (name,) = groups(_NAME, self._uri) or (self._uri,)
        found = Token.as_string_map(Fn.regex(f"^{_IN_ECR}", as_token(name)))
        return tuple(str(Fn.lookup(found, part, "")) for part in ("account", "region", "repository"))


class _AssetImage(ContainerImage):
    def __init__(self, directory: str | Path, options: dict[str, Any]) -> None:
        self._directory = directory
        self._options = options

    def __repr__(self) -> str:
        return f"<ContainerImage built from {self._directory}>"

    def _known(self, environment: Environment) -> KnownImage:  # noqa: ARG002
        return KnownImage(platform=self._options["platform"])

    def bind(self, scope: Construct, model: PolicyHolder) -> ContainerImageConfig:
        # These imports are needed for this kind of image only.
        from sm_tf.images.image_asset import ImageAsset
        from sm_tf.images.image_build import ImageBuild

        image = ImageBuild.checked(place_of(scope).path, self._directory, **self._options)
        if published := image.find_published(scope):
            grant_pull(model, published.arn)
            return ContainerImageConfig(image_name=published.location)
        asset = ImageAsset.in_stack_of(scope, image)
        grant_pull(model, asset.repository_arn)
        return ContainerImageConfig(image_name=asset.image_uri, depends_on=[asset.build])
