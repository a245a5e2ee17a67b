"""vCPUs and GPUs of SageMaker's instance types, which are EC2's with `ml.` before their names.

Source: DescribeInstanceTypes of Amazon EC2, and https://aws.amazon.com/ec2/instance-types/ for p2, p3, dl1
and p6e-gb200; read in November 2026.
"""

import re

_SIZE = re.compile(r"ml\.([a-z0-9-]+)\.(medium|large|(\d*)xlarge)")
_VCPUS_OF_SMALL_SIZES = {"medium": 1, "large": 2}
_VCPUS_PER_XLARGE = 4
_OTHER_VCPUS = {"ml.c4.8xlarge": 36, "ml.t2.medium": 2, "ml.t3.medium": 2}

_LARGE_SIZES_WITH_FOUR = {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8}
_LARGE_SIZES_WITH_TWO = {"12xlarge": 2, "24xlarge": 4, "48xlarge": 8}
# In these families, all other sizes have one GPU.
_GPUS_BY_FAMILY: dict[str, dict[str, int]] = {
    "g4dn": {"12xlarge": 4},
    "g5": _LARGE_SIZES_WITH_FOUR,
    "g6": _LARGE_SIZES_WITH_FOUR,
    "g6e": _LARGE_SIZES_WITH_FOUR,
    "g7": _LARGE_SIZES_WITH_TWO,
    "g7e": _LARGE_SIZES_WITH_TWO,
    "p2": {"8xlarge": 8, "16xlarge": 16},
    "p3": {"8xlarge": 4, "16xlarge": 8},
    "p4d": {"24xlarge": 8},
    "p4de": {"24xlarge": 8},
    "p5": {"48xlarge": 8},
    "p5e": {"48xlarge": 8},
    "p5en": {"48xlarge": 8},
    "p6-b200": {"48xlarge": 8},
    "p6-b300": {"48xlarge": 8},
    "p6e-gb200": {"36xlarge": 4},
}


def vcpus_of(instance_type: str) -> int | None:
    """The number of vCPUs of a type, by its size; None if its name does not show it."""
    size = _SIZE.fullmatch(instance_type)
    if size is None:
        return None
    by_size = _VCPUS_OF_SMALL_SIZES.get(size[2]) or int(size[3] or 1) * _VCPUS_PER_XLARGE
    return _OTHER_VCPUS.get(instance_type, by_size)


def gpus_of(instance_type: str) -> int | None:
    """The number of NVIDIA GPUs of a type; None for an unknown G or P type."""
    if re.match(r"ml\.[gp]\d", instance_type) is None:
        return 0
    size = _SIZE.fullmatch(instance_type)
    if size is None or size[1] not in _GPUS_BY_FAMILY:
        return None
    return _GPUS_BY_FAMILY[size[1]].get(size[2], 1)
