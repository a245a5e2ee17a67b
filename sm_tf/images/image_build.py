"""What an image is built from: a folder, the options of the build, and the script that runs it."""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self, TypedDict

from sm_tf.access.provider_types import EcrRepositoryLike
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.published import find_published
from sm_tf.foundation.published_file import PublishedAsset
from sm_tf.images.context import BuildContext
from sm_tf.images.ecr_repository import check_repository

PLATFORMS = ("linux/amd64", "linux/arm64")
"""The platforms of SageMaker's instances."""
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
class ImageBuild:
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
        """Check the arguments of `ImageAsset` for a construct at `where`.

        Raises:
            InvalidPropsError: As for `ImageAsset`.
        """
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

    def is_same_as(self, other: "ImageBuild") -> bool:
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

    @property
    def unknown_args(self) -> dict[str, str]:
        """The build arguments that only Terraform knows."""
        return {name: value for name, value in self.build_args.items() if not is_known(value)}

    def find_published(self, scope: Construct) -> PublishedAsset | None:
        """Return the image as `sm-tf publish` has pushed it for the stack, None if Terraform has to build it.

        With an argument that only Terraform knows, the image can't be built before.
        """
        listed = ", ".join(self.unknown_args)
        return find_published(
            scope,
            "image",
            path=os.path.relpath(self.context.directory).replace(os.sep, "/"),
            hash=self.hash,
            destination=self.repository if isinstance(self.repository, str) else None,
            build={
                "file": self.context.file,
                "exclude": self.context.exclude,
                "context_hash": self.context.hash(),
                "variables": self.variables(),
            },
            problem=f"only Terraform knows the build_args {listed}" if listed else None,
        )

    def variables(self) -> dict[str, str]:
        """Return the script's variables that say what to build."""
        return {
            "PLATFORM": self.platform,
            "TARGET": self.target or "",
            "BUILD_ARGS": " ".join(self.build_args),
            **{f"BUILD_ARG_{name}": value for name, value in self.build_args.items()},
        }


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
