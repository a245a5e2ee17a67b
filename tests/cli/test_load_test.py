"""`sm-tf load-test` against endpoints of an AWS on this machine whose capacity is known."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_tf.sandbox.embedded_aws import ACCESS_KEY, EmbeddedAws, control

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NewEndpoint = Callable[..., str]
REGION = "eu-west-1"
QUICK = ("--step-seconds", "1", "--yes")
PAYLOAD = ("--payload", "payload.json")
# However slow this machine is.
PATIENT = ("--max-latency", "60000")
PROGRAM = str(Path(sys.executable).with_name("sm-tf"))


@pytest.fixture(scope="module")
def aws(execution_role: Callable[..., str]) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws()
    aws.client("sagemaker", REGION).create_model(
        ModelName="m",
        ExecutionRoleArn=execution_role(lambda service: aws.client(service, REGION)),
        PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"},
    )
    yield aws
    aws.close()


@pytest.fixture
def new_endpoint(aws: EmbeddedAws, request: pytest.FixtureRequest) -> NewEndpoint:
    """Makes an endpoint of the test's own: its variants, by what differs from one ml.m5.large, what each
    instance bears, and the rest of its configuration.
    """
    name = re.sub(r"[^a-z]+", "-", request.node.name.lower())[-60:].strip("-")

    def make(*variants: dict[str, Any], capacity: dict[str, float] | None = None, **config: Any) -> str:
        sagemaker = aws.client("sagemaker", REGION)
        plain = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        production = [
            {
                "VariantName": "main",
                "ModelName": "m",
                "InitialVariantWeight": 1.0,
                **({} if "ServerlessConfig" in variant else plain),
                **variant,
            }
            for variant in variants or [{}]
        ]
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=production, **config)
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        if capacity:
            control(aws.endpoint_url, "POST", "capacity", endpoint_name=name, **capacity)
        return name

    return make


@pytest.fixture
def environment(aws: EmbeddedAws) -> dict[str, str]:
    """Variables of a user who works with this AWS, and with no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where somebody has a payload."""
    (tmp_path / "payload.json").write_text('{"inputs": "fine"}')
    return tmp_path


@pytest.fixture
def load_test(folder: Path, environment: dict[str, str]) -> Run:
    """Runs `sm-tf load-test` with a payload and these arguments; the keywords are variables."""

    def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [PROGRAM, "load-test", *arguments, *(() if "--payload" in arguments else PAYLOAD)],
            cwd=folder,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_the_capacity_of_one_instance_is_found(load_test: Run, new_endpoint: NewEndpoint) -> None:
    """Two instances that serve 10 requests a second each refuse a part of 45, not of 20 or less."""
    endpoint = new_endpoint(
        {"InitialInstanceCount": 2},
        capacity={"requests_per_second": 10, "latency": 0.02, "max_wait": 1},
    )
    rising = ("--start-rate", "5", "--growth", "3", "--step-seconds", "2", *PATIENT, "--yes")
    done = load_test(endpoint, *rising)
    assert done.returncode == 0, done.stderr
    table, plot, verdict = done.stdout.split("\n\n")
    rows = [line.split() for line in table.splitlines()]
    assert rows[0] == ["rate", "achieved", "requests", "errors", *["p50", "ms", "p95", "ms", "p99", "ms"]]
    assert [row[0] for row in rows[1:]] == ["5.0", "15.0", "45.0"]
    assert [row[3] == "0" for row in rows[1:]] == [True, True, False]
    assert plot.count("█") >= 3
    reason, stayed, _, call = verdict.splitlines()
    assert re.match(
        r"At 45\.0 requests per second, \d+ of \d+ requests failed \(ServiceUnavailable 503: \d+\)", reason
    )
    achieved = rows[2][1]
    assert stayed.startswith(f"Variant main (2 instances) stayed within the limits at {achieved} requests")
    number = re.fullmatch(r'    scale_on_invocations\("Load", max_requests_per_second=(\d+\.\d+)\)', call)
    assert number
    assert float(number[1]) == pytest.approx(float(achieved) / 2, abs=0.1)


def test_answers_that_get_slow_end_it_too(load_test: Run, new_endpoint: NewEndpoint) -> None:
    endpoint = new_endpoint(capacity={"requests_per_second": 20, "max_wait": 60})
    slow = ("--start-rate", "10", "--growth", "10", "--step-seconds", "2", "--max-latency", "1500", "--yes")
    told = json.loads(load_test(endpoint, *slow, "--json").stdout)
    assert told["end"] == "latency"
    assert [step["rate"] for step in told["steps"]] == [10, 100]
    assert told["steps"][1]["p95_seconds"] > 1.5
    # No more responses come through than it can handle.
    assert told["steps"][1]["achieved_rate"] <= 21
    assert told["max_requests_per_second"] == pytest.approx(told["steps"][0]["achieved_rate"], rel=0.01)


def test_the_result_for_a_program(load_test: Run, new_endpoint: NewEndpoint) -> None:
    endpoint = new_endpoint({"InitialInstanceCount": 2})
    done = load_test(endpoint, *QUICK, *PATIENT, "--start-rate", "20", "--max-rate", "20", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (step,) = told.pop("steps")
    assert (step["rate"], step["requests"], step["errors"], step["unanswered"]) == (20, 20, {}, 0)
    assert 0 < step["p50_seconds"] <= step["p95_seconds"] <= step["p99_seconds"]
    assert told.pop("highest_rate") == step["achieved_rate"]
    assert told.pop("max_requests_per_second") == pytest.approx(step["achieved_rate"] / 2, rel=0.01)
    assert told.pop("text").startswith("The endpoint handled the highest rate of the test.\n")
    assert told == {
        "ok": True,
        "endpoint": endpoint,
        "account": "123456789012",
        "region": REGION,
        "variant": "main",
        "instances": 2,
        "max_concurrency": None,
        "end": "bounds",
    }


def test_the_target_is_named_before(
    load_test: Run, new_endpoint: NewEndpoint, environment: dict[str, str]
) -> None:
    endpoint = new_endpoint({"VariantName": "old"}, {"VariantName": "new", "InitialInstanceCount": 3})
    url = environment.pop("AWS_ENDPOINT_URL")
    options = ("--variant", "new", "--endpoint-url", url, "--start-rate", "2", "--growth", "2")
    done = load_test(endpoint, *options, "--max-rate", "4", *QUICK)
    assert done.stderr == (
        f"endpoint  {endpoint} (InService)\n"
        f"account   123456789012, {REGION}, at {url}\n"
        "variant   new (3 instances); no requests go to old (1 instance)\n"
        "payload   payload.json, 18 bytes of application/json\n"
        "sends     7 requests at most, in 2 s: 2 steps from 2.0 to 4.0 per second\n"
        "stops     when more than 1.0% fail or p95 latency is above 1,000 ms\n"
    )
    assert done.returncode == 0


def test_a_serverless_variant_has_no_number(load_test: Run, new_endpoint: NewEndpoint) -> None:
    """Two at a time, and each takes half a second: 4 a second."""
    serverless = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}}
    endpoint = new_endpoint(serverless, capacity={"latency": 0.5})
    done = load_test(endpoint, *QUICK, *PATIENT, "--start-rate", "1", "--growth", "20")
    assert done.returncode == 0, done.stderr
    assert "variant   main (serverless, 2 at a time)" in done.stderr
    assert re.search(
        r"At 20\.0 requests per second, \d+ of \d+ requests failed \(ThrottlingException 400", done.stdout
    )
    assert "of its 2 concurrent invocations on average.\nA serverless variant has no inst" in done.stdout


def test_an_endpoint_that_scales_meanwhile_has_no_number(
    start: Callable[..., Any],
    new_endpoint: NewEndpoint,
    aws: EmbeddedAws,
    folder: Path,
    environment: dict[str, str],
) -> None:
    endpoint = new_endpoint(capacity={"latency": 0.01})
    command = [PROGRAM, "load-test", endpoint, *PAYLOAD, *PATIENT, "--step-seconds", "2", "--yes"]
    process = start(*command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in process.stderr:
        if line.startswith("stops"):
            break
    aws.client("sagemaker", REGION).update_endpoint_weights_and_capacities(
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 2}],
    )
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "changed during the test: variant main had 1 instance and now has 2 instances." in said
    assert said.startswith("rate ")
    assert "scale_on_invocations" not in said


def test_ctrl_c_ends_with_the_table_so_far(
    terminal: Callable[..., Any], new_endpoint: NewEndpoint, folder: Path, environment: dict[str, str]
) -> None:
    options = (*PAYLOAD, *QUICK, *PATIENT)
    variables = {**environment, "TERM": "xterm"}
    shell = terminal("load-test", new_endpoint(), *options, cwd=folder, env=variables, stdout=subprocess.PIPE)
    # The bar is at the second step.
    shell.expect("1.2 requests per second")
    shell.process.send_signal(signal.SIGINT)
    shell.end()
    said = shell.process.stdout.read()
    assert shell.process.returncode == 130
    assert re.match(r"rate .*\n1\.0 .*\n\n", said)
    assert "The test was stopped.\nVariant main (1 instance) stayed within the limits at 1.0 req" in said


def test_ctrl_c_is_json_too(
    terminal: Callable[..., Any], new_endpoint: NewEndpoint, folder: Path, environment: dict[str, str]
) -> None:
    options = (*PAYLOAD, *PATIENT, "--step-seconds", "60", "--yes", "--json")
    variables = {**environment, "TERM": "xterm"}
    shell = terminal("load-test", new_endpoint(), *options, cwd=folder, env=variables, stdout=subprocess.PIPE)
    shell.expect("1.0 requests per second")
    shell.process.send_signal(signal.SIGINT)
    assert "Interrupted: no more requests are sent." in shell.end()
    assert shell.process.returncode == 130
    told = json.loads(shell.process.stdout.read())
    assert (told["ok"], told["end"], told["steps"]) == (False, "interrupted", [])
    assert told["error"]["problems"] == ["Interrupted: no more requests are sent."]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("y\n", 0, "scale_on_invocations"),
        ("n\n", 1, "Nothing was sent."),
        ("\x03", 130, "Interrupted: nothing was sent."),
    ],
)
def test_it_asks_before_it_sends(
    terminal: Callable[..., Any],
    new_endpoint: NewEndpoint,
    folder: Path,
    environment: dict[str, str],
    answer: str,
    code: int,
    said: str,
) -> None:
    options = (*PAYLOAD, *PATIENT, "--step-seconds", "0.5", "--start-rate", "4", "--max-rate", "4")
    variables = {**environment, "TERM": "dumb", "NO_COLOR": "1"}
    shell = terminal("load-test", new_endpoint(), *options, cwd=folder, env=variables)
    assert "sends     3 requests at most" in shell.expect("Send this traffic? [y/N]")
    if answer == "\x03":
        seen = shell.interrupt()
    else:
        shell.press(answer)
        seen = shell.end()
    assert shell.process.returncode == code, seen
    assert said in seen
    assert "Traceback" not in seen
    assert ("achieved" in seen) == (code == 0)


def test_where_nobody_can_be_asked_nothing_is_sent(load_test: Run, new_endpoint: NewEndpoint) -> None:
    done = load_test(new_endpoint())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("Confirmation needed, but this is not a terminal: pass --yes.\n")


def test_too_low_a_capacity_for_the_first_step_is_a_failure(
    load_test: Run, new_endpoint: NewEndpoint
) -> None:
    endpoint = new_endpoint(capacity={"requests_per_second": 1, "max_wait": 0})
    done = load_test(endpoint, *QUICK, "--start-rate", "20")
    # The request ahead has its turn, those after it do not.
    assert done.returncode == 1
    assert "Even the first step was outside the limits" in done.stdout


def test_wrong_targets_are_wrong_usage(load_test: Run, new_endpoint: NewEndpoint) -> None:
    output = {"S3OutputPath": "s3://results/"}
    queued = new_endpoint(AsyncInferenceConfig={"OutputConfig": output})
    for endpoint, options, said in (
        ("missing", (), "No endpoint is named missing in eu-west-1."),
        (queued, (), f"Endpoint {queued} is asynchronous: it reads its requests from S3"),
        (queued, ("--variant", "new"), f"Endpoint {queued} has no variant new; its variants are main."),
    ):
        done = load_test(endpoint, *options, *QUICK)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert said in done.stderr


def test_wrong_payloads_are_wrong_usage(load_test: Run, new_endpoint: NewEndpoint, folder: Path) -> None:
    endpoint = new_endpoint({"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}})
    (folder / "empty.json").touch()
    (folder / "large.csv").write_bytes(bytes(4 * 1024 * 1024 + 1))
    for name, said in (
        ("nowhere.json", "Payload nowhere.json cannot be read: No such file or directory."),
        ("empty.json", "Payload empty.json is empty"),
        ("large.csv", "The payload has 4,194,305 bytes; serverless endpoints accept at most 4 MB"),
    ):
        done = load_test(endpoint, "--payload", name, *QUICK)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert said in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-error-rate", "100"), "--max-error-rate 100 must be at least 0 and below 100."),
        (("--max-latency", "0"), "--max-latency 0 must be a number above 0."),
        (("--growth", "1"), "growth 1 must be a number above 1"),
        (("--max-requests", "5"), "The first step, 21 requests in 20 s, exceeds the bounds"),
    ],
)
def test_impossible_options_are_wrong_usage(load_test: Run, options: tuple[str, ...], said: str) -> None:
    done = load_test("demo", *options)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_missing_credentials_and_regions_are_said(load_test: Run) -> None:
    done = load_test("demo", *QUICK, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 1
    assert done.stderr.startswith("Unable to locate credentials: log in with")
    done = load_test("demo", *QUICK, AWS_REGION="")
    assert done.returncode == 1
    assert done.stderr.startswith("No AWS region is set")
    assert load_test("demo", *QUICK, "--region", REGION, AWS_REGION="").returncode == 2


def test_an_address_where_nobody_answers_is_said(load_test: Run) -> None:
    done = load_test("demo", *QUICK, "--endpoint-url", "http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1
    assert done.stderr.startswith("AWS cannot be reached")
    assert "Traceback" not in done.stderr
