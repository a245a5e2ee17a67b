"""Publishes one asset: builds and pushes its image, or uploads its archive."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sm_tf.foundation.errors import SmTfError, ToolError
from sm_tf.project.aws_client import clear_aws_errors
from sm_tf.publish.destination import Bucket, Repository, find_bucket, find_repository
from sm_tf.publish.image import push_image
from sm_tf.publish.upload import S3Object, is_uploaded, upload
from sm_tf.publish.workers import Workers

IMAGE = "image"


@dataclass(frozen=True, kw_only=True)
class Task:
    """An asset and where it goes. Equal content at different paths is one task.

    Attributes:
        path: The local path that people see. `source` is the same one in full.
        build: What an image is built from.
        problem: Why the asset can't be published.
    """

    type: str
    hash: str
    region: str | None
    destination: str
    encryption_key: str | None
    problem: str | None
    path: str = field(compare=False)
    source: Path = field(compare=False)
    build: dict[str, Any] | None = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an asset: `status` is published, present or failed. `location` is its image name or
    URI, `arn` that of the repository or bucket, and `error` the reason of a failure.
    """

    type: str
    path: str
    status: str
    location: str | None = None
    arn: str | None = None
    error: str | None = None


class Watcher(Protocol):
    """Is told how far each asset is, by the threads that publish."""

    def started(self, path: str, step: str, size: int | None) -> None:
        """An asset is being published. `size` is in bytes, or None if that isn't known."""

    def advanced(self, path: str, size: int) -> None:
        """So many more bytes of an asset are in AWS."""

    def ended(self, outcome: Outcome) -> None:
        """An asset is done."""


class Publisher:
    """Publishes assets to the repositories and buckets that they need, which it looks for first.

    `folder` is for the files of builds.
    """

    def __init__(self, tasks: Collection[Task], folder: Path, workers: Workers, watcher: Watcher) -> None:
        self._folder = folder
        self._workers = workers
        self._watcher = watcher
        self._found: dict[tuple[str, str, str | None], Bucket | Repository | ToolError] = {}
        for task in tasks:
            if _place(task) not in self._found:
                self._found[_place(task)] = _look_for(task)

    def publish(self, task: Task) -> Outcome:
        """Publish an asset unless AWS has it."""
        try:
            outcome = self._publish(task)
        except (SmTfError, OSError) as error:
            outcome = Outcome(type=task.type, path=task.path, status="failed", error=_message(error))
        self._watcher.ended(outcome)
        return outcome

    def _publish(self, task: Task) -> Outcome:
        if task.problem:
            raise ToolError(task.problem)
        destination = self._found[_place(task)]
        if isinstance(destination, ToolError):
            raise destination
        self._workers.check()
        with clear_aws_errors():
            if isinstance(destination, Repository):
                location, is_new = self._push(task, destination)
            else:
                location, is_new = self._upload(task, destination)
        return Outcome(
            type=task.type,
            path=task.path,
            status="published" if is_new else "present",
            location=location,
            arn=destination.arn,
        )

    def _push(self, task: Task, repository: Repository) -> tuple[str, bool]:
        digest = repository.registry.digest(repository.name, task.hash)
        if is_new := digest is None:
            assert task.build is not None
            self._watcher.started(task.path, "building and pushing", None)
            folder = self._folder / f"build-{_short(repr(_place(task)) + task.hash)}"
            folder.mkdir()
            digest = push_image(task.source, task.build, task.hash, repository, folder, self._workers)
        return f"{repository.url}@{digest}", is_new

    def _upload(self, task: Task, bucket: Bucket) -> tuple[str, bool]:
        # Two keys that encrypt the same content make two objects.
        below = f"{_short(task.encryption_key)}/" if task.encryption_key else ""
        target = S3Object(
            client=bucket.client,
            bucket=bucket.name,
            key=f"sm-tf/{task.hash}/{below}model.tar.gz",
            encryption_key=task.encryption_key,
        )
        if is_new := not is_uploaded(target, task.source):
            self._watcher.started(task.path, "uploading", task.source.stat().st_size)
            on_bytes = partial(self._watcher.advanced, task.path)
            upload(target, task.source, task.hash, self._workers, on_bytes)
        return f"s3://{target.bucket}/{target.key}", is_new


def _place(task: Task) -> tuple[str, str, str | None]:
    return task.type, task.destination, task.region


def _look_for(task: Task) -> Bucket | Repository | ToolError:
    try:
        find = find_repository if task.type == IMAGE else find_bucket
        return find(task.destination, task.region)
    except ToolError as error:
        return error


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _message(error: Exception) -> str:
    if isinstance(error, OSError):
        return ": ".join(str(part) for part in (error.filename, error.strerror) if part) or repr(error)
    return str(error)
