import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.aws_client import aws_client, clear_aws_errors

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no AWS credentials."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def ask(**options: str) -> None:
    with clear_aws_errors():
        aws_client("sts", **options).get_caller_identity()


def test_missing_credentials_and_profiles_say_how_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolError, match=r"^Unable to locate credentials: log in with `aws configure` or"):
        ask(region="eu-west-1")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    with pytest.raises(ToolError, match=r"profile \(prod\) could not be found: log in"):
        ask(region="eu-west-1")


def test_half_of_the_credentials_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    with pytest.raises(ToolError, match=r"^The request to AWS failed: .* missing: AWS_SECRET_ACCESS_KEY"):
        ask(region="eu-west-1")


def test_a_missing_region_is_said() -> None:
    with pytest.raises(ToolError, match=r"^No AWS region is set: set AWS_REGION"):
        aws_client("sagemaker")


def test_the_region_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert aws_client("sagemaker").meta.region_name == "eu-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert aws_client("sagemaker").meta.region_name == "eu-west-1"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"region": "the moon"}, r"^Provided region_name 'the moon' doesn't match a supported format\.$"),
        ({"region": "eu-west-1", "endpoint_url": "localhost"}, r"^Invalid endpoint: localhost\.$"),
    ],
)
def test_impossible_regions_and_addresses_are_said(options: dict[str, str], said: str) -> None:
    with pytest.raises(ToolError, match=said):
        aws_client("sagemaker", **options)


def test_an_address_where_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the machine has a proxy, which isn't asked for loopback."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(ToolError, match=f'^AWS cannot be reached: .*"{NOBODY}/"$'):
        ask(region="eu-west-1", endpoint_url=NOBODY)


def test_a_missing_boto3_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sm_tf.project.aws_client.find_spec", lambda _: None)
    with pytest.raises(ToolError, match=r"needs boto3, .*pip install 'sm-tf\[aws\]'"):
        aws_client("sagemaker", region="eu-west-1")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredTokenException", r"^AWS does not accept the credentials: log in .*\nExpired.*: Details\.$"),
        ("AccessDeniedException", r"^The credentials do not allow DescribeEndpoint\.\nAccess.*: Details\.$"),
        ("403", r"^The credentials do not allow DescribeEndpoint\.\n403: Details\.$"),
        ("ThrottlingException", r"^AWS answers DescribeEndpoint with ThrottlingException: Details\.$"),
    ],
)
def test_what_aws_refuses_is_said(code: str, said: str) -> None:
    with pytest.raises(ToolError, match=said), clear_aws_errors():
        raise ClientError({"Error": {"Code": code, "Message": "Details."}}, "DescribeEndpoint")


def test_an_answer_without_a_code_has_its_status() -> None:
    with pytest.raises(ToolError, match=r"^AWS answers HeadObject with 502$"), clear_aws_errors():
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 502}}, "HeadObject")


def test_our_own_errors_go_through() -> None:
    with pytest.raises(UsageError, match="ours"), clear_aws_errors():
        raise UsageError("ours")
