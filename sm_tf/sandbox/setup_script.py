"""Runs the user's script that makes what exists before the stacks are applied."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sm_tf.foundation.errors import ToolError
from sm_tf.project.parent_death import dying_with_parent
from sm_tf.project.program_error import program_error
from sm_tf.project.source_lines import SourceLines


def run_setup(script: Path, project: Path, environment: Mapping[str, str]) -> str:
    """Run a Python script with the interpreter that runs now, and return what it printed.

    `environment` leads AWS's tools to the embedded AWS.

    Raises:
        ProgramError: the script ended with a Python exception.
        ToolError: it failed in another way.
    """
    done = subprocess.run(
        [sys.executable, str(script.resolve())],
        cwd=project,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )
    output = done.stdout.strip()
    if done.returncode == 0:
        return output
    raise program_error(output, project.resolve(), SourceLines(Path(os.devnull), project)) or ToolError(
        f"{script} failed with exit code {done.returncode}.\n{output}".rstrip()
    )
