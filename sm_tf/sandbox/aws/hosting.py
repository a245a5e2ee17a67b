"""What AWS refuses, or fails at, because of what image, AMI and instance type are."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sm_tf.aws.ecr_image import ECR_IMAGE
from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.aws.hosting import HostedContainer, findings, forbids_volume_size
from sm_tf.aws.images import ImageFacts, image_facts
from sm_tf.aws.registries import is_aws_account

Request = Mapping[str, Any]

IN_SANDBOX = re.compile(r"127\.0\.0\.1:\d+/(?P<repository>[^:@]+)")
"""An image in the sandbox's own registry, which holds those of its repositories."""


def check_images(model: Request, region: str) -> None:
    """Refuse images that SageMaker doesn't pull: those of another region, and those outside ECR."""
    for container in containers_of(model):
        image, access = container.get("Image"), (container.get("ImageConfig") or {})
        if not image or access.get("RepositoryAccessMode") == "Vpc":
            continue
        if IN_SANDBOX.match(image):
            continue
        found = ECR_IMAGE.fullmatch(image)
        if found is None:
            raise ValidationError(
                f'Using non-ECR image "{image}" without Vpc repository access mode is not supported.'
            )
        if found["region"] != region:
            raise ValidationError(
                f"Cross region ECR image pulls are not allowed. Image {image} is not in region {region}."
            )


def check_host(variant: Request) -> None:
    """Refuse a variant whose settings its instance type, or its kind, doesn't have."""
    name, instance_type = variant["VariantName"], variant.get("InstanceType")
    if instance_type and variant.get("VolumeSizeInGB") and forbids_volume_size(instance_type):
        raise ValidationError(
            f"VolumeSizeInGB of variant {name} is not supported for instance type {instance_type}."
        )
    scaling = variant.get("ManagedInstanceScaling") or {}
    if variant.get("ModelName") and scaling.get("Status") == "ENABLED":
        raise ValidationError(
            f"ManagedInstanceScaling of variant {name} is only supported for inference component endpoints."
        )


def failure_of(variant: Request, model: Request) -> EndpointFailure | None:
    """Why the containers of a variant can't run on its instances, None if nothing is known against it."""
    if not variant.get("InstanceType"):
        return None
    hosted = [
        HostedContainer(image=_facts_of(container), environment=container.get("Environment") or {})
        for container in containers_of(model)
    ]
    found = findings(variant["InstanceType"], variant.get("InferenceAmiVersion"), hosted)
    return next((finding.failure for finding in found if finding.failure), None)


def containers_of(model: Request) -> Iterator[Request]:
    """The containers of a model, one or several."""
    yield from [model["PrimaryContainer"]] if model.get("PrimaryContainer") else model.get("Containers") or []


def _facts_of(container: Request) -> ImageFacts:
    found = ECR_IMAGE.fullmatch(container.get("Image") or "")
    if found is None:
        return ImageFacts()
    return image_facts(found["repository"], found["tag"] or "", is_of_aws=is_aws_account(found["account"]))
