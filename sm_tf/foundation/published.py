"""Finds the images and archives that `sm-tf publish` has put into AWS before Terraform runs."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sm_tf.bindings.core import Annotations, Construct
from sm_tf.bindings.module_mode import for_module
from sm_tf.bindings.resources import place_of
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.published_file import FILE, VARIABLE, Asset, PublishedAsset, PublishedFile


def find_published(
    scope: Construct,
    type: str,
    *,
    path: str,
    hash: str,
    destination: str | None,
    encryption_key: str | None = None,
    build: Mapping[str, Any] | None = None,
    problem: str | None = None,
) -> PublishedAsset | None:
    """Return an asset as it was published for the stack, None if Terraform has to build or upload it.

    That is shown as a warning where other assets of the stack are published. A module contains its assets.
    `build` is what the image is built from, and `problem` says why the asset can't be published.
    """
    if for_module():
        return None
    place = place_of(scope)
    stack = place.stack.path.rsplit("/", 1)[-1]
    asset = Asset(
        type=type,
        hash=hash,
        region=Environment(place).known_region,
        destination=destination if destination and is_known(destination) else None,
        encryption_key=encryption_key,
    )
    if VARIABLE in os.environ:
        with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as listed:
            described = {"stack": stack, "path": path, "build": build, "problem": problem, **asdict(asset)}
            listed.write(f"{json.dumps(described)}\n")
        return PublishedAsset(asset=asset, path=path, location=f"s3://published/{hash}", arn="arn:aws:s3:::a")
    file = PublishedFile.read(Path(FILE))
    found = None if problem else file.find(stack, asset)
    if found is None and stack in file.stacks:
        todo = "build" if type == "image" else "upload"
        Annotations.of(scope).add_warning(
            f"{path} isn't published as it is now, so Terraform will {todo} it. Run `sm-tf publish`."
        )
    return found
