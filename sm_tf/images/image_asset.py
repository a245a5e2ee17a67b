"""Images that are built from a folder: the build context in the stack folder, a repository, and the build."""

import atexit
import re
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Unpack

from sm_tf.access.provider_types import EcrRepositoryLike
from sm_tf.bindings.core import AssetType, Construct, Fn, TerraformAsset, TerraformProvider, TerraformResource
from sm_tf.bindings.resources import Map, Place, Resource, place_of
from sm_tf.bindings.tokens import as_token
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.naming import DRAWN_LENGTH, new_name, readable_name
from sm_tf.images.build_script import SCRIPT, stage
from sm_tf.images.ecr_repository import split_arn
from sm_tf.images.image_build import ImageBuild, ImageOptions

_SHARED_REPOSITORY = "SmTfImages"
_ECR_NAME_LIMIT = 256 - DRAWN_LENGTH - 1


class BuiltImage(SmTfConstruct):
    """Builds an image and pushes it while Terraform applies the stack."""

    def __init__(
        self, scope: Construct, id: str, image: ImageBuild, provider: TerraformProvider | None = None
    ) -> None:
        super().__init__(scope, id, provider)
        self.repository = _find_repository(self, image.repository)
        """The ECR repository: the given one, or the stack's own."""
        self.content_hash = image.hash
        """A hash of 64 hexadecimal digits, known at synth. It changes if the folder or an option changes."""
        unknown = list(map(as_token, image.unknown_args.values()))
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

    def _build_and_push(self, image: ImageBuild) -> Resource:
        files = TerraformAsset(
            self,
            "Context",
            path=_staged(image),
            type=AssetType.DIRECTORY,
            asset_hash=self.content_hash,
        )
        environment = {
            "REPOSITORY_URL": self.repository.repository_url,
            "TAG": self.tag,
            "REGION": Fn.element(Fn.split(":", self.repository_arn), 3),
            **image.variables(),
        }
        script = {
            "type": "local-exec",
            "interpreter": ["sh"],
            "command": f"${{path.module}}/{files.path}/{SCRIPT.name}",
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
        super().__init__(scope, id, ImageBuild.checked(where, directory, **options))

    @staticmethod
    def in_stack_of(scope: Construct, image: ImageBuild) -> BuiltImage:
        """Return the stack's asset with this content, options and repository; the first call creates it."""
        place = place_of(scope)
        made: list[tuple[ImageBuild, BuiltImage]] = place.once.setdefault(ImageAsset, [])
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


def _staged(image: ImageBuild) -> str:
    """Return a temporary folder with the build's files. CDKTF copies it into the stack folder at synth."""
    folder = Path(tempfile.mkdtemp(prefix="sm-tf-image-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stage(image.context, folder)
    return str(folder)
