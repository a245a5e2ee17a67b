"""The whole life of the endpoint, in an AWS on this machine."""

from pathlib import Path

from sm_tf.sandbox import Sandbox

PROJECT = Path(__file__).parents[1]


def test_the_endpoint_serves_stays_as_it_is_and_goes(sagemaker_sandbox: Sandbox) -> None:
    (stack,) = sagemaker_sandbox.app(PROJECT)
    stack.apply()

    sagemaker = sagemaker_sandbox.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=stack.outputs()["endpoint_name"])
    assert endpoint["EndpointStatus"] == "InService"
    assert stack.plan().empty

    stack.destroy()
    assert sagemaker.list_endpoints()["Endpoints"] == []
