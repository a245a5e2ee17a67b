"""The outputs of a module."""

from collections.abc import Mapping
from typing import Any

Output = dict[str, Any]
"""The arguments of an output's block."""

_KINDS = {
    "aws_sagemaker_endpoint": ("endpoint", ("name", "arn")),
    "aws_sagemaker_endpoint_configuration": ("config", ("name",)),
    "aws_sagemaker_model": ("model", ("name",)),
    "aws_iam_role": ("role", ("arn",)),
    "aws_ecr_repository": ("repository", ("repository_url",)),
    "aws_s3_bucket": ("bucket", ("arn",)),
    "aws_security_group": ("group", ("id",)),
    "aws_sns_topic": ("topic", ("arn",)),
}
_WORDS = {"arn": "ARN", "id": "ID", "name": "name", "repository_url": "URL"}
_SUBJECTS = {"config": "endpoint configuration", "group": "security group"}
_ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")


def outputs_of(declared: Mapping[str, Output], resources: Mapping[str, str]) -> dict[str, Output]:
    """Return the outputs of a module: those that the stack declares, and what callers need of its resources.

    `declared` has the names in the module, `resources` the types of the resources by their new addresses.
    """
    outputs = dict(declared)
    by_kind: dict[str, list[str]] = {}
    for address, type in resources.items():
        by_kind.setdefault(type, []).append(address)
    for type, (kind, attributes) in _KINDS.items():
        for address in by_kind.get(type, []):
            name = address.rpartition(".")[2]
            prefix = name if name.split("_")[-1] == kind else f"{name}_{kind}"
            subject = _SUBJECTS.get(kind, kind)
            told = "" if name == kind or len(by_kind[type]) == 1 else f" {name}"
            for attribute in attributes:
                short = attribute.removeprefix(f"{kind}_")
                outputs.setdefault(
                    f"{prefix}_{short}",
                    {
                        "description": f"The {_WORDS[attribute]} of the {subject}{told}.",
                        "value": f"${{{address}.{attribute}}}",
                    },
                )
    if alarms := [address for type in _ALARMS for address in by_kind.get(type, [])]:
        arns = {address.rpartition(".")[2]: f"${{{address}.arn}}" for address in sorted(alarms)}
        outputs.setdefault("alarm_arns", {"description": "The ARNs of the alarms, by name.", "value": arns})
    return dict(sorted(outputs.items()))
