"""The Terraform override file that leads a stack to the embedded AWS.

The stack's own `cdk.tf.json` stays as it is: Terraform merges the override file over it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.project.version_constraint import allows
from sm_tf.sandbox.embedded_aws import ACCESS_KEY, ACCOUNT_ID
from sm_tf.sandbox.image_builds import skipped_builds

FILE = "zz_sandbox_override.tf.json"
STATE = "terraform.tfstate"

# The services whose endpoint is in the file; AWS_ENDPOINT_URL in Terraform's environment is for all others.
SERVICES = (
    "applicationautoscaling",
    "cloudwatch",
    "ec2",
    "ecr",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "s3",
    "sagemaker",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "sts",
)

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A version constraint that no provider on this machine satisfies, and the release to use instead."""

    asked: str
    used: str


def provider_pin(stack: Json, available: Collection[str]) -> Pin | None:
    """The pin to replace by the newest of the available versions; None if the stack's constraint can stay.

    Without available versions it stays, since the registry may have others.
    """
    asked = _required_aws(stack)[1].get("version")
    if not asked or not available or any(allows(asked, version) for version in available):
        return None
    return Pin(asked=asked, used=list(available)[-1])


def override(
    stack: Json, *, endpoint_url: str, pin: Pin | None, siblings: Mapping[str, str], skipped: list[str]
) -> Json:
    """The content of the override file of a stack.

    `siblings` has the state file of every other stack by the stack's name, for references between stacks.
    `skipped` has the image builds that are left out.
    """
    terraform: Json = {"backend": {"local": {"path": STATE}}}
    if pin:
        name, required = _required_aws(stack)
        terraform["required_providers"] = {name: {"source": "hashicorp/aws", **required, "version": pin.used}}
    result: Json = {"terraform": terraform}
    if _uses_aws(stack):
        name = _required_aws(stack)[0]
        providers = _blocks(stack.get("provider", {}).get(name)) or [{}]
        result["provider"] = {name: [_provider(given, endpoint_url) for given in providers]}
    if skipped:
        result["resource"] = skipped_builds(skipped)
    if states := _remote_states(stack, siblings):
        result["data"] = {"terraform_remote_state": states}
    return result


def _required_aws(stack: Json) -> tuple[str, Json]:
    """The local name of the AWS provider, and the stack's requirement."""
    for block in _blocks(stack.get("terraform")):
        for providers in _blocks(block.get("required_providers")):
            for name, required in providers.items():
                requirement = {"version": required} if isinstance(required, str) else dict(required)
                source = requirement.get("source", f"hashicorp/{name}")
                if source in ("aws", "hashicorp/aws", "registry.terraform.io/hashicorp/aws"):
                    return name, requirement
    return "aws", {}


def _uses_aws(stack: Json) -> bool:
    name, required = _required_aws(stack)
    types = [kind for part in ("resource", "data") for kind in stack.get(part, {})]
    # Modules may use it without naming it here.
    return bool(
        required
        or name in stack.get("provider", {})
        or "module" in stack
        or any(kind.startswith("aws_") for kind in types)
    )


def _provider(given: Json, endpoint_url: str) -> Json:
    """A provider block for the embedded AWS, without the credentials and accounts of the given one."""
    block: Json = {
        "access_key": ACCESS_KEY,
        "secret_key": ACCESS_KEY,
        "token": None,
        "profile": None,
        "skip_credentials_validation": True,
        "skip_metadata_api_check": "true",
        "skip_region_validation": True,
        "s3_use_path_style": True,
        # One more attempt, for a connection that breaks; the AWS itself would answer in the same way.
        "max_retries": 2,
        "endpoints": [dict.fromkeys(SERVICES, endpoint_url)],
    }
    if "alias" in given:
        block["alias"] = given["alias"]
    if "allowed_account_ids" in given:
        block["allowed_account_ids"] = [ACCOUNT_ID]
    for files in ("shared_config_files", "shared_credentials_files"):
        if files in given:
            block[files] = []
    return block


def _remote_states(stack: Json, siblings: Mapping[str, str]) -> Json:
    """The remote states of the program's other stacks, at their places in the sandbox."""
    states: Json = {}
    for name in stack.get("data", {}).get("terraform_remote_state", {}):
        sibling = max((s for s in siblings if name.endswith(f"-{s}") or name == s), key=len, default=None)
        if sibling:
            local = {"path": siblings[sibling]}
            states[name] = {"backend": "local", "config": local, "workspace": "default"}
    return states


def _blocks(value: Any) -> list[Json]:
    """Blocks may stand alone or in a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
