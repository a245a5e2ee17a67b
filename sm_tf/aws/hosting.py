"""What joins image, AMI and instance type: which fit together, and how AWS answers where they don't.

Constructs and the embedded AWS both ask it. Errors are what AWS's pages or reports of real endpoints call
broken; what is doubtful is a warning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.aws.images import ImageFacts
from sm_tf.aws.inference_amis import (
    CUDA_12_AMI,
    FIRST_CUDA_WITHOUT_DEFAULT,
    NEWEST_GPU_AMI,
    AmiFacts,
    ami_facts,
    default_driver,
    inference_amis,
)
from sm_tf.aws.instance_types import InstanceFacts, facts_of, family_of, instance_types
from sm_tf.aws.tables import date_of


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that doesn't fit. AWS fails with `failure`; without one it is a warning."""

    problem: str
    failure: EndpointFailure | None = None


@dataclass(frozen=True, kw_only=True)
class HostedContainer:
    """A container as far as it is known: its image, the account of the image's registry unless it is AWS's,
    and its variables. None stands for what isn't known.
    """

    image: ImageFacts
    environment: Mapping[str, str] | None = None
    image_account: str | None = None


def needed_ami(instance_type: str, containers: Sequence[HostedContainer]) -> str | None:
    """Return the AMI that a variant needs, since the default one's driver is too old for an image; None if
    it needs none, or none is known to work.
    """
    ami = ami_facts(NEWEST_GPU_AMI)
    assert ami is not None
    cuda = max((each.image.cuda or 0 for each in containers), default=0)
    is_newer = FIRST_CUDA_WITHOUT_DEFAULT <= cuda < FIRST_CUDA_WITHOUT_DEFAULT + 10
    runs = ami.families is not None and family_of(instance_type) in ami.families
    return NEWEST_GPU_AMI if is_newer and runs else None


def findings(instance_type: str, ami: str | None, containers: Sequence[HostedContainer]) -> Iterator[Finding]:
    """Yield what doesn't fit in a variant on instances. `ami` is the one that is sent to AWS."""
    host = facts_of(instance_type)
    if host is None:
        yield Finding(
            problem=f"instance_type {instance_type!r} isn't in the table of {date_of('instance_types')}; "
            f"{_nearest(instance_type, instance_types())}"
        )
    if ami is not None:
        yield from _of_ami(instance_type, host, ami)
    for container in containers:
        image = container.image
        if host is not None:
            yield from _of_architecture(instance_type, host, image)
            yield from _of_accelerator(instance_type, host, image)
            yield from _of_parallelism(instance_type, host, container)
        if image.cuda is not None and (host is None or host.accelerator == "gpu"):
            yield from _of_cuda(instance_type, ami, image, image.cuda)


def forbids_volume_size(instance_type: str) -> bool:
    """Whether AWS refuses a volume size for the type, since its local NVMe storage is used.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-hosting.html
    """
    host = facts_of(instance_type)
    return host is not None and host.local_nvme


def _of_ami(instance_type: str, host: InstanceFacts | None, ami: str) -> Iterator[Finding]:
    facts = ami_facts(ami)
    if facts is None:
        yield Finding(
            problem=f"inference_ami_version {ami!r} isn't in the table of {date_of('inference_amis')}; "
            f"{_nearest(ami, inference_amis())}"
        )
        return
    if host is None:
        return
    if host.accelerator in ("gpu", "neuron") and host.accelerator != facts.accelerator:
        yield Finding(
            problem=f"inference_ami_version {ami!r} is for {_DEVICES[facts.accelerator]}, and "
            f"{instance_type} has {_DEVICES[host.accelerator]}; leave it out or pass one of "
            f"{', '.join(each for each in inference_amis() if _accelerator_of(each) == host.accelerator)}",
            failure=EndpointFailure.START,
        )
    elif host.accelerator != facts.accelerator:
        yield Finding(
            problem=f"inference_ami_version {ami!r} is for {_DEVICES[facts.accelerator]}, which "
            f"{instance_type} lacks; leave it out"
        )
    elif facts.families is not None and family_of(instance_type) not in facts.families:
        yield Finding(
            problem=f"inference_ami_version {ami!r} isn't known to run on {instance_type}; AWS's pages and "
            f"samples name {', '.join(sorted(facts.families))}"
        )


def _of_architecture(instance_type: str, host: InstanceFacts, image: ImageFacts) -> Iterator[Finding]:
    if image.architecture is not None and image.architecture != host.architecture:
        yield Finding(
            problem=f"{_named(image)} is built for {image.architecture}, and {instance_type} is "
            f"{host.architecture}, where the container ends with 'exec format error'; pass an image or an "
            f"instance type of the other architecture",
            failure=EndpointFailure.ARCHITECTURE,
        )


def _of_accelerator(instance_type: str, host: InstanceFacts, image: ImageFacts) -> Iterator[Finding]:
    if image.accelerator in (None, "cpu", host.accelerator):
        return
    needs = f"{_named(image)} is built for {_DEVICES[str(image.accelerator)]}"
    if host.accelerator in ("gpu", "neuron"):
        yield Finding(
            problem=f"{needs}, and {instance_type} has {_DEVICES[host.accelerator]}; pass an image or an "
            "instance type of the other kind",
            failure=EndpointFailure.PING,
        )
    else:
        yield Finding(problem=f"{needs}, which {instance_type} lacks; pass the CPU image or another type")


_DEVICES = {"gpu": "NVIDIA GPUs", "neuron": "AWS Neuron devices"}


def _of_cuda(instance_type: str, ami: str | None, image: ImageFacts, cuda: int) -> Iterator[Finding]:
    built = f"{_named(image)} is built on CUDA {_version(cuda)}"
    facts = ami_facts(ami) if ami else None
    if facts is not None and facts.accelerator == "gpu":
        yield from _of_cuda_and_ami(built, str(ami), facts, image, cuda)
    if ami is not None:
        return
    family = family_of(instance_type)
    driver = default_driver(family)
    if cuda >= FIRST_CUDA_WITHOUT_DEFAULT:
        if fix := needed_ami(instance_type, [HostedContainer(image=image)]):
            yield Finding(
                problem=f"{built}, and the default AMI of {family} has an older NVIDIA driver, so the "
                f"container doesn't start and leaves no log; pass inference_ami_version={fix!r}",
                failure=EndpointFailure.START,
            )
        elif driver is not None:
            yield Finding(
                problem=f"{built}, and no AMI is known with which it starts on {instance_type}, whose "
                f"default one has NVIDIA driver {driver}; pass another instance type, or an image on CUDA 12",
                failure=EndpointFailure.START,
            )
        else:
            yield Finding(
                problem=f"{built}, and it isn't known which AMI of {family} has a driver for it; if the "
                "container doesn't start, pass inference_ami_version= or another instance type"
            )
    elif cuda >= 123 and driver == 470:
        yield Finding(
            problem=f"{built}, and the default AMI of {family} has NVIDIA driver 470, which may be too old; "
            f"if the container doesn't start, pass inference_ami_version={CUDA_12_AMI!r}"
        )


def _of_cuda_and_ami(
    built: str, ami: str, facts: AmiFacts, image: ImageFacts, cuda: int
) -> Iterator[Finding]:
    fix = CUDA_12_AMI if cuda < FIRST_CUDA_WITHOUT_DEFAULT else NEWEST_GPU_AMI
    has = f"{built}, and inference_ami_version {ami!r} has NVIDIA driver {facts.driver} with CUDA "
    has += _version(facts.cuda or 0)
    is_too_new = facts.broken_from_cuda is not None and cuda >= facts.broken_from_cuda
    if is_too_new or (image.repository, cuda) in facts.broken_images:
        yield Finding(
            problem=f"{has}, where the container doesn't start and leaves no log; pass {fix!r}",
            failure=EndpointFailure.START,
        )
    elif facts.doubtful_cuda and facts.doubtful_cuda[0] <= cuda <= facts.doubtful_cuda[1]:
        yield Finding(problem=f"{has}, where such images may not start; {fix!r} is known to work")


DEGREE_VARIABLES = (
    "OPTION_TENSOR_PARALLEL_DEGREE",
    "TENSOR_PARALLEL_DEGREE",
    "SM_VLLM_TENSOR_PARALLEL_SIZE",
    "SM_SGLANG_TP",
    "SM_SGLANG_TP_SIZE",
    "SM_SGLANG_TENSOR_PARALLEL_SIZE",
    "SM_NUM_GPUS",
    "NUM_SHARD",
)
"""The variables that set the degree of tensor parallelism, in the images of DJL, vLLM, SGLang and TGI.

Sources: docs of deepjavalibrary/djl-serving and of aws/deep-learning-containers at e0ecedea, and the entry
point of huggingface/text-generation-inference; read in November 2026.
"""

_DEGREE_IS_ONE = {
    "vllm": "SM_VLLM_TENSOR_PARALLEL_SIZE",
    "huggingface-vllm": "SM_VLLM_TENSOR_PARALLEL_SIZE",
    "sglang": "SM_SGLANG_TP",
    "huggingface-pytorch-tgi-inference": "SM_NUM_GPUS",
}


def _of_parallelism(instance_type: str, host: InstanceFacts, container: HostedContainer) -> Iterator[Finding]:
    variables = container.environment
    if variables is None:
        return
    devices = host.neuron_cores if host.accelerator == "neuron" else host.accelerators
    for name in (name for name in DEGREE_VARIABLES if name in variables):
        degree = variables[name].strip()
        if degree.isdecimal() and int(degree) > max(devices, 1):
            kind = "Neuron cores" if host.accelerator == "neuron" else "GPUs"
            yield Finding(
                problem=f"environment[{name!r}] is {degree}, and {instance_type} has {devices} {kind}; the "
                "server ends at its start, so lower it or pass a larger type",
                failure=EndpointFailure.PING,
            )
    variable = _DEGREE_IS_ONE.get(container.image.repository or "")
    is_set = any("PARALLEL" in name or name in DEGREE_VARIABLES for name in variables)
    if host.accelerator == "gpu" and devices > 1 and variable and not is_set:
        yield Finding(
            problem=f"{_named(container.image)} uses one of the {devices} GPUs of {instance_type}; set "
            f"environment[{variable!r}] to {str(devices)!r} to use all"
        )


def _accelerator_of(ami: str) -> str | None:
    facts = ami_facts(ami)
    return facts.accelerator if facts else None


def _named(image: ImageFacts) -> str:
    return f"the image {image.repository!r}" if image.repository else "the image"


def _version(cuda: int) -> str:
    return f"{cuda // 10}.{cuda % 10}"


def _nearest(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}?" if near else "check its spelling"
