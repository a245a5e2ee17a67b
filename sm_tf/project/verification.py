"""Compares the applied endpoints with AWS: for Terraform, a deployment that was rolled back has succeeded."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.aws_client import aws_client, clear_aws_errors
from sm_tf.project.endpoint_comparison import Comparison, Outcome, compare_endpoint
from sm_tf.project.outdir import synthesize_in_place
from sm_tf.project.project import read_project
from sm_tf.project.synthesis import only
from sm_tf.project.terraform_runner import terraform_runner
from sm_tf.project.terraform_state import AppliedEndpoint, initialize, read_applied


@dataclass(frozen=True, kw_only=True)
class VerifiedEndpoint:
    """An applied endpoint, and its comparisons with AWS."""

    applied: AppliedEndpoint
    comparisons: tuple[Comparison, ...]

    @property
    def verified(self) -> bool:
        """Whether AWS has the endpoint as it was applied."""
        return all(comparison.outcome != Outcome.DIFFERENT for comparison in self.comparisons)


@dataclass(frozen=True, kw_only=True)
class VerifiedStack:
    """The endpoints of a stack; `missing` has the constructs of endpoints that were not applied."""

    stack: str
    endpoints: tuple[VerifiedEndpoint, ...]
    missing: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether all endpoints were applied, and AWS has them as they were applied."""
        return not self.missing and all(endpoint.verified for endpoint in self.endpoints)


def verify(
    directory: Path,
    names: Collection[str] = (),
    *,
    endpoint_url: str | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[VerifiedStack]:
    """Synthesize the project in `directory` and compare the endpoints in its stacks' state with AWS.

    Uses the stacks' own backends and the user's own credentials, and changes nothing in AWS.

    Args:
        directory: the folder of the project.
        names: the stacks to verify. Defaults to all.
        endpoint_url: the address of another AWS API. Defaults to AWS's own.
        on_step: gets a text when a step begins.
        on_output: gets what the program printed.

    Raises:
        UsageError: there is no such project or stack.
        ToolError: the program failed, the state of a stack cannot be read, or AWS cannot be asked.
    """
    read_project(directory)
    with terraform_runner() as terraform:
        on_step("synthesizing")
        stacks = only(synthesize_in_place(directory, on_output=on_output), names)
        applied = {}
        for stack in stacks:
            on_step(f"{stack.name}: terraform init")
            initialize(terraform, stack)
            on_step(f"{stack.name}: terraform show")
            applied[stack.name] = read_applied(terraform, stack)
    verified = []
    for stack in stacks:
        endpoints = []
        for endpoint in applied[stack.name].endpoints:
            on_step(f"{stack.name}: asking AWS for {endpoint.name}")
            folder = os.path.relpath(stack.directory)
            endpoints.append(verify_endpoint(endpoint, folder, endpoint_url=endpoint_url))
        missing = applied[stack.name].missing
        verified.append(VerifiedStack(stack=stack.name, endpoints=tuple(endpoints), missing=missing))
    return verified


def verify_endpoint(
    applied: AppliedEndpoint, folder: str, *, endpoint_url: str | None = None
) -> VerifiedEndpoint:
    """Compare one endpoint with AWS; `folder` is its stack's, for commands that the user can run.

    Raises:
        ToolError: AWS cannot be asked, or the credentials belong to another account.
    """

    @cache
    def client(service: str) -> Any:
        return aws_client(service, region=applied.region, endpoint_url=endpoint_url)

    with clear_aws_errors():
        account = client("sts").get_caller_identity()["Account"]
        # In another account, every endpoint would be missing.
        if account != applied.account:
            raise ToolError(
                f"Endpoint {applied.name} was applied in AWS account {applied.account}, but the credentials "
                f"belong to {account}: name a profile of {applied.account} in AWS_PROFILE."
            )
        return VerifiedEndpoint(applied=applied, comparisons=tuple(compare_endpoint(applied, folder, client)))
