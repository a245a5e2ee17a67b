"""Finds the program that builds container images."""

import os
import shutil
import subprocess

PROGRAMS = ("docker", "podman", "finch")


def find_builder() -> str | None:
    """The first program that works here; image builds look for it in the same order."""
    named = os.environ.get("SM_TF_CONTAINER_BUILDER")
    for program in named.split() if named else PROGRAMS:
        if shutil.which(program) and _works(program):
            return program
    return None


def _works(program: str) -> bool:
    try:
        return subprocess.run([program, "info"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
