import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.terraform

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ProjectFolder = Callable[..., Path]
VALID: dict[str, Any] = {
    "terraform": {"backend": {"s3": {"bucket": "no-such-bucket", "key": "state", "region": "eu-west-1"}}},
    "resource": {"terraform_data": {"a": {"input": 1}}},
}
INVALID: dict[str, Any] = {
    "resource": {"terraform_data": {"a": {"//": {"metadata": {"path": "data/a"}}, "colour": "red"}}}
}


def listing(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if "__pycache__" not in path.parts)


def test_a_valid_project_is_left_alone(run: Run, project_folder: ProjectFolder, tmp_path: Path) -> None:
    folder = project_folder(one=(VALID, []), two=(VALID, ["one"]))
    before = listing(folder)
    # Neither credentials nor the backend are needed.
    done = run(folder, "validate", HOME=str(tmp_path), AWS_PROFILE="nobody", AWS_ACCESS_KEY_ID="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "one: valid\ntwo: valid\n", "")
    assert listing(folder) == before


def test_errors_lead_to_the_line_of_the_program(run: Run, constructs_folder: Path) -> None:
    done = run(constructs_folder, "validate")
    assert done.returncode == 0, done.stdout
    main = constructs_folder / "main.py"
    main.write_text(main.read_text().replace('"{}"', '"nonsense"'))
    done = run(constructs_folder, "validate")
    assert done.returncode == 1
    error = """\
Error: "assume_role_policy" contains an invalid JSON policy: not a JSON object
  construct  first/Roles/Role
  made at    main.py, line 12
  Terraform  aws_iam_role.Roles_Role_"""
    assert done.stdout.startswith(error)
    assert '  code       "assume_role_policy": "nonsense"\n' in done.stdout
    assert "first: not valid\n" in done.stdout

    done = run(constructs_folder, "validate", "second", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["valid"] is False
    (second,) = found["stacks"]
    (problem,) = second["problems"]
    assert problem.pop("address").startswith("aws_iam_role.Roles_Role_")
    assert problem == {
        "severity": "error",
        "summary": '"assume_role_policy" contains an invalid JSON policy: not a JSON object',
        "detail": "",
        "path": "second/Roles/Role",
        "file": "main.py",
        "line": 12,
    }


def test_without_the_line_there_is_the_construct(run: Run, project_folder: ProjectFolder) -> None:
    done = run(project_folder(data=(INVALID, [])), "validate")
    assert done.returncode == 1
    assert done.stdout == (
        "Error: Extraneous JSON object property\n"
        "  construct  data/a\n"
        "  Terraform  terraform_data.a\n"
        '  No argument or block type is named "colour".\n'
        "\n"
        "data: not valid\n"
    )


def test_only_the_named_stacks_are_checked(run: Run, project_folder: ProjectFolder) -> None:
    folder = project_folder(bad=(INVALID, []), good=(VALID, ["bad"]))
    assert run(folder, "validate", "good").stdout == "good: valid\n"
    for command in ("validate", "plan"):
        done = run(folder, command, "good", "nope")
        assert done.returncode == 2
        assert done.stderr == "No stack is named nope: the program has bad, good.\n"


def test_a_provider_that_is_nowhere_is_named(run: Run, sm_tf: Run, folder: Path) -> None:
    for command in ("validate", "plan"):
        done = run(folder, command, "hosting")
        assert done.returncode == 1
        assert "Stack hosting: terraform init failed." in done.stderr
        assert "hashicorp/aws" in done.stderr or "organization" in done.stderr
        assert "`sm-tf doctor` shows where" in done.stderr
        assert "Traceback" not in done.stderr
    assert sm_tf("synth").returncode == 0


def test_a_missing_or_old_terraform_is_named(
    run: Run, project_folder: ProjectFolder, without_terraform: dict[str, str]
) -> None:
    folder = project_folder(data=(VALID, []))
    for command in ("validate", "plan"):
        missing = run(folder, command, **without_terraform)
        assert missing.returncode == 1
        assert "Terraform is not on PATH: install Terraform 1.5.0 or newer" in missing.stderr
    old = Path(without_terraform["PATH"], "terraform")
    old.write_text("""#!/bin/sh\necho '{"terraform_version": "1.2.9"}'\n""")
    old.chmod(0o755)
    done = run(folder, "validate", **without_terraform)
    assert done.returncode == 1
    assert f"{old} is version 1.2.9, older than 1.5.0" in done.stderr


def test_another_terraform_can_be_named(run: Run, project_folder: ProjectFolder, tmp_path: Path) -> None:
    folder = project_folder(data=(VALID, []))
    terraform = shutil.which("terraform")
    assert terraform
    (tmp_path / "tofu").symlink_to(terraform)
    named = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TERRAFORM_BINARY_NAME": "tofu"}
    assert run(folder, "validate", **named).stdout == "data: valid\n"
    done = run(folder, "validate", TERRAFORM_BINARY_NAME="no-such-program")
    assert done.returncode == 1
    assert "no-such-program, the value of TERRAFORM_BINARY_NAME, is not on PATH." in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_terraform_ends_when_the_command_is_interrupted(
    project_folder: ProjectFolder,
    temporary_folder: Path,
    tmp_path: Path,
    start: Callable[..., Any],
    wait_until: Callable[[Callable[[], object]], None],
    number: signal.Signals,
) -> None:
    folder = project_folder(data=(VALID, []))
    slow, pid = tmp_path / "bin" / "terraform", tmp_path / "pid"
    slow.parent.mkdir()
    slow.write_text(
        f"""#!/bin/sh\n[ "$1" = version ] && echo '{{"terraform_version": "1.11.0"}}' && exit\n"""
        f"echo $$ >{pid}\nexec sleep 300\n"
    )
    slow.chmod(0o755)
    process = start(
        Path(sys.executable).parent / "sm-tf",
        "validate",
        cwd=folder,
        env={**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: pid.exists() and pid.read_text())
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", pid.read_text().strip()], capture_output=True, text=True
    )
    assert listed.stdout.strip() in ("", "Z")
    assert list(temporary_folder.iterdir()) == []
