import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.endpoint_comparison import Comparison, Outcome
from sm_tf.project.terraform_state import AppliedEndpoint
from sm_tf.project.verification import VerifiedEndpoint, VerifiedStack, verify, verify_endpoint
from sm_tf.sandbox.embedded_aws import ACCESS_KEY, ACCOUNT_ID, EmbeddedAws

ProjectFolder = Callable[..., Path]
DATA: dict[str, Any] = {"resource": {"terraform_data": {"a": {}}}}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedAws]:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, ACCESS_KEY)
    embedded = EmbeddedAws()
    yield embedded
    embedded.close()


def applied(account: str) -> AppliedEndpoint:
    return AppliedEndpoint(
        address="aws_sagemaker_endpoint.e",
        path=None,
        arn=f"arn:aws:sagemaker:eu-west-1:{account}:endpoint/e",
        name="e",
        config_name="c",
        variants=None,
        alarms=(),
    )


def test_the_credentials_are_those_of_the_endpoints_account(aws: EmbeddedAws) -> None:
    """In another account, every endpoint would be missing."""
    endpoint = verify_endpoint(applied(ACCOUNT_ID), "demo", endpoint_url=aws.endpoint_url)
    assert [comparison.found for comparison in endpoint.comparisons] == [
        f"does not exist in eu-west-1 of account {ACCOUNT_ID}"
    ]
    with pytest.raises(
        ToolError, match=rf"account 210987654321, .* belong to {ACCOUNT_ID}: name a profile of 2"
    ):
        verify_endpoint(applied("210987654321"), "demo", endpoint_url=aws.endpoint_url)


@pytest.mark.parametrize(
    ("outcomes", "verified"),
    [
        ([Outcome.OK, Outcome.NOTE], True),
        ([Outcome.OK, Outcome.DIFFERENT], False),
        ([], True),
    ],
)
def test_notes_are_no_differences(outcomes: list[Outcome], verified: bool) -> None:
    checks = tuple(Comparison(subject="status", outcome=outcome, found="") for outcome in outcomes)
    endpoint = VerifiedEndpoint(applied=applied(ACCOUNT_ID), comparisons=checks)
    assert VerifiedStack(stack="demo", endpoints=(endpoint,)).verified is verified


@pytest.mark.terraform
def test_every_stack_that_is_asked_for_has_to_be_applied(project_folder: ProjectFolder) -> None:
    folder = project_folder(first=(DATA, []), second=(DATA, []))
    steps: list[str] = []
    with pytest.raises(ToolError, match="Stack second has not been applied yet"):
        verify(folder, ["second"], on_step=steps.append)
    assert steps == ["synthesizing", "second: terraform init", "second: terraform show"]
    with pytest.raises(UsageError, match="No stack is named third: the program has first, second"):
        verify(folder, ["third"])


@pytest.mark.terraform
def test_a_backend_that_cannot_be_reached_is_told(project_folder: ProjectFolder) -> None:
    backend = {"backend": {"local": {"path": os.devnull + "/nowhere"}}}
    folder = project_folder(demo=({**DATA, "terraform": backend}, []))
    with pytest.raises(ToolError, match=r"(?s)Stack demo: .*nowhere"):
        verify(folder)
