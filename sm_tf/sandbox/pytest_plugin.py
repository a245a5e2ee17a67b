"""The pytest fixture that comes with sm-tf."""

from collections.abc import Iterator

import pytest

from sm_tf.sandbox.sandbox import Sandbox


@pytest.fixture
def sagemaker_sandbox() -> Iterator[Sandbox]:
    """An empty AWS for one test, which is removed afterwards with everything that the test applied.

        def test_endpoint(sagemaker_sandbox):
            stack = sagemaker_sandbox.stack("cdktf.out/stacks/demo")
            stack.apply()
            assert stack.plan().empty
            assert sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]

    Needs Terraform, or `pip install 'sm-tf[terraform]'`, and `pip install 'sm-tf[sandbox]'`. A plan takes
    about ten seconds whatever its size, so one test of a stack's whole life is faster than many.
    """
    with Sandbox() as aws:
        yield aws
