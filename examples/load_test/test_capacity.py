"""The load test finds the capacity that the endpoint was given."""

import json
import subprocess
from datetime import timedelta

import pytest

from sm_tf.sandbox import Sandbox


def test_the_capacity_of_one_instance_is_found(sagemaker_sandbox: Sandbox) -> None:
    sagemaker_sandbox.stack(".").apply()
    sagemaker_sandbox.set_capacity(
        "sentiment", requests_per_second=20, latency=timedelta(milliseconds=30), max_wait=timedelta(seconds=5)
    )

    command = "sm-tf load-test sentiment --payload payload.json --start-rate 10 --step-seconds 3 --yes --json"
    environment = {**sagemaker_sandbox.environment, "AWS_REGION": sagemaker_sandbox.region}
    done = subprocess.run(command.split(), env=environment, stdout=subprocess.PIPE, check=True)

    found = json.loads(done.stdout)
    assert found["end"] == "latency"
    assert found["max_requests_per_second"] == pytest.approx(20, rel=0.25)
