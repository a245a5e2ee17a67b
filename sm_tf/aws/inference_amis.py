"""AMIs of instances that host variants: which driver and CUDA they have, and what doesn't run on them."""

from dataclasses import dataclass

from sm_tf.aws.tables import table

NEWEST_GPU_AMI = "al2023-ami-sagemaker-inference-gpu-4-1"
"""The AMI with the newest NVIDIA driver."""

CUDA_12_AMI = "al2-ami-sagemaker-inference-gpu-3-1"
"""The AMI for images that are built on CUDA 12."""

FIRST_CUDA_WITHOUT_DEFAULT = 130
"""No default AMI has a driver for CUDA 13.0 or newer, written as in tags."""


@dataclass(frozen=True, kw_only=True)
class AmiFacts:
    """The facts of an AMI. CUDA is written as in tags: 130 is 13.0.

    `broken_from_cuda` is the lowest CUDA of images that don't start on it, `doubtful_cuda` the range where
    sources disagree, and `broken_images` has the CUDA with which a repository's images fail.
    """

    accelerator: str
    driver: int | None = None
    cuda: int | None = None
    broken_from_cuda: int | None = None
    doubtful_cuda: tuple[int, int] | None = None
    broken_images: tuple[tuple[str, int], ...] = ()
    families: frozenset[str] | None = None


def inference_amis() -> tuple[str, ...]:
    """The values of `inference_ami_version`."""
    return tuple(table("inference_amis")["amis"])


def ami_facts(ami: str) -> AmiFacts | None:
    """Return the facts of an AMI, None if the table lacks it."""
    found = table("inference_amis")["amis"].get(ami)
    if found is None:
        return None
    return AmiFacts(
        **{
            **found,
            "doubtful_cuda": tuple(found["doubtful_cuda"]) if "doubtful_cuda" in found else None,
            "broken_images": tuple(found.get("broken_images", {}).items()),
            "families": frozenset(found["families"]) if "families" in found else None,
        }
    )


def default_driver(family: str) -> int | None:
    """The NVIDIA driver of a family's default AMI, None where AWS doesn't say."""
    driver: int | None = table("inference_amis")["default_drivers"].get(family)
    return driver
