"""checkov finds nothing in the stacks of examples and templates that .checkov.yaml doesn't explain."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / ".checkov.yaml"
# It needs other versions of boto3 than the tests.
CHECKOV = "checkov>=3.3.30,<4"

pytestmark = [pytest.mark.long, pytest.mark.network]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each stack that is kept."""
    folder = tmp_path_factory.mktemp("stacks")
    for kept in sorted((ROOT / "tests" / "data" / "synthesized").glob("*.json")):
        (folder / kept.stem).mkdir()
        shutil.copy(kept, folder / kept.stem / "cdk.tf.json")
    return folder


@pytest.fixture(scope="module")
def checkov(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, in an environment of its own."""
    folder = tmp_path_factory.mktemp("checkov")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    install = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", CHECKOV]
    subprocess.run(install, check=True, timeout=600)
    return folder / "bin" / "checkov"


def found(checkov: Path, stacks: Path, *options: str | Path) -> tuple[int, set[str]]:
    """How many checks passed, and which failed."""
    done = subprocess.run(
        [checkov, "-d", stacks, "--framework", "terraform_json", "-o", "json", "--quiet", *options],
        cwd=stacks,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    failed = {check["check_id"] for check in told["results"]["failed_checks"]}
    assert (done.returncode, told["summary"]["parsing_errors"]) == (1 if failed else 0, 0), done.stderr
    return int(told["summary"]["passed"]), failed


def test_each_finding_is_explained_and_nothing_else_is_skipped(checkov: Path, stacks: Path) -> None:
    passed, failed = found(checkov, stacks, "--config-file", SETTINGS)
    assert failed == set()
    assert passed > 300
    skipped = set(re.findall(r"^  - (CKV\w+)$", SETTINGS.read_text(), re.MULTILINE))
    assert found(checkov, stacks)[1] == skipped
