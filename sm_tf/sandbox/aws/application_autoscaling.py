"""Application Auto Scaling for SageMaker: every dimension, tags, and targets that go with their endpoint."""

import enum
import json
from typing import Any, Protocol, runtime_checkable

import moto.applicationautoscaling.models as models
import moto.applicationautoscaling.responses as responses
from moto.applicationautoscaling import urls
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.models import sagemaker_backends

from sm_tf.sandbox.aws.extend import answer_with, store_in

INSTANCE_COUNT = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COPY_COUNT = "sagemaker:inference-component:DesiredCopyCount"


@runtime_checkable
class Hosting(Protocol):
    """The backend that has the variants of endpoints."""

    def variant(self, endpoint_name: str, variant_name: str) -> dict[str, Any] | None:
        """The variant of the endpoint's configuration, None if there is none of these names."""


class ValidationError(JsonRESTError):
    """The request is not valid."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ObjectNotFoundError(JsonRESTError):
    """No such target, policy or action."""

    def __init__(self, message: str) -> None:
        super().__init__("ObjectNotFoundException", message)


def _target_words(namespace: str, resource_id: str, dimension: str) -> str:
    return f"service namespace: {namespace}, resource ID: {resource_id}, scalable dimension: {dimension}"


class AutoScalingBackend(models.ApplicationAutoscalingBackend):
    """Checks a target against its endpoint, and deletes policies and actions together with their target."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tags: dict[str, dict[str, str]] = {}

    def sagemaker_targets(self) -> list[models.FakeScalableTarget]:
        """The registered targets of the sagemaker namespace."""
        return self._flatten_scalable_targets("sagemaker")

    def forget_endpoint(self, endpoint_name: str) -> None:
        """Deregister the targets of the endpoint's variants."""
        for target in self.sagemaker_targets():
            if target.resource_id.startswith(f"endpoint/{endpoint_name}/variant/"):
                self.deregister_scalable_target("sagemaker", target.resource_id, target.scalable_dimension)

    def register_scalable_target(
        self,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        role_arn: str,
        suspended_state: str,
    ) -> models.FakeScalableTarget:
        """Refuses a missing variant, and a minimum above the maximum."""
        registered = self.targets.get(dimension, {}).get(r_id)
        low = min_capacity if min_capacity is not None else getattr(registered, "min_capacity", None)
        high = max_capacity if max_capacity is not None else getattr(registered, "max_capacity", None)
        if low is None or high is None:
            raise ValidationError("MinCapacity and MaxCapacity are required for a new scalable target.")
        if not 0 <= low <= high:
            raise ValidationError(f"MinCapacity {low} must be 0 or more and not above MaxCapacity {high}.")
        if namespace == "sagemaker" and dimension in (INSTANCE_COUNT, PROVISIONED_CONCURRENCY):
            self._check_variant(r_id, dimension)
        return super().register_scalable_target(
            namespace, r_id, dimension, min_capacity, max_capacity, role_arn, suspended_state
        )

    def deregister_scalable_target(self, namespace: str, r_id: str, dimension: str) -> None:
        """Deletes the target's policies and scheduled actions too."""
        self._registered_target(namespace, r_id, dimension)
        target = self.targets[dimension].pop(r_id)
        self.tags.pop(target.arn, None)
        for policy in list(self.policies.values()):
            if (policy.resource_id, policy.scalable_dimension) == (r_id, dimension):
                self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)
        self.scheduled_actions = [
            action
            for action in self.scheduled_actions
            if (action.resource_id, action.scalable_dimension) != (r_id, dimension)
        ]

    def put_scaling_policy(
        self,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> models.FakeApplicationAutoscalingPolicy:
        """Needs a registered target; an updated policy keeps its ARN."""
        self._registered_target(service_namespace, resource_id, scalable_dimension)
        key = models.FakeApplicationAutoscalingPolicy.formulate_key(
            service_namespace, resource_id, scalable_dimension, policy_name
        )
        if policy_type == "TargetTrackingScaling":
            self._check_tracked_once(key, resource_id, scalable_dimension, policy_body)
        old = self.policies.get(key)
        new = super().put_scaling_policy(
            policy_name, service_namespace, resource_id, scalable_dimension, policy_body, policy_type
        )
        if old:
            new.policy_arn = old.policy_arn
        return new

    def put_scheduled_action(
        self,
        service_namespace: str,
        schedule: str,
        timezone: str,
        scheduled_action_name: str,
        resource_id: str,
        scalable_dimension: str,
        start_time: str,
        end_time: str,
        scalable_target_action: str,
    ) -> None:
        """Needs a registered target."""
        self._registered_target(service_namespace, resource_id, scalable_dimension)
        super().put_scheduled_action(
            service_namespace,
            schedule,
            timezone,
            scheduled_action_name,
            resource_id,
            scalable_dimension,
            start_time,
            end_time,
            scalable_target_action,
        )

    def _registered_target(
        self, namespace: str, resource_id: str, dimension: str
    ) -> models.FakeScalableTarget:
        target = self.targets.get(dimension, {}).get(resource_id)
        if target is None:
            words = _target_words(namespace, resource_id, dimension)
            raise ObjectNotFoundError(f"No scalable target registered for {words}")
        return target

    def _check_variant(self, resource_id: str, dimension: str) -> None:
        match resource_id.split("/"):
            case ["endpoint", endpoint, "variant", name]:
                variant = self._hosting().variant(endpoint, name)
            case _:
                variant = None
        if variant is None:
            raise ValidationError(f"SageMaker endpoint variant does not exist: {resource_id}")
        serverless = variant.get("ServerlessConfig")
        if (dimension == PROVISIONED_CONCURRENCY) != bool(serverless):
            raise ValidationError(f"{dimension} does not apply to {resource_id}")
        if serverless and not serverless.get("ProvisionedConcurrency"):
            raise ValidationError(f"{resource_id} has no provisioned concurrency to scale")
        if str(variant.get("InstanceType")).startswith("ml.t2."):
            raise ValidationError(f"Instance type {variant['InstanceType']} does not support auto scaling")

    def _check_tracked_once(self, key: str, resource_id: str, dimension: str, body: dict[str, Any]) -> None:
        def metric(configuration: dict[str, Any] | None) -> Any:
            specifications = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
            return [(configuration or {}).get(specification) for specification in specifications]

        for other_key, policy in self.policies.items():
            if (
                other_key != key
                and (policy.resource_id, policy.scalable_dimension) == (resource_id, dimension)
                and policy.policy_type == "TargetTrackingScaling"
                and metric(policy.target_tracking_scaling_policy_configuration) == metric(body)
            ):
                raise ValidationError(
                    "Only one TargetTrackingScaling policy for a given metric specification is allowed."
                )

    def _hosting(self) -> Hosting:
        backend = sagemaker_backends[self.account_id][self.region_name]
        assert isinstance(backend, Hosting)
        return backend


class AutoScalingResponses(responses.ApplicationAutoScalingResponse):
    """Adds the tags of scalable targets."""

    @property
    def applicationautoscaling_backend(self) -> AutoScalingBackend:
        """The backend of the request's account and region."""
        backend = models.applicationautoscaling_backends[self.current_account][self.region]
        assert isinstance(backend, AutoScalingBackend)
        return backend

    def register_scalable_target(self) -> str:
        """RegisterScalableTarget, with tags."""
        answer = super().register_scalable_target()
        if tags := self._get_param("Tags"):
            self._tags(json.loads(answer)["ScalableTargetARN"]).update(tags)
        return answer

    def list_tags_for_resource(self) -> str:
        """ListTagsForResource."""
        return json.dumps({"Tags": self._tags(self._get_param("ResourceARN"))})

    def tag_resource(self) -> str:
        """TagResource."""
        self._tags(self._get_param("ResourceARN")).update(self._get_param("Tags"))
        return "{}"

    def untag_resource(self) -> str:
        """UntagResource."""
        for key in self._get_param("TagKeys"):
            self._tags(self._get_param("ResourceARN")).pop(key, None)
        return "{}"

    def _tags(self, arn: str) -> dict[str, str]:
        return self.applicationautoscaling_backend.tags.setdefault(arn, {})


def install() -> None:
    """Replace moto's answers, and let its checks accept the other SageMaker dimensions."""
    dimensions: dict[str, str] = {member.name: member.value for member in models.ScalableDimensionValueSet}
    dimensions["SAGEMAKER_VARIANT_DESIRED_PROVISIONED_CONCURRENCY"] = PROVISIONED_CONCURRENCY
    dimensions["SAGEMAKER_INFERENCE_COMPONENT_DESIRED_COPY_COUNT"] = COPY_COUNT
    every_dimension: Any = enum.Enum("ScalableDimensionValueSet", list(dimensions.items()))  # type: ignore[misc]
    vars(models)["ScalableDimensionValueSet"] = every_dimension
    vars(responses)["ScalableDimensionValueSet"] = every_dimension
    resource_type = models._get_resource_type_from_resource_id

    def resource_type_of(resource_id: str) -> str:
        if resource_id.startswith("inference-component/"):
            return "inference-component"
        return resource_type(resource_id)

    vars(models)["_get_resource_type_from_resource_id"] = resource_type_of
    store_in(models.applicationautoscaling_backends, AutoScalingBackend)
    answer_with(urls, AutoScalingResponses)
