import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SM_TF = str(Path(sys.executable).parent / "sm-tf")
STACK: dict[str, Any] = {"resource": {"terraform_data": {"a": {}}}}


def test_a_terminal_sees_what_takes_long(project_folder: Callable[..., Path]) -> None:
    folder = project_folder(data=(STACK, []))
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [SM_TF, "validate"], cwd=folder, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:  # the terminal is closed
            pass
        os.close(ours)
        assert process.communicate()[0] == "data: valid\n"
    for step in ("synthesizing", "data: terraform init", "data: terraform validate"):
        assert step in seen.decode()


def test_the_shell_completes_commands(run: Run, tmp_path: Path) -> None:
    asked = {"_SM_TF_COMPLETE": "complete_bash", "COMP_WORDS": "sm-tf va", "COMP_CWORD": "1"}
    assert run(tmp_path, **asked).stdout.split() == ["validate"]
    assert "_sm_tf_completion" in run(tmp_path, _SM_TF_COMPLETE="source_bash").stdout
