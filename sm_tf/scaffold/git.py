"""Runs git for the scaffolder, whatever repository the command itself is run from."""

import os
import shutil
import subprocess
from pathlib import Path

from sm_tf.foundation.errors import ToolError

_OF_THE_USER = (
    "GIT_ASKPASS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_VALUE_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
)
"""Variables that users set, to reach a repository. git sets others in a hook, which name the hook's own."""


def find_git(purpose: str) -> str:
    """Return the path of git; `purpose` completes the error message "git is needed …"."""
    git = shutil.which("git")
    if git is None:
        raise ToolError(f"git is not on PATH. It is needed {purpose}: install it.")
    return git


def run_git(git: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """Run git in a folder. It speaks English, and never asks: there may be nobody to answer."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_OF_THE_USER)
    }
    return subprocess.run(
        [git, *arguments],
        cwd=folder,
        env={**environment, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
