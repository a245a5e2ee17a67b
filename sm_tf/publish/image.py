"""Builds an image and pushes it to ECR."""

import shutil
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.images.build_script import SCRIPT, stage
from sm_tf.images.context import BuildContext
from sm_tf.publish.destination import Repository
from sm_tf.publish.workers import Workers

_SHOWN_LINES = 20


def push_image(
    directory: Path, build: dict[str, Any], tag: str, repository: Repository, folder: Path, workers: Workers
) -> str:
    """Build an image from a directory, push it, and return its digest.

    `build` is what the program says of it, and `folder` is an empty folder.

    Raises:
        ToolError: The build or the push failed, or the directory changed since the program ran.
    """
    context = BuildContext(directory.resolve(), build["file"], build["exclude"])
    if context.hash() != build["context_hash"]:
        raise ToolError(f"{directory.name} changed while it was published: publish again.")
    try:
        stage(context, folder)
        variables = {
            "REPOSITORY_URL": repository.url,
            "TAG": tag,
            "REGION": repository.region,
            "REGISTRY_PASSWORD": repository.registry.password,
            **build["variables"],
        }
        log = folder / "log"
        code = workers.run(["sh", str(folder / SCRIPT.name)], environment=variables, log=log)
        if code != 0:
            lines = log.read_text(errors="replace").splitlines()
            raise ToolError("\n".join(lines[-_SHOWN_LINES:]) or f"The build ended with exit code {code}.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    pushed = repository.registry.digest(repository.name, tag)
    if pushed is None:
        raise ToolError(f"{repository.url}:{tag} isn't in the registry after it was pushed: publish again.")
    return pushed
