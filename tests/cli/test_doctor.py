import json
import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_all_is_told_that_a_project_needs(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"] is True
    checks = told(done)
    assert checks["Python"]["version"] == platform.python_version()
    assert checks["cdktf"]["version"].startswith("0.21.")
    for needed in ("Node.js", "Terraform"):
        assert checks[needed]["status"] in ("ok", "warning")
        assert checks[needed]["version"].count(".") == 2
        assert checks[needed]["found"]
    assert checks["lazy bindings"] == {
        "name": "lazy bindings",
        "status": "ok",
        "version": "",
        "found": "active",
        "todo": "",
    }


def test_what_every_project_needs_has_to_be_there(
    run: Run, tmp_path: Path, without_terraform: dict[str, str]
) -> None:
    done = run(tmp_path, "doctor", **without_terraform)
    assert done.returncode == 1
    (missing,) = [line for line in done.stdout.splitlines() if line.startswith("missing")]
    assert missing.split()[1] == "Terraform"
    assert "install Terraform 1.5.0 or newer; pip install 'sm-tf[terraform]' installs one" in missing
    assert "Traceback" not in done.stderr


def test_an_old_node_is_not_enough(run: Run, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v16.20.2\n")
    node.chmod(0o755)
    done = run(tmp_path, "doctor", "--json", JSII_NODE=str(node))
    assert done.returncode == 1
    check = told(done)["Node.js"]
    assert (check["status"], check["version"], check["found"]) == ("missing", "16.20.2", str(node))
    assert "pip install 'sm-tf[node]'" in check["todo"]


def test_a_node_at_its_end_of_life_is_told(run: Run, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v20.20.2\n")
    node.chmod(0o755)
    check = told(run(tmp_path, "doctor", "--json", JSII_NODE=str(node)))["Node.js"]
    assert (check["status"], check["version"]) == ("warning", "20.20.2")
    assert check["todo"] == "it works, but no longer gets security fixes: install a newer one"


def test_credentials_are_named_and_not_shown(run: Run, tmp_path: Path) -> None:
    secrets = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "hush",
        "AWS_SESSION_TOKEN": "tell-nobody",
    }
    for arguments in ([], ["--json"]):
        done = run(tmp_path, "doctor", *arguments, **secrets)
        assert "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in done.stdout
        assert not [secret for secret in secrets.values() if secret in done.stdout + done.stderr]


def test_bindings_that_load_slowly_have_a_reason(run: Run, tmp_path: Path) -> None:
    check = told(run(tmp_path, "doctor", "--json", SM_TF_LAZY_BINDINGS="0"))["lazy bindings"]
    assert (check["status"], check["todo"]) == ("warning", "off: SM_TF_LAZY_BINDINGS is 0")


def test_other_programs_are_told_with_their_version(run: Run, tmp_path: Path) -> None:
    cdktf = tmp_path / "cdktf"
    cdktf.write_text("#!/bin/sh\necho 0.21.0\n")
    cdktf.chmod(0o755)
    check = told(run(tmp_path, "doctor", "--json", PATH=f"{tmp_path}:{os.environ['PATH']}"))["CDKTF CLI"]
    assert (check["status"], check["version"], check["found"]) == ("ok", "0.21.0", str(cdktf))
