"""Images that are built from a folder: the build context in the stack folder, a repository, and the build."""

import atexit
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Self, TypedDict, Unpack

from sm_tf.access.provider_types import EcrRepositoryLike
from sm_tf.bindings.core import AssetType, Construct, Fn, TerraformAsset, TerraformProvider, TerraformResource
from sm_tf.bindings.resources import Map, Place, Resource, place_of
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import DRAWN_LENGTH, new_name, readable_name
from sm_tf.images.context import BuildContext
from sm_tf.images.ecr_repository import check_repository, split_arn

PLATFORMS = ("linux/amd64", "linux/arm64")
"""The platforms of SageMaker's instances."""

_SCRIPT = Path(__file__).with_name("build_and_push.sh")
_SHARED_REPOSITORY = "SmTfImages"
_ECR_NAME_LIMIT = 256 - DRAWN_LENGTH - 1
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class ImageOptions(TypedDict, total=False):
    """The options of an image, which `ImageAsset` describes."""

    build_args: Mapping[str, str] | None
    target: str | None
    file: str
    platform: str
    exclude: Sequence[str]
    repository: EcrRepositoryLike | str | None


@dataclass(frozen=True, kw_only=True)
class _Image:
    """Everything that determines the image's content and its repository."""

    context: BuildContext
    build_args: Mapping[str, str]
    target: str | None
    platform: str
    repository: EcrRepositoryLike | str | None

    @classmethod
    def checked(
        cls,
        where: str,
        directory: str | Path,
        *,
        build_args: Mapping[str, str] | None = None,
        target: str | None = None,
        file: str = "Dockerfile",
        platform: str = "linux/amd64",
        exclude: Sequence[str] = (),
        repository: EcrRepositoryLike | str | None = None,
    ) -> Self:
        with checking(where) as checks:
            _check_files(checks, directory, file)
            _check_build_args(checks, build_args)
            checks.require(
                target is None or (isinstance(target, str) and bool(target.strip()) and is_known(target)),
                f"target {target!r} must be a stage of the Dockerfile; leave it out for the last stage",
            )
            checks.require(
                platform in PLATFORMS, f"platform {platform!r} must be one of {', '.join(PLATFORMS)}"
            )
            _check_repository(checks, repository)
        return cls(
            context=BuildContext(Path(directory).resolve(), file, tuple(exclude)),
            build_args=dict(sorted((build_args or {}).items())),
            target=target,
            platform=platform,
            repository=repository,
        )

    def is_same_as(self, other: "_Image") -> bool:
        """Tell whether both are the same image in the same repository, whatever the folder's path."""
        return (self.build_args, self.repository, self.hash) == (
            other.build_args,
            other.repository,
            other.hash,
        )

    @cached_property
    def hash(self) -> str:
        """The SHA-256, in hexadecimal, of everything that is known at synth."""
        known = {name: value if is_known(value) else None for name, value in self.build_args.items()}
        options = json.dumps([known, self.target, self.platform])
        return hashlib.sha256(f"{self.context.hash()}{options}".encode()).hexdigest()


class BuiltImage(SmTfConstruct):
    """Builds an image and pushes it while Terraform applies the stack."""

    def __init__(
        self, scope: Construct, id: str, image: _Image, provider: TerraformProvider | None = None
    ) -> None:
        super().__init__(scope, id, provider)
        self.repository = _find_repository(self, image.repository)
        """The ECR repository: the given one, or the stack's own."""
        self.content_hash = image.hash
        """A hash of 64 hexadecimal digits, known at synth. It changes if the folder or an option changes."""
        unknown = [as_token(value) for value in image.build_args.values() if not is_known(value)]
        self.tag = Fn.sha256(Fn.jsonencode([self.content_hash, *unknown])) if unknown else self.content_hash
        """The image's tag: `content_hash`, or a token if only Terraform knows some build arguments."""
        self.image_uri = f"{self.repository.repository_url}:{self.tag}"
        """`<repository url>:<tag>`."""
        self.repository_arn = str(self.repository.arn)
        """The repository's ARN, for permissions to pull the image."""
        self._build = self._build_and_push(image)

    @property
    def build(self) -> TerraformResource:
        """The `terraform_data` resource that builds and pushes the image; users of the image depend on it."""
        resource: TerraformResource = self._build.object
        return resource

    def _build_and_push(self, image: _Image) -> Resource:
        files = TerraformAsset(
            self,
            "Context",
            path=_staged(image.context),
            type=AssetType.DIRECTORY,
            asset_hash=self.content_hash,
        )
        environment = {
            "REPOSITORY_URL": self.repository.repository_url,
            "TAG": self.tag,
            "REGION": Fn.element(Fn.split(":", self.repository_arn), 3),
            "PLATFORM": image.platform,
            "TARGET": image.target or "",
            "BUILD_ARGS": " ".join(image.build_args),
            **{f"BUILD_ARG_{name}": value for name, value in image.build_args.items()},
        }
        script = {
            "type": "local-exec",
            "interpreter": ["sh"],
            "command": f"${{path.module}}/{files.path}/{_SCRIPT.name}",
            "environment": Map(environment),
        }
        triggers = Map({"image_uri": self.image_uri})
        values = {"triggers_replace": triggers, "provisioners": [script]}
        return Resource(self, "Build", "terraform_data", values)


class ImageAsset(BuiltImage):
    """An image that `terraform apply` builds from a folder and pushes to ECR, once per content.

    The build context (the folder without the files that `.dockerignore` leaves out) is copied into the stack
    folder, so the stack can be applied on another machine. The tag is the SHA-256 of the context and of every
    option that affects the image. As long as nothing changes, nothing is built, and an image that the
    registry already has is not pushed again.

    The machine that applies the stack needs docker, podman or finch, `tar`, and curl 7.86 or newer (or the
    AWS CLI). The build runs outside the AWS provider. It uses the AWS credentials that AWS's SDKs find on
    that machine (environment, web identity, profile, container, instance), not those in a provider block. The
    credentials need `ecr:GetAuthorizationToken` and the permission to push.

    Args:
        directory: The folder that contains the Dockerfile.
        build_args: Values for the Dockerfile's `ARG`s. The image and the plan show them, so don't pass
            secrets.
        target: The stage to build. Defaults to the last stage.
        file: The Dockerfile's path inside `directory`. `<file>.dockerignore` takes precedence over
            `.dockerignore`. Defaults to `Dockerfile`.
        platform: `linux/amd64`, or `linux/arm64` for Graviton instances. Defaults to `linux/amd64`.
        exclude: More patterns to leave out, in the syntax of `.dockerignore`. They follow those of the file.
        repository: The repository to push to: a resource, a data source, or the name or ARN of an existing
            repository. Defaults to a repository that the stack creates for all its images: private,
            encrypted, scanned on push, with immutable tags. It is destroyed with the stack, images included.

    Raises:
        InvalidPropsError: If the folder or the Dockerfile doesn't exist, the platform is unknown, or an
        option is malformed.
    """

    def __init__(
        self, scope: Construct, id: str, *, directory: str | Path, **options: Unpack[ImageOptions]
    ) -> None:
        where = place_of(scope).below(id).path
        super().__init__(scope, id, _Image.checked(where, directory, **options))

    @staticmethod
    def in_stack_of(
        scope: Construct, *, directory: str | Path, **options: Unpack[ImageOptions]
    ) -> BuiltImage:
        """Return the stack's asset with this content, options and repository; the first call creates it.

        Raises:
            InvalidPropsError: As for the class.
        """
        place = place_of(scope)
        image = _Image.checked(place.path, directory, **options)
        made: list[tuple[_Image, BuiltImage]] = place.once.setdefault(ImageAsset, [])
        for present, asset in made:
            if present.is_same_as(image):
                return asset
        folder = re.sub(r"[^a-zA-Z0-9]+", "-", image.context.directory.name).strip("-")
        stack = place.stack.element
        own = place.shared_id(f"Image-{folder}")
        ids = (own if number == 1 else f"{own}-{number}" for number in count(1))
        id = next(id for id in ids if stack.node.try_find_child(id) is None)
        asset = BuiltImage(stack, id, image, place.provider)
        made.append((image, asset))
        return asset


def _find_repository(scope: Construct, given: EcrRepositoryLike | str | None) -> EcrRepositoryLike:
    if given is None:
        return _shared_repository(place_of(scope))
    if not isinstance(given, str):
        return given
    values = {"name": given}
    if arn := split_arn(given):
        _, values["registry_id"], values["name"] = arn
    found: EcrRepositoryLike = Resource(scope, "Repository", "data.aws_ecr_repository", values).object
    return found


def _shared_repository(place: Place) -> EcrRepositoryLike:
    if _SHARED_REPOSITORY not in place.once:
        stack = place.stack.element
        values = {
            "name": new_name(readable_name(stack, limit=_ECR_NAME_LIMIT, suffix="-images")),
            "lifecycle": {"ignore_changes": ["name"]},
            "image_scanning_configuration": {"scan_on_push": True},
            "image_tag_mutability": "IMMUTABLE",
            "force_delete": True,
        }
        id = place.shared_id(_SHARED_REPOSITORY)
        repository = Resource(stack, id, "aws_ecr_repository", values, place=place)
        place.once[_SHARED_REPOSITORY] = repository.object
    found: EcrRepositoryLike = place.once[_SHARED_REPOSITORY]
    return found


def _staged(context: BuildContext) -> str:
    """Return a temporary folder with the build's files. CDKTF copies it into the stack folder at synth."""
    folder = Path(tempfile.mkdtemp(prefix="sm-tf-image-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    context.archive(folder / "image.tar")
    shutil.copy(_SCRIPT, folder)
    return str(folder)


def _check_files(checks: Checks, directory: str | Path, file: str) -> None:
    if not file or not is_known(file):
        checks.problem(f"file {file!r} must be the path of a Dockerfile inside the directory")
        return
    if not is_known(str(directory)):
        checks.problem(f"directory {directory!r} must be the path of a folder, known at synth")
        return
    folder = Path(directory)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        checks.problem(f"directory {str(directory)!r} {what} (looked for {folder.resolve()})")
        return
    checks.require(
        (folder / file).is_file(),
        f"directory {str(directory)!r} has no file {file!r}; add a Dockerfile, or pass its name as file=",
    )


def _check_build_args(checks: Checks, build_args: Mapping[str, str] | None) -> None:
    if build_args is None:
        return
    for name in build_args:
        checks.require(
            _NAME.fullmatch(name) is not None,
            f"build_args has the name {name!r}; names are letters, digits and '_', with no digit first",
        )


def _check_repository(checks: Checks, repository: object) -> None:
    if repository is None or (hasattr(repository, "repository_url") and hasattr(repository, "arn")):
        return
    if isinstance(repository, str):
        check_repository(checks, repository)
    else:
        checks.problem(
            f"repository {repository!r} is not an ECR repository; pass a resource, a data source, a name or "
            "an ARN"
        )
