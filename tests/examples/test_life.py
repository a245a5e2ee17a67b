"""Every example lives its whole life in the sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted(path.parent.name for path in (Path(__file__).parents[2] / "examples").glob("*/cdktf.json"))


@pytest.mark.long
@pytest.mark.terraform
@pytest.mark.needs("podman", "docker-registry")
@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_applied_once_and_nothing_of_it_is_left(copy_of_example, example):
    project = copy_of_example(example)
    sm_tf = Path(sys.executable).with_name("sm-tf")
    done = subprocess.run(
        [sm_tf, "sandbox"], cwd=project.directory, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr
    assert " second plan  no changes" in done.stderr
    assert " destroyed, nothing left" in done.stderr
