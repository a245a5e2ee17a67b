"""Asks a model's execution role for what SageMaker does as it, and answers as AWS does."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.sandbox.aws.execution_role import ExecutionRole
from sm_tf.sandbox.aws.needs import (
    Need,
    Place,
    needs_of_data,
    needs_of_image,
    needs_of_network,
    silent_needs,
)
from sm_tf.sandbox.silent_failure import SilentFailure

Request = Mapping[str, Any]


def check_model(model: Request, place: Place, model_arn: str) -> None:
    """Refuse a model whose role SageMaker can't assume, or whose artifacts the role may not read."""
    arn = model.get("ExecutionRoleArn")
    if not arn:
        return
    role = ExecutionRole(arn, place.account, place.region)
    if not role.can_be_assumed(model_arn):
        raise ValidationError(
            f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
            "'sagemaker.amazonaws.com' to assume the role."
        )
    for uri, need in needs_of_data(model, place):
        if not _may(role, need):
            raise ValidationError(
                f'Could not access model data at {uri}. Please ensure that the role "{arn}" exists and that '
                'its trust relationship policy allows the action "sts:AssumeRole" for the service principal '
                '"sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and '
                f"that the object is located in {place.region}."
            )


def failure_reason(variant: Request, model: Request, place: Place) -> str | None:
    """Why a variant fails for want of a permission, None if its model's role has what it needs at once."""
    role = _role_of(model, place)
    if role is None:
        return None
    if _missing(role, needs_of_image(model, place)):
        return EndpointFailure.IMAGE.reason(variant["VariantName"])
    if missing := _missing(role, needs_of_network(model, place)):
        return (
            f"The execution role {role.arn} of the model for the production variant {variant['VariantName']} "
            f"is not authorized to perform {missing.action} on {missing.resource}."
        )
    return None


def silent_failures(
    endpoint: str, config: Request, models: Mapping[str, Request], place: Place
) -> list[SilentFailure]:
    """What AWS doesn't do for an endpoint for want of permissions, each once."""
    variants = [*config["ProductionVariants"], *(config.get("ShadowProductionVariants") or [])]
    found = [
        SilentFailure(
            endpoint=endpoint,
            variant=variant["VariantName"],
            lost=lost,
            role=role.arn,
            action=need.action,
            resource=need.resource,
        )
        for variant in variants
        if (role := _role_of(models.get(variant.get("ModelName", ""), {}), place))
        for lost, need in silent_needs(config, variant, place)
        if not _may(role, need)
    ]
    return list(dict.fromkeys(found))


def _role_of(model: Request, place: Place) -> ExecutionRole | None:
    arn = model.get("ExecutionRoleArn")
    return ExecutionRole(arn, place.account, place.region) if arn else None


def _missing(role: ExecutionRole, needs: Iterable[Need]) -> Need | None:
    return next((need for need in needs if not _may(role, need)), None)


def _may(role: ExecutionRole, need: Need) -> bool:
    return role.may(need.action, need.resource)
