"""Runs a project's program."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sm_tf.bindings.engine import CONTEXT_VARIABLE, OUTDIR_VARIABLE
from sm_tf.foundation.errors import ToolError
from sm_tf.project.child import Child, child
from sm_tf.project.node import node_environment
from sm_tf.project.parent_death import dying_with_parent
from sm_tf.project.program_error import program_error
from sm_tf.project.project import Project
from sm_tf.project.source_lines import VARIABLE, SourceLines


def run_program(project: Project, out: Path, variables: Mapping[str, str]) -> str:
    """Run the program, which synthesizes to `out`, and return what it printed.

    `python` in the project's command is the interpreter that runs now. `variables` are added to the program's
    environment.

    Raises:
        ProgramError: the program ended with a Python exception.
        ToolError: the program failed in another way.
    """
    with tempfile.TemporaryDirectory(prefix="sm-tf-") as folder:
        environment = {
            VARIABLE: str(Path(folder, "source_lines.jsonl")),
            **os.environ,
            OUTDIR_VARIABLE: str(out),
            CONTEXT_VARIABLE: json.dumps(project.context),
            **node_environment(_path()),
            # The output of the program comes before its traceback.
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        code, output = _run(project, environment)
        if code == 0:
            return output
        lines = SourceLines(Path(environment[VARIABLE]), project.directory)
    raise program_error(output, project.directory, lines) or ToolError(
        f"`{project.app}` failed with exit code {code}.\n{output}".rstrip()
    )


def _path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def _run(project: Project, environment: Mapping[str, str]) -> tuple[int, str]:
    with child(
        project.app,
        end=_end,
        shell=True,
        cwd=project.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    ) as process:
        output, _ = process.communicate()
    return process.returncode, output.rstrip()


def _end(process: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
