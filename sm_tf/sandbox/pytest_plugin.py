"""The fixture for pytest, registered when sm-tf is installed."""

from collections.abc import Iterator

import pytest

from sm_tf.sandbox.sandbox import Sandbox


@pytest.fixture
def sagemaker_sandbox() -> Iterator[Sandbox]:
    """An empty AWS of its own for the test; it and all that the test applied are gone afterwards.

        def test_endpoint(sagemaker_sandbox):
            stack = sagemaker_sandbox.stack("cdktf.out/stacks/demo")
            stack.apply()
            assert stack.plan().empty
            assert sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]

    Needs Terraform, or `pip install 'sm-tf[terraform]'`, and `pip install 'sm-tf[sandbox]'`. A plan takes
    about ten seconds whatever its size, so one test for the whole life of a stack is cheaper than many.
    """
    with Sandbox() as aws:
        yield aws
