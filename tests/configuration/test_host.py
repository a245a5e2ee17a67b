"""What a variant's instances have, and what its containers and settings need."""

import pytest

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    EndpointConfig,
    InstanceProductionVariantProps,
    InvalidPropsError,
    ManagedInstanceScaling,
    ManagedInstanceScalingStatus,
    Model,
    ServerlessProductionVariantProps,
)

OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
CUDA_13 = ContainerImage.from_dlc("djl-inference", "0.36.0-lmi28.0.0-cu130")
NEWEST_AMI = "al2023-ami-sagemaker-inference-gpu-4-1"


@pytest.fixture
def configure(stack):
    def make(image=None, *, environment=None, **options):
        image = image or ContainerImage.from_image_uri(f"{OWN}/app:1")
        container = ContainerDefinition(image=image, environment=environment)
        model = Model(stack, "Model", containers=[container])
        props = InstanceProductionVariantProps(model=model, variant_name="main", **options)
        return EndpointConfig(stack, "Config", instance_production_variants=[props])

    return make


def warnings(config):
    return [entry.data for entry in config.node.metadata]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"instance_type": "ml.g5.2xlarge", "volume_size_in_gb": 256},
            "'ml.g5.2xlarge' has local NVMe storage",
        ),
        ({"instance_type": "ml.m5d.large", "volume_size_in_gb": 1}, "'ml.m5d.large' has local NVMe storage"),
        (
            {"managed_instance_scaling": ManagedInstanceScaling(min_instance_count=0, max_instance_count=2)},
            "is for inference components",
        ),
        ({"image": CUDA_13, "instance_type": "ml.p3.2xlarge"}, "built on CUDA 13.0"),
        (
            {
                "image": CUDA_13,
                "instance_type": "ml.g5.2xlarge",
                "inference_ami_version": "al2-ami-sagemaker-inference-gpu-2",
            },
            f"pass '{NEWEST_AMI}'",
        ),
        ({"image": ContainerImage.from_image_uri(f"{OWN}/app:1-arm64")}, "built for arm64"),
        (
            {"instance_type": "ml.g5.2xlarge", "environment": {"SM_NUM_GPUS": "4"}},
            "is 4, and ml.g5.2xlarge has 1 GPUs",
        ),
    ],
)
def test_what_aws_refuses_or_fails_at(configure, options, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        configure(**options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"instance_type": "ml.m5.larg"}, "did you mean 'ml.m5.large'?"),
        ({"image": ContainerImage.from_image_uri(f"{OWN}/app:1-gpu")}, "is built for NVIDIA GPUs, which"),
    ],
)
def test_what_is_doubtful_is_a_warning(configure, options, told) -> None:
    assert any(told in warning for warning in warnings(configure(**options)))


@pytest.mark.parametrize(
    "options",
    [
        {"instance_type": "ml.m5.large", "volume_size_in_gb": 256},
        {"instance_type": "${var.instance_type}", "volume_size_in_gb": 256},
        {"managed_instance_scaling": ManagedInstanceScaling(status=ManagedInstanceScalingStatus.DISABLED)},
        {"image": ContainerImage.from_image_uri("${var.image}"), "instance_type": "ml.g5.2xlarge"},
    ],
)
def test_what_fits_or_isnt_known_passes(configure, options) -> None:
    assert warnings(configure(**options)) == []


def test_the_ami_that_an_image_needs_is_set(configure, synth, stack) -> None:
    configure(CUDA_13, instance_type="ml.g5.2xlarge")
    content = synth(stack)
    (variant,) = content.only("aws_sagemaker_endpoint_configuration")["production_variants"]
    assert variant["inference_ami_version"] == NEWEST_AMI
    assert content.content["terraform"]["required_providers"]["aws"]["version"].startswith(">= 6.")


def test_serverless_capacity_is_x86_without_accelerators(stack) -> None:
    image = ContainerImage.from_image_uri(f"{OWN}/app:1-arm64")
    model = Model(stack, "Model", containers=[ContainerDefinition(image=image)])
    props = ServerlessProductionVariantProps(
        model=model, variant_name="main", max_concurrency=1, memory_size_in_mb=1024
    )
    with pytest.raises(InvalidPropsError, match="built for arm64, and serverless capacity is x86_64"):
        EndpointConfig(stack, "Config", serverless_production_variant=props)
