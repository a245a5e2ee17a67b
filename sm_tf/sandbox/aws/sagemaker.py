"""The SageMaker API for hosting: models, endpoint configurations, endpoints, their tags."""

import copy
import threading
from collections import deque
from dataclasses import asdict
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker import urls
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import (
    FakeEndpoint,
    FakeEndpointConfig,
    Model,
    SageMakerModelBackend,
    sagemaker_backends,
)
from moto.sagemaker.responses import SageMakerResponse

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.sandbox.aws import alarm_states, endpoint_configs, endpoints, models, permissions
from sm_tf.sandbox.aws.application_autoscaling import AutoScalingBackend
from sm_tf.sandbox.aws.extend import answer_with, store_in
from sm_tf.sandbox.aws.hosting import failure_of
from sm_tf.sandbox.aws.needs import Place
from sm_tf.sandbox.silent_failure import SilentFailure

Described = dict[str, Any]


class EndpointFailures:
    """The failures of the next creations of endpoints, in their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: deque[EndpointFailure] = deque()

    def ask_for(self, failure: str) -> None:
        """Let one more creation fail."""
        with self._lock:
            self._asked.append(EndpointFailure(failure))

    def next(self) -> EndpointFailure | None:
        """Return the failure of the creation that happens now, None if it succeeds."""
        with self._lock:
            return self._asked.popleft() if self._asked else None


class HostingBackend(SageMakerModelBackend):
    """Stores the requests beside moto's own objects, which lose parts of them."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.model_requests: dict[str, Described] = {}
        self.config_requests: dict[str, Described] = {}
        self.deployments: dict[str, Described | None] = {}

    @property
    def place(self) -> Place:
        """The account and region."""
        return Place(account=self.account_id, region=self.region_name)

    def silent_failures(self) -> list[SilentFailure]:
        """What AWS doesn't do, and doesn't tell, for the endpoints in service."""
        found: list[SilentFailure] = []
        for endpoint in self.endpoints.values():
            if endpoint.endpoint_status == "InService":
                config = self.config_requests[endpoint.endpoint_config_name]
                found += permissions.silent_failures(
                    endpoint.endpoint_name, config, self.model_requests, self.place
                )
        return found

    def arn(self, kind: str, name: str) -> str:
        """The ARN of the model, endpoint-config or endpoint of that name."""
        return f"arn:{self.partition}:sagemaker:{self.region_name}:{self.account_id}:{kind}/{name}"

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
        """An existing key gets the new value."""
        resource = self._get_resource_from_arn(arn)
        merged = {tag["Key"]: tag for tag in [*resource.tags, *tags]}
        resource.tags = list(merged.values())
        return list(resource.tags)

    def scaled_variants(self, endpoint_name: str) -> set[str]:
        """The variants of the endpoint that are registered as scalable targets."""
        prefix = f"endpoint/{endpoint_name}/variant/"
        targets = self._autoscaling().sagemaker_targets()
        return {
            target.resource_id.removeprefix(prefix)
            for target in targets
            if target.resource_id.startswith(prefix)
        }

    def delete_endpoint(self, endpoint_name: str) -> None:
        """Removes the scalable targets of its variants too."""
        super().delete_endpoint(endpoint_name)
        self.deployments.pop(endpoint_name, None)
        self._autoscaling().forget_endpoint(endpoint_name)

    def variant(self, endpoint_name: str, variant_name: str) -> Described | None:
        """The variant of the endpoint's configuration, None if there is none of these names."""
        endpoint = self.endpoints.get(endpoint_name)
        if endpoint is None:
            return None
        config = self.config_requests[endpoint.endpoint_config_name]
        return next((v for v in config["ProductionVariants"] if v["VariantName"] == variant_name), None)

    def firing_alarms(self) -> set[str]:
        """The names of the alarms that are in ALARM."""
        backend = cloudwatch_backends[self.account_id][self.region_name]
        alarm_states.refresh(backend)
        return {name for name, alarm in backend.alarms.items() if alarm.state_value == "ALARM"}

    def _autoscaling(self) -> AutoScalingBackend:
        backend = applicationautoscaling_backends[self.account_id][self.region_name]
        assert isinstance(backend, AutoScalingBackend)
        return backend


class HostingResponses(SageMakerResponse):
    """Answers as AWS does where moto does not."""

    failures: EndpointFailures

    @property
    def sagemaker_backend(self) -> HostingBackend:
        """The backend of the request's account and region."""
        backend = sagemaker_backends[self.current_account][self.region]
        assert isinstance(backend, HostingBackend)
        return backend

    def create_model(self) -> ActionResult:
        """CreateModel: refuses invalid requests and existing names."""
        backend, request = self.sagemaker_backend, self._request(models.MEMBERS)
        models.check_model(request, backend.region_name)
        name = request["ModelName"]
        self._refuse_existing(name in backend._models, "model", "model", name)
        permissions.check_model(request, backend.place, backend.arn("model", name))
        backend._models[name] = model = Model(  # type: ignore[abstract]
            account_id=backend.account_id,
            region_name=backend.region_name,
            model_name=name,
            execution_role_arn=request.get("ExecutionRoleArn", ""),
            primary_container=request.get("PrimaryContainer") or {},
            vpc_config=request.get("VpcConfig") or {},
            containers=request.get("Containers") or [],
            tags=self._get_param("Tags") or [],
        )
        backend.model_requests[name] = models.described_model(request)
        return ActionResult({"ModelArn": model.arn})

    def describe_model(self) -> ActionResult:
        """DescribeModel: the members of the request, and no more."""
        backend, name = self.sagemaker_backend, self._get_param("ModelName")
        model = backend.describe_model(name)
        return ActionResult(
            {**backend.model_requests[name], "ModelArn": model.arn, "CreationTime": model.creation_time}
        )

    def create_endpoint_config(self) -> ActionResult:
        """CreateEndpointConfig: refuses invalid requests, missing models and existing names."""
        backend, request = self.sagemaker_backend, self._request(endpoint_configs.MEMBERS)
        endpoint_configs.check_endpoint_config(request, backend._models, backend.arn("model", ""))
        name = request["EndpointConfigName"]
        self._refuse_existing(
            name in backend.endpoint_configs, "endpoint configuration", "endpoint-config", name
        )
        config = _EndpointConfig(  # type: ignore[abstract]
            account_id=backend.account_id,
            region_name=backend.region_name,
            endpoint_config_name=name,
            production_variants=request["ProductionVariants"],
            async_inference_config=request.get("AsyncInferenceConfig") or {},
            data_capture_config=request.get("DataCaptureConfig") or {},
            tags=self._get_param("Tags") or [],
            kms_key_id=request.get("KmsKeyId", ""),
        )
        backend.endpoint_configs[name] = config
        backend.config_requests[name] = endpoint_configs.described_endpoint_config(request)
        return ActionResult({"EndpointConfigArn": config.endpoint_config_arn})

    def describe_endpoint_config(self) -> ActionResult:
        """DescribeEndpointConfig: the members of the request, and no more."""
        backend, name = self.sagemaker_backend, self._get_param("EndpointConfigName")
        config = self._existing_config(name)
        return ActionResult(
            {
                **backend.config_requests[name],
                "EndpointConfigArn": config.endpoint_config_arn,
                "CreationTime": config.creation_time,
            }
        )

    def create_endpoint(self) -> ActionResult:
        """CreateEndpoint: in service at once, unless it was asked to fail."""
        backend = self.sagemaker_backend
        name, config_name = self._get_param("EndpointName"), self._get_param("EndpointConfigName")
        self._refuse_existing(name in backend.endpoints, "endpoint", "endpoint", name)
        self._existing_config(config_name)
        endpoint = FakeEndpoint(  # type: ignore[abstract]
            account_id=backend.account_id,
            region_name=backend.region_name,
            endpoint_name=name,
            endpoint_config_name=config_name,
            production_variants=[],
            data_capture_config={},
            tags=self._get_param("Tags") or [],
        )
        if reason := self._failure_reason(config_name):
            endpoint.endpoint_status = "Failed"
            endpoint.failure_reason = reason  # type: ignore[assignment]
        else:
            endpoint.production_variants = self._running_variants(config_name)
        backend.endpoints[name] = endpoint
        backend.deployments[name] = copy.deepcopy(self._get_param("DeploymentConfig"))
        return ActionResult({"EndpointArn": endpoint.arn})

    def describe_endpoint(self) -> ActionResult:
        """DescribeEndpoint, with the last deployment's settings."""
        backend, name = self.sagemaker_backend, self._get_param("EndpointName")
        backend.describe_endpoint(name)
        endpoint = backend.endpoints[name]
        described = {
            "EndpointName": name,
            "EndpointArn": endpoint.arn,
            "EndpointConfigName": endpoint.endpoint_config_name,
            "EndpointStatus": endpoint.endpoint_status,
            "CreationTime": endpoint.creation_time,
            "LastModifiedTime": endpoint.last_modified_time,
        }
        if endpoint.endpoint_status == "Failed":
            described["FailureReason"] = endpoint.failure_reason
        else:
            described["ProductionVariants"] = endpoint.production_variants
        if deployment := backend.deployments[name]:
            described["LastDeploymentConfig"] = deployment
        config = backend.config_requests[endpoint.endpoint_config_name]
        if asynchronous := config.get("AsyncInferenceConfig"):
            described["AsyncInferenceConfig"] = asynchronous
        return ActionResult(described)

    def update_endpoint(self) -> ActionResult:
        """UpdateEndpoint: capacities and weights are reset unless they are retained.

        If an alarm of the auto rollback is firing, everything stays as it was, and AWS reports no error.
        """
        backend = self.sagemaker_backend
        name, config_name = self._get_param("EndpointName"), self._get_param("EndpointConfigName")
        endpoint = self._changeable_endpoint(name)
        deployment = copy.deepcopy(self._get_param("DeploymentConfig"))
        if self._get_param("RetainDeploymentConfig"):
            deployment = backend.deployments[name]
        self._existing_config(config_name)
        # AWS also reads the configuration in use: without it, an update fails.
        self._existing_config(endpoint.endpoint_config_name)
        endpoints.check_update(
            backend.config_requests[endpoint.endpoint_config_name]["ProductionVariants"],
            backend.config_requests[config_name]["ProductionVariants"],
            backend.scaled_variants(name),
            deployment,
        )
        if endpoints.rollback_alarms(deployment) & backend.firing_alarms():
            return ActionResult({"EndpointArn": endpoint.arn})
        running = {variant["VariantName"]: variant for variant in endpoint.production_variants}
        endpoint.production_variants = self._running_variants(config_name)
        if self._get_param("RetainAllVariantProperties"):
            endpoint.production_variants = [
                running.get(variant["VariantName"], variant) for variant in endpoint.production_variants
            ]
        endpoint.endpoint_config_name = config_name
        endpoint.last_modified_time = utcnow()
        backend.deployments[name] = deployment
        return ActionResult({"EndpointArn": endpoint.arn})

    def update_endpoint_weights_and_capacities(self) -> ActionResult:
        """UpdateEndpointWeightsAndCapacities: scaling calls it too."""
        endpoint = self._changeable_endpoint(name := self._get_param("EndpointName"))
        variants = {variant["VariantName"]: variant for variant in endpoint.production_variants}
        for desired in self._get_param("DesiredWeightsAndCapacities"):
            variant = variants.get(desired["VariantName"])
            if variant is None:
                raise ValidationError(f"Could not find variant {desired['VariantName']} of endpoint {name}.")
            for member, parts in {
                "DesiredWeight": ("CurrentWeight", "DesiredWeight"),
                "DesiredInstanceCount": ("CurrentInstanceCount", "DesiredInstanceCount"),
            }.items():
                if desired.get(member) is not None:
                    variant.update(dict.fromkeys(parts, desired[member]))
        return ActionResult({"EndpointArn": endpoint.arn})

    def delete_endpoint(self) -> ActionResult:
        """DeleteEndpoint, and its scalable targets."""
        self.sagemaker_backend.delete_endpoint(self._get_param("EndpointName"))
        return EmptyResult()

    def _failure_reason(self, config_name: str) -> str | None:
        """Why the creation of an endpoint fails: as it was asked to, or since containers can't run there."""
        requests = self.sagemaker_backend.model_requests
        config = self.sagemaker_backend.config_requests[config_name]
        variants = [*config["ProductionVariants"], *(config.get("ShadowProductionVariants") or [])]
        if asked := self.failures.next():
            return asked.reason(variants[0]["VariantName"])
        for variant in variants:
            model = requests.get(variant.get("ModelName", ""), {})
            if failure := failure_of(variant, model):
                return failure.reason(variant["VariantName"])
            if reason := permissions.failure_reason(variant, model, self.sagemaker_backend.place):
                return reason
        return None

    def _request(self, members: tuple[str, ...]) -> Described:
        given = {member: self._get_param(member) for member in members}
        return {member: copy.deepcopy(value) for member, value in given.items() if value is not None}

    def _refuse_existing(self, exists: bool, words: str, kind: str, name: str) -> None:
        if exists:
            arn = self.sagemaker_backend.arn(kind, name)
            raise ValidationError(f'Cannot create already existing {words} "{arn}".')

    def _existing_config(self, name: str) -> FakeEndpointConfig:
        backend = self.sagemaker_backend
        if name not in backend.endpoint_configs:
            arn = backend.arn("endpoint-config", name)
            raise ValidationError(f'Could not find endpoint configuration "{arn}".')
        return backend.endpoint_configs[name]

    def _changeable_endpoint(self, name: str) -> FakeEndpoint:
        """Refuses a failed endpoint, which can only be deleted."""
        self.sagemaker_backend.describe_endpoint(name)
        endpoint = self.sagemaker_backend.endpoints[name]
        if endpoint.endpoint_status == "Failed":
            raise ValidationError(f"Cannot update endpoint {endpoint.arn}: its status is Failed. Delete it.")
        return endpoint

    def _running_variants(self, config_name: str) -> list[Described]:
        config = self.sagemaker_backend.config_requests[config_name]
        return [endpoints.running_variant(variant) for variant in config["ProductionVariants"]]


class _EndpointConfig(FakeEndpointConfig):
    def validate_production_variants(self, production_variants: list[dict[str, Any]]) -> None:
        """Does nothing: the variants were checked before, by the rules of AWS."""


def silent_failures() -> list[dict[str, str]]:
    """What AWS doesn't do, and doesn't tell, for the endpoints in service of all accounts and regions."""
    return [
        asdict(failure)
        for account in sagemaker_backends.values()
        for backend in account.values()
        if isinstance(backend, HostingBackend)
        for failure in backend.silent_failures()
    ]


def install(failures: EndpointFailures) -> None:
    """Replace moto's answers. `failures` has the creations of endpoints that fail."""
    # moto makes the objects of this class itself.
    HostingResponses.failures = failures
    store_in(sagemaker_backends, HostingBackend)
    answer_with(urls, HostingResponses)
