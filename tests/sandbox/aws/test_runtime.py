import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.control_token import TOKEN_FILE, TOKEN_HEADER
from sm_tf.sandbox.embedded_aws import EmbeddedAws, control

Configure = Callable[..., str]


@pytest.fixture
def runtime(client: Callable[[str], Any]) -> Any:
    return client("sagemaker-runtime")


@pytest.fixture
def serverless(sagemaker: Any, configure: Configure, name: str) -> str:
    """An endpoint that takes two requests at a time."""
    configure(name, {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}})
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return name


@pytest.fixture
def asynchronous(sagemaker: Any, client: Callable[[str], Any], configure: Configure, name: str) -> str:
    """An endpoint whose results go to a bucket of its name."""
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    output = {"S3OutputPath": f"s3://{name}/results/"}
    configure(name, AsyncInferenceConfig={"OutputConfig": output})
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return name


def test_an_endpoint_that_exists_answers_with_the_body(runtime: Any, endpoint: str) -> None:
    for body in (b'{"inputs": "a=b&c"}', b"\xff\xd8\x00"):
        answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType="image/jpeg")
        assert answer["Body"].read() == body
        assert answer["ContentType"] == "image/jpeg"
        assert answer["InvokedProductionVariant"] == "main"


def test_one_that_does_not_exist_is_refused(runtime: Any) -> None:
    with pytest.raises(ClientError, match=r"\(ValidationError\).* Endpoint missing of account \d+ not found"):
        runtime.invoke_endpoint(EndpointName="missing", Body=b"1")


def test_the_variant_is_the_one_that_is_named_or_chosen_by_weight(
    sagemaker: Any, runtime: Any, configure: Configure, name: str
) -> None:
    configure(
        name,
        {"VariantName": "some", "InitialVariantWeight": 0.0},
        {"VariantName": "all", "InitialVariantWeight": 1.0},
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    def invoked(**target: str) -> str:
        answer = runtime.invoke_endpoint(EndpointName=name, Body=b"1", **target)
        return str(answer["InvokedProductionVariant"])

    assert {invoked() for _ in range(8)} == {"all"}
    assert invoked(TargetVariant="some") == "some"
    with pytest.raises(ClientError, match=f"Variant none not found for endpoint {name}"):
        invoked(TargetVariant="none")


@pytest.mark.parametrize(("kind", "megabytes"), [("endpoint", 25), ("serverless", 4)])
def test_a_body_that_is_too_large_is_refused(
    runtime: Any, request: pytest.FixtureRequest, kind: str, megabytes: int
) -> None:
    endpoint = request.getfixturevalue(kind)
    body = b"x" * (megabytes * 1024 * 1024)
    assert runtime.invoke_endpoint(EndpointName=endpoint, Body=body)["Body"].read() == body
    with pytest.raises(ClientError, match="oversize body"):
        runtime.invoke_endpoint(EndpointName=endpoint, Body=body + b"x")


def test_results_that_were_handed_to_moto_are_answered(
    embedded_aws: EmbeddedAws, runtime: Any, endpoint: str
) -> None:
    result = {"Body": '{"label": "good"}', "ContentType": "application/json"}
    data = json.dumps({"region": "eu-west-1", "results": [result]}).encode()
    url = f"{embedded_aws.endpoint_url}/moto-api/static/sagemaker/endpoint-results"
    token = (embedded_aws.home / f"{TOKEN_FILE}{embedded_aws.port}").read_text()
    headers = {"Content-Type": "application/json", TOKEN_HEADER: token}
    urllib.request.urlopen(urllib.request.Request(url, data, headers)).close()
    answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=b"1")
    assert answer["Body"].read() == b'{"label": "good"}'
    assert answer["InvokedProductionVariant"] == "main"


def test_a_streamed_answer_is_the_body_too(runtime: Any, endpoint: str) -> None:
    answer = runtime.invoke_endpoint_with_response_stream(
        EndpointName=endpoint, Body=b"abc", ContentType="text/plain"
    )
    assert [part["PayloadPart"]["Bytes"] for part in answer["Body"]] == [b"abc"]
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/plain", "main")
    with pytest.raises(ClientError, match="Endpoint missing"):
        runtime.invoke_endpoint_with_response_stream(EndpointName="missing", Body=b"abc")


def test_an_asynchronous_endpoint_writes_to_its_bucket(
    client: Callable[[str], Any], runtime: Any, asynchronous: str
) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=asynchronous, Key="in.json", Body=b"[1]")
    asked = {"EndpointName": asynchronous, "InputLocation": f"s3://{asynchronous}/in.json"}
    answer = runtime.invoke_endpoint_async(**asked, InferenceId="mine")
    assert answer["InferenceId"] == "mine"
    start, key = answer["OutputLocation"].split(f"s3://{asynchronous}/")
    assert (start, key[:8]) == ("", "results/")
    assert s3.get_object(Bucket=asynchronous, Key=key)["Body"].read() == b"[1]"


def test_each_kind_of_endpoint_has_its_kind_of_invocation(
    runtime: Any, endpoint: str, configure: Configure, sagemaker: Any
) -> None:
    with pytest.raises(ClientError, match="is not asynchronous"):
        runtime.invoke_endpoint_async(EndpointName=endpoint, InputLocation="s3://some/input")
    output = {"S3OutputPath": "s3://some/results"}
    queued = configure(f"{endpoint}-q", AsyncInferenceConfig={"OutputConfig": output})
    sagemaker.create_endpoint(EndpointName=queued, EndpointConfigName=queued)
    with pytest.raises(ClientError, match="is asynchronous"):
        runtime.invoke_endpoint(EndpointName=queued, Body=b"1")


def test_invocations_are_not_among_the_writes(embedded_aws: EmbeddedAws, runtime: Any, endpoint: str) -> None:
    before = embedded_aws.calls()
    runtime.invoke_endpoint(EndpointName=endpoint, Body=b"1")
    assert embedded_aws.calls() == before


def statuses(runtime: Any, endpoint: str, count: int) -> list[int]:
    """How so many requests at the same time are answered."""

    def invoke(_: int) -> int:
        try:
            answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=b"1")
        except ClientError as error:
            answer = error.response
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(invoke, range(count)))


@pytest.mark.slow
def test_instances_bear_what_a_test_has_set(
    embedded_aws: EmbeddedAws, sagemaker: Any, runtime: Any, endpoint: str
) -> None:
    """One instance serves a request at once and the next after five seconds, two serve one in between."""
    load = {"requests_per_second": 0.2, "max_wait": 5.0}
    control(embedded_aws.endpoint_url, "POST", "capacity", endpoint_name=endpoint, **load)
    assert statuses(runtime, endpoint, 10) == [200] * 2 + [503] * 8
    count = {"VariantName": "main", "DesiredInstanceCount": 2}
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint, DesiredWeightsAndCapacities=[count]
    )
    control(embedded_aws.endpoint_url, "POST", "capacity", endpoint_name=endpoint, **load)
    assert statuses(runtime, endpoint, 10) == [200] * 3 + [503] * 7


@pytest.mark.slow
def test_a_serverless_variant_throttles_what_is_too_much_at_a_time(
    embedded_aws: EmbeddedAws, runtime: Any, serverless: str
) -> None:
    control(embedded_aws.endpoint_url, "POST", "capacity", endpoint_name=serverless, latency=5.0)
    started = time.monotonic()
    assert statuses(runtime, serverless, 5) == [200, 200, 400, 400, 400]
    assert time.monotonic() - started >= 5.0
