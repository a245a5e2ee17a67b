import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.terraform

Run = Callable[..., "subprocess.CompletedProcess[str]"]
STACK: dict[str, Any] = {"resource": {"terraform_data": {"a": {}}}}


def test_a_terminal_sees_what_takes_long(
    project_folder: Callable[..., Path], terminal: Callable[..., Any], tmp_path: Path
) -> None:
    """Terraform takes as long as it takes to see it."""
    slow = tmp_path / "bin" / "terraform"
    slow.parent.mkdir()
    slow.write_text(
        f"""#!/bin/sh
for step in init validate; do
    case " $* " in *" $step "*) until [ -e {tmp_path}/seen-$step ]; do sleep 0.1; done ;; esac
done
exec {shutil.which("terraform")} "$@"
"""
    )
    slow.chmod(0o755)
    path = f"{slow.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "PATH": path}
    folder = project_folder(data=(STACK, []))
    shell = terminal("validate", cwd=folder, stdout=subprocess.PIPE, env=environment)
    shell.expect("synthesizing")
    for step in ("init", "validate"):
        shell.expect(f"data: terraform {step}")
        (tmp_path / f"seen-{step}").touch()
    shell.end()
    assert shell.process.stdout.read() == "data: valid\n"


def test_the_shell_completes_commands(run: Run, tmp_path: Path) -> None:
    asked = {"_SM_TF_COMPLETE": "complete_bash", "COMP_WORDS": "sm-tf va", "COMP_CWORD": "1"}
    assert run(tmp_path, **asked).stdout.split() == ["validate"]
    assert "_sm_tf_completion" in run(tmp_path, _SM_TF_COMPLETE="source_bash").stdout
