"""Runs git for the scaffolder, whatever repository the command itself is run from."""

import os
import shutil
import subprocess
from pathlib import Path

from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.git_environment import without_repository


def find_git(purpose: str) -> str:
    """Return the path of git; `purpose` completes the error message "git is needed …"."""
    git = shutil.which("git")
    if git is None:
        raise ToolError(f"git is not on PATH. It is needed {purpose}: install it.")
    return git


def run_git(git: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """Run git in a folder. It speaks English, and never asks: there may be nobody to answer."""
    return subprocess.run(
        [git, *arguments],
        cwd=folder,
        env={**without_repository(os.environ), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
