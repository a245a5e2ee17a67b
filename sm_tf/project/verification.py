"""Whether AWS has what was applied: for Terraform, a deployment that was rolled back has succeeded."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.applied import AppliedEndpoint, initialize, read_applied
from sm_tf.project.aws_client import aws_client, clear_aws_errors
from sm_tf.project.endpoint_check import Check, Outcome, check_endpoint
from sm_tf.project.output import synthesize_in_place
from sm_tf.project.project import only, read_project
from sm_tf.project.tools import tools


@dataclass(frozen=True, kw_only=True)
class VerifiedEndpoint:
    """An endpoint that was applied, and what came out when it was compared with AWS."""

    applied: AppliedEndpoint
    checks: tuple[Check, ...]

    @property
    def verified(self) -> bool:
        """Whether AWS has it as it was applied."""
        return all(check.outcome != Outcome.DIFFERENT for check in self.checks)


@dataclass(frozen=True, kw_only=True)
class VerifiedStack:
    """The endpoints of a stack; `missing` are the constructs of those that were not applied."""

    stack: str
    endpoints: tuple[VerifiedEndpoint, ...]
    missing: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether all were applied, and AWS has them as they were."""
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

    Reads the state by the stacks' own backends and asks AWS with the user's own credentials; changes nothing
    in AWS. `names` are the stacks to verify, none means all; `endpoint_url` is an AWS API in place of AWS's
    own. `on_step` is told what begins, `on_output` what the program printed. Raises `ToolError` when the
    program fails, a stack has no state that can be read, or AWS cannot be asked.
    """
    read_project(directory)
    with tools() as found:
        on_step("synthesizing")
        stacks = only(synthesize_in_place(directory, on_output=on_output), names)
        applied = {}
        for stack in stacks:
            on_step(f"{stack.name}: terraform init")
            initialize(found, stack)
            on_step(f"{stack.name}: terraform show")
            applied[stack.name] = read_applied(found, stack)
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
    """Compare one endpoint with AWS; `folder` is that of its stack, for what there is to do.

    Raises `ToolError` when AWS cannot be asked, or the credentials are those of another account.
    """

    @cache
    def client(service: str) -> Any:
        return aws_client(service, region=applied.region, endpoint_url=endpoint_url)

    with clear_aws_errors():
        account = client("sts").get_caller_identity()["Account"]
        # In another account, everything would be missing.
        if account != applied.account:
            raise ToolError(
                f"Endpoint {applied.name} was applied in AWS account {applied.account}, and the credentials "
                f"are of {account}: name a profile of {applied.account} in AWS_PROFILE."
            )
        return VerifiedEndpoint(applied=applied, checks=tuple(check_endpoint(applied, folder, client)))
