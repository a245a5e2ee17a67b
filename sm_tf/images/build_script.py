"""The script that builds an image and pushes it, and what it needs."""

import shutil
from pathlib import Path

from sm_tf.images.context import BuildContext

SCRIPT = Path(__file__).with_name("build_and_push.sh")
"""Builds from the archive beside it. Its head lists the variables that it reads."""


def stage(context: BuildContext, folder: Path) -> None:
    """Write the script and the archive to a folder."""
    context.archive(folder / "image.tar")
    shutil.copy(SCRIPT, folder)
