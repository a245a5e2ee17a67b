"""Which image, AMI and instance type fit together."""

import pytest

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.aws.hosting import HostedContainer, findings, forbids_volume_size, needed_ami
from sm_tf.aws.images import ImageFacts
from sm_tf.aws.inference_amis import NEWEST_GPU_AMI

NONE = ImageFacts()
CUDA_13 = ImageFacts(repository="djl-inference", accelerator="gpu", cuda=130, architecture="x86_64")
CUDA_12 = ImageFacts(repository="vllm", accelerator="gpu", cuda=121, architecture="x86_64")
CPU = ImageFacts(repository="app", accelerator="cpu", architecture="x86_64")
ARM = ImageFacts(repository="app", architecture="arm64")
NEURON = ImageFacts(repository="app", accelerator="neuron")
GPU_2 = "al2-ami-sagemaker-inference-gpu-2"
NEURON_AMI = "al2-ami-sagemaker-inference-neuron-2"


def found(instance_type: str, image: ImageFacts = NONE, ami: str | None = None, **environment: str):
    container = HostedContainer(image=image, environment=environment)
    return [(finding.failure, finding.problem) for finding in findings(instance_type, ami, [container])]


@pytest.mark.parametrize(
    ("instance_type", "image", "ami"),
    [
        ("ml.m5.large", CPU, None),
        ("ml.m5.large", NONE, None),
        ("ml.m6g.large", ARM, None),
        ("ml.g5.2xlarge", CUDA_12, None),
        ("ml.g5.2xlarge", CUDA_13, NEWEST_GPU_AMI),
        ("ml.g5.2xlarge", CPU, None),
        ("ml.inf2.xlarge", NEURON, None),
        ("ml.inf2.xlarge", NEURON, NEURON_AMI),
    ],
)
def test_what_fits(instance_type: str, image: ImageFacts, ami: str | None) -> None:
    assert found(instance_type, image, ami) == []


@pytest.mark.parametrize(
    ("instance_type", "image", "ami", "failure", "told"),
    [
        (
            "ml.g5.2xlarge",
            CUDA_13,
            None,
            EndpointFailure.START,
            f"pass inference_ami_version='{NEWEST_GPU_AMI}'",
        ),
        ("ml.g5.2xlarge", CUDA_13, GPU_2, EndpointFailure.START, f"pass '{NEWEST_GPU_AMI}'"),
        (
            "ml.p3.2xlarge",
            CUDA_13,
            None,
            EndpointFailure.START,
            "pass another instance type, or an image on CUDA 12",
        ),
        ("ml.m5.large", ARM, None, EndpointFailure.ARCHITECTURE, "exec format error"),
        ("ml.m6g.large", CPU, None, EndpointFailure.ARCHITECTURE, "exec format error"),
        ("ml.g5.2xlarge", NEURON, None, EndpointFailure.PING, "is built for AWS Neuron devices"),
        ("ml.inf2.xlarge", CUDA_12, None, EndpointFailure.PING, "is built for NVIDIA GPUs"),
        ("ml.g5.2xlarge", NONE, NEURON_AMI, EndpointFailure.START, "is for AWS Neuron devices"),
        ("ml.inf2.xlarge", NONE, GPU_2, EndpointFailure.START, "is for NVIDIA GPUs"),
    ],
)
def test_what_is_broken(
    instance_type: str, image: ImageFacts, ami: str | None, failure: EndpointFailure, told: str
) -> None:
    ((why, problem),) = found(instance_type, image, ami)
    assert why == failure
    assert told in problem


@pytest.mark.parametrize(
    ("instance_type", "image", "ami", "told"),
    [
        ("ml.m5.large", CUDA_12, None, "which ml.m5.large lacks; pass the CPU image"),
        ("ml.m5.large", NONE, GPU_2, "which ml.m5.large lacks; leave it out"),
        ("ml.m5.larg", NONE, None, "did you mean 'ml.m5.large'?"),
        ("ml.g5.2xlarge", NONE, f"{GPU_2}-9", f"did you mean '{GPU_2}"),
        ("ml.g5.2xlarge", CUDA_12, NEWEST_GPU_AMI, "such images may not start"),
        ("ml.p3.2xlarge", NONE, NEWEST_GPU_AMI, "isn't known to run on ml.p3.2xlarge"),
    ],
)
def test_what_is_doubtful(instance_type: str, image: ImageFacts, ami: str | None, told: str) -> None:
    ((why, problem),) = found(instance_type, image, ami)
    assert why is None
    assert told in problem


@pytest.mark.parametrize(
    ("instance_type", "variables", "failure"),
    [
        ("ml.g5.12xlarge", {"SM_NUM_GPUS": "4"}, None),
        ("ml.g5.12xlarge", {"SM_NUM_GPUS": "8"}, EndpointFailure.PING),
        ("ml.g5.2xlarge", {"OPTION_TENSOR_PARALLEL_DEGREE": "2"}, EndpointFailure.PING),
        ("ml.g5.2xlarge", {"OPTION_TENSOR_PARALLEL_DEGREE": "max"}, None),
        ("ml.g5.2xlarge", {"SM_NUM_GPUS": "${var.gpus}"}, None),
        ("ml.inf2.48xlarge", {"OPTION_TENSOR_PARALLEL_DEGREE": "24"}, None),
        ("ml.inf2.48xlarge", {"OPTION_TENSOR_PARALLEL_DEGREE": "32"}, EndpointFailure.PING),
    ],
)
def test_the_degree_of_parallelism_is_at_most_the_number_of_devices(
    instance_type: str, variables: dict[str, str], failure: EndpointFailure | None
) -> None:
    failures = [why for why, _ in found(instance_type, NONE, **variables)]
    assert failures == ([failure] if failure else [])


def test_a_server_that_uses_one_of_several_gpus_is_told() -> None:
    ((why, problem),) = found("ml.g5.12xlarge", CUDA_12)
    assert why is None
    assert "set environment['SM_VLLM_TENSOR_PARALLEL_SIZE'] to '4'" in problem


@pytest.mark.parametrize(
    ("instance_type", "image", "ami"),
    [
        ("ml.g5.2xlarge", CUDA_13, NEWEST_GPU_AMI),
        ("ml.g5.2xlarge", CUDA_12, None),
        ("ml.m5.large", CUDA_13, None),
        ("ml.p3.2xlarge", CUDA_13, None),
        ("ml.unknown.large", CUDA_13, None),
    ],
)
def test_the_ami_that_an_image_needs(instance_type: str, image: ImageFacts, ami: str | None) -> None:
    assert needed_ami(instance_type, [HostedContainer(image=image)]) == ami


@pytest.mark.parametrize(
    ("instance_type", "forbids"),
    [("ml.g5.2xlarge", True), ("ml.m5d.large", True), ("ml.m5.large", False), ("ml.new.large", False)],
)
def test_local_storage_takes_no_volume(instance_type: str, forbids: bool) -> None:
    assert forbids_volume_size(instance_type) is forbids
