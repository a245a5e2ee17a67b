"""Checks SageMaker models, and describes them as they were created."""

from collections import Counter
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sm_tf.sandbox.aws.hosting import check_images

MEMBERS = (
    "ModelName",
    "ExecutionRoleArn",
    "PrimaryContainer",
    "Containers",
    "InferenceExecutionConfig",
    "VpcConfig",
    "EnableNetworkIsolation",
)


def check_model(request: dict[str, Any], region: str) -> None:
    """Refuse requests that CreateModel refuses in a region."""
    containers = request.get("Containers") or []
    primary = request.get("PrimaryContainer")
    if primary and containers:
        raise ValidationError("Cannot specify both PrimaryContainer and Containers.")
    if not primary and not containers:
        raise ValidationError("Either PrimaryContainer or Containers must be specified.")
    for container in [primary] if primary else containers:
        if not any(container.get(key) for key in ("Image", "ModelPackageName", "InferenceSpecificationName")):
            raise ValidationError("A container needs an Image or a ModelPackageName.")
        if container.get("ModelDataUrl") and container.get("ModelDataSource"):
            raise ValidationError("Cannot specify both ModelDataUrl and ModelDataSource.")
    check_images(request, region)
    hostnames = Counter(container.get("ContainerHostname") for container in containers)
    is_direct = (request.get("InferenceExecutionConfig") or {}).get("Mode") == "Direct"
    if is_direct and hostnames[None]:
        raise ValidationError("Every container needs a ContainerHostname for direct invocation.")
    if len(containers) > 1 and 0 < hostnames[None] < len(containers):
        raise ValidationError("Either every container or none has a ContainerHostname.")
    for hostname, times in hostnames.items():
        if hostname is not None and times > 1:
            raise ValidationError(f"ContainerHostname {hostname} is used {times} times.")


def described_model(request: dict[str, Any]) -> dict[str, Any]:
    """The parts of the request that DescribeModel returns, with AWS's defaults added."""
    primary = request.get("PrimaryContainer")
    for container in [primary] if primary else request["Containers"]:
        container.setdefault("Mode", "SingleModel")
    return {"EnableNetworkIsolation": False, **request}
