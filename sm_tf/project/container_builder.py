"""Finds the program that builds container images."""

import os
import shutil
import subprocess

PROGRAMS = ("docker", "podman", "finch")


def find_builder() -> str | None:
    """The program that image builds use here, found as they find it: the first one that works."""
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
