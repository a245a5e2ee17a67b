"""The file that lists what `sm-tf publish` has put into AWS. It is committed."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.foreign import parse_json

FILE = "sm-tf.assets.json"
"""The file's name, in the folder of the project."""
VARIABLE = "SM_TF_PUBLISH"
"""With this variable, a program only adds its assets to the file that it names, a line of JSON each."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """An image to build or an archive to upload, as a stack needs it.

    Attributes:
        type: `image` or `archive`.
        hash: The SHA-256 of the content and of the options that change it.
        region: The region that the program gives. None if it doesn't.
        destination: The repository or bucket that the program gives as a literal. None if it doesn't.
        encryption_key: The KMS key that the program gives. None if it doesn't.
    """

    type: str
    hash: str
    region: str | None
    destination: str | None
    encryption_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedAsset:
    """An asset in AWS: the local path that it comes from, its image name or `s3://` URI, and the ARN of the
    repository or bucket.
    """

    asset: Asset
    path: str
    location: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class PublishedStack:
    """The assets of a stack, and the bucket and repository for those whose program gives none."""

    bucket: str | None = None
    repository: str | None = None
    assets: tuple[PublishedAsset, ...] = ()


@dataclass(frozen=True)
class PublishedFile:
    """The content of the file."""

    stacks: dict[str, PublishedStack] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "PublishedFile":
        """Read the file; nothing is published if there is none.

        Raises:
            InvalidPropsError: The file is damaged.
        """
        if not path.is_file():
            return cls()
        text = path.read_bytes()
        try:
            return cls({name: _stack(described) for name, described in parse_json(text)["stacks"].items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            what = "the file has a merge conflict" if b"<<<<<<<" in text else "the file is damaged"
            problem = f"{what}: restore an earlier version, or remove it, and run `sm-tf publish`"
            raise InvalidPropsError(FILE, [problem]) from None

    def of(self, stack: str) -> PublishedStack:
        """Return what is published for a stack, nothing perhaps."""
        return self.stacks.get(stack, PublishedStack())

    def find(self, stack: str, asset: Asset) -> PublishedAsset | None:
        """Return an asset of a stack, None if it isn't published."""
        assets = self.of(stack).assets
        return next((published for published in assets if published.asset == asset), None)

    def content(self) -> bytes:
        """Return the text to write, which is the same on every machine."""
        stacks = {
            name: {
                "bucket": stack.bucket,
                "repository": stack.repository,
                "assets": sorted(map(_described, stack.assets), key=json.dumps),
            }
            for name, stack in sorted(self.stacks.items())
        }
        return f"{json.dumps({'stacks': stacks}, indent=2, ensure_ascii=False)}\n".encode()


def _described(published: PublishedAsset) -> dict[str, Any]:
    described = {"path": published.path, **asdict(published.asset)}
    return {**described, "location": published.location, "arn": published.arn}


def _stack(described: dict[str, Any]) -> PublishedStack:
    return PublishedStack(
        bucket=_text(described["bucket"]),
        repository=_text(described["repository"]),
        assets=tuple(map(_published, described["assets"])),
    )


def _published(described: dict[str, Any]) -> PublishedAsset:
    texts = {name: _text(value) for name, value in described.items()}
    path, location, arn = (texts.pop(name) or "" for name in ("path", "location", "arn"))
    return PublishedAsset(asset=Asset(**texts), path=path, location=location, arn=arn)  # type: ignore[arg-type]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError
