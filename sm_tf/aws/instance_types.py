"""What an instance type has: vCPUs, accelerators, architecture and storage."""

import re
from dataclasses import dataclass

from sm_tf.aws.tables import table


@dataclass(frozen=True, kw_only=True)
class InstanceFacts:
    """The facts of a type. `accelerator` is `gpu` (NVIDIA), `neuron` (Inferentia, Trainium) or `gaudi`;
    `neuron_cores` counts those of all its devices.
    """

    vcpus: int
    accelerator: str | None = None
    accelerators: int = 0
    accelerator_memory_gib: float = 0
    neuron_cores: int = 0
    architecture: str = "x86_64"
    local_nvme: bool = False


def instance_types() -> tuple[str, ...]:
    """The types that host production variants."""
    return tuple(table("instance_types")["types"])


def facts_of(instance_type: str) -> InstanceFacts | None:
    """Return what a type has, None if the table lacks it."""
    found = table("instance_types")["types"].get(instance_type)
    return InstanceFacts(**found) if found else None


def family_of(instance_type: str) -> str:
    """The family of a type, such as `g5` of `ml.g5.2xlarge`."""
    return instance_type.split(".")[1]


def vcpus_of(instance_type: str) -> int | None:
    """The number of vCPUs of a type, for an unknown one by its size; None if its name does not show it."""
    if facts := facts_of(instance_type):
        return facts.vcpus
    size = _SIZE.fullmatch(instance_type)
    if size is None:
        return None
    return _VCPUS_OF_SMALL_SIZES.get(size[1]) or int(size[2] or 1) * _VCPUS_PER_XLARGE


def gpus_of(instance_type: str) -> int | None:
    """The number of NVIDIA GPUs of a type; None for an unknown G or P type."""
    if facts := facts_of(instance_type):
        return facts.accelerators if facts.accelerator == "gpu" else 0
    return None if re.match(r"ml\.[gp]\d", instance_type) else 0


_SIZE = re.compile(r"ml\.[a-z0-9-]+\.(medium|large|(\d*)xlarge)")
_VCPUS_OF_SMALL_SIZES = {"medium": 1, "large": 2}
_VCPUS_PER_XLARGE = 4
