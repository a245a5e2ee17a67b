"""The commands of the example's page, in their order."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

EXAMPLE = Path(__file__).parents[2] / "examples" / "load_test"
COMMANDS = re.findall(r"^\$ (.+)$", (EXAMPLE / "README.md").read_text(), re.MULTILINE)


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # What they ask is answered here.
    answered = {"apply": "-auto-approve", "load-test": "--yes"}
    options = [option for word, option in answered.items() if word in command.split()]
    done = subprocess.run(
        [*command.split(), *options],
        cwd=folder,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_number_that_was_found_is_what_the_endpoint_scales_at(copy_of_example):
    project = copy_of_example("load_test")
    *commands, last = COMMANDS
    assert last.startswith("pytest")
    with Sandbox() as aws:
        aws.set_capacity("sentiment", requests_per_second=14, max_wait=timedelta(seconds=5))
        said = [run(command, project.directory, aws.environment) for command in commands]
        number = re.search(
            r'scale_on_invocations\("Load", max_requests_per_second=(\d+(?:\.\d+)?)\)', said[-1]
        )
        assert number, said[-1]
        # Not more than it can bear, and not much less, however busy the machine is.
        assert 10 <= float(number[1]) <= 15.5

        project.edit("float | None = None", f"float | None = {number[1]}")
        for command in commands[:3]:
            run(command, project.directory, aws.environment)
        scaling = aws.client("application-autoscaling", "eu-west-1")
        (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
        target = policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        assert target == float(number[1]) * 0.5 * 60


@pytest.mark.long
def test_the_test_of_the_capacity_passes(copy_of_example):
    project = copy_of_example("load_test")
    assert "1 passed" in run(
        f"{sys.executable} -m {COMMANDS[-1]} -q -p no:cacheprovider", project.directory, dict(os.environ)
    )
