"""An endpoint: clients call it, and its production variants respond."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sm_tf.access.policies import grant
from sm_tf.access.principal import Grantee
from sm_tf.bindings.core import Annotations, Construct, TerraformProvider
from sm_tf.bindings.resources import Address, Map, Resource, place_of
from sm_tf.bindings.tokens import is_known
from sm_tf.configuration.deployment import (
    AlarmResource,
    Deployment,
    alarm_name,
    check_alarms,
    check_alarms_near,
)
from sm_tf.configuration.endpoint_config import EndpointConfig, IEndpointConfig
from sm_tf.configuration.production_variant import ProductionVariantProps, ServerlessProductionVariantProps
from sm_tf.foundation.arn import SageMakerArn
from sm_tf.foundation.claimed_names import claim_name
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError, checking
from sm_tf.foundation.location import check_account, note_account
from sm_tf.foundation.naming import MAX_NAME, check_name, check_name_prefix, prefixed_name
from sm_tf.foundation.tags import Tags

# Variants, metrics, alarms, scaling and dashboards are loaded only by programs that use them.
if TYPE_CHECKING:
    from sm_tf.autoscaling.scalable_target import ScalableTarget
    from sm_tf.bindings.aws import SagemakerEndpoint
    from sm_tf.cloudwatch.alarm_actions import AlarmAction
    from sm_tf.cloudwatch.base_alarm import IAlarm
    from sm_tf.cloudwatch.dashboard import Dashboard
    from sm_tf.endpoint.endpoint_variant import (
        EndpointAsyncProductionVariant,
        EndpointInstanceProductionVariant,
        EndpointMultiModelProductionVariant,
        EndpointProductionVariant,
        EndpointServerlessProductionVariant,
    )
    from sm_tf.operations.alarm_override import AlarmOverride
    from sm_tf.operations.alarm_spec import RecommendedAlarm
    from sm_tf.operations.alarm_thresholds import AlarmThresholds
    from sm_tf.operations.recommended_alarms import RecommendedAlarms

_INVOKE_ACTIONS = (
    "sagemaker:InvokeEndpoint",
    "sagemaker:InvokeEndpointAsync",
    "sagemaker:InvokeEndpointWithResponseStream",
)

# An alarm needs up to five minutes to detect a failure.
_DEFAULT_WATCH = timedelta(minutes=10)

Variant = TypeVar("Variant", bound="EndpointProductionVariant")


class IEndpoint(EndpointReference):
    """An endpoint, created in this program or imported."""

    def __init__(self, scope: Construct, id: str, provider: TerraformProvider | None = None) -> None:
        super().__init__(scope, id, provider)
        self._variants: dict[tuple[type[EndpointProductionVariant], str], EndpointProductionVariant] = {}
        self._scaling: dict[str, ScalableTarget] = {}

    def find_instance_production_variant(self, name: str) -> "EndpointInstanceProductionVariant":
        """Return the instance variant named `name`, the same object on every call. On an imported endpoint,
        every name is accepted.

        Raises:
            InvalidPropsError: If there is no such variant, or it is of another kind.
        """
        from sm_tf.endpoint.endpoint_variant import EndpointInstanceProductionVariant

        return self._find(EndpointInstanceProductionVariant, name)

    def find_multi_model_production_variant(self, name: str) -> "EndpointMultiModelProductionVariant":
        """Return the instance variant named `name` that hosts many models in one container.

        Raises:
            InvalidPropsError: If there is no such variant, or it is of another kind.
        """
        from sm_tf.endpoint.endpoint_variant import EndpointMultiModelProductionVariant

        return self._find(EndpointMultiModelProductionVariant, name)

    def find_async_production_variant(self, name: str) -> "EndpointAsyncProductionVariant":
        """Return the variant named `name` of an asynchronous endpoint.

        Raises:
            InvalidPropsError: If there is no such variant, or it is of another kind.
        """
        from sm_tf.endpoint.endpoint_variant import EndpointAsyncProductionVariant

        return self._find(EndpointAsyncProductionVariant, name)

    def find_serverless_production_variant(self, name: str) -> "EndpointServerlessProductionVariant":
        """Return the serverless variant named `name`.

        Raises:
            InvalidPropsError: If there is no such variant, or it is of another kind.
        """
        from sm_tf.endpoint.endpoint_variant import EndpointServerlessProductionVariant

        return self._find(EndpointServerlessProductionVariant, name)

    @property
    def production_variants(self) -> "tuple[EndpointProductionVariant, ...]":
        """The variants of every kind, in the configuration's order.

        Raises:
            InvalidPropsError: If the endpoint or its configuration is imported, so its variants aren't known.
        """
        problem = "the variants of an imported endpoint aren't known; find them by name and pass variants="
        raise InvalidPropsError(self.path, [problem])

    def add_recommended_alarms(
        self,
        *,
        topic: "AlarmAction | None" = None,
        critical_topic: "AlarmAction | None" = None,
        warning_topic: "AlarmAction | None" = None,
        thresholds: "AlarmThresholds | None" = None,
        overrides: "Mapping[RecommendedAlarm, AlarmOverride] | None" = None,
        variants: "Sequence[EndpointProductionVariant] | None" = None,
    ) -> "RecommendedAlarms":
        """Create the recommended alarms for each variant, chosen for its kind.

        - All kinds: errors and model latency.
        - On instances: SageMaker's overhead latency, CPU, memory and disk; GPUs if the type has any; all
          instances in use if the variant scales.
        - Asynchronous: requests that wait, fail or expire.
        - Serverless: concurrency, memory, and requests that exceed the provisioned concurrency.
        - Multi-model: requests whose model must be loaded first.

        The description and the tag `severity` of each alarm say whether it is critical or a warning. CPU and
        GPU alarms need a known instance type. Call this method once, after all calls that make variants
        scale.

        Args:
            topic: The SNS topic, or its ARN, that is notified when an alarm fires and when it is over.
                Defaults to no notification.
            critical_topic: The topic for critical alarms only, in place of `topic`.
            warning_topic: The topic for warnings only, in place of `topic`.
            thresholds: When the alarms fire, and which alarms to leave out; see AlarmThresholds.
            overrides: Changes to single alarms, such as
                `{RecommendedAlarm.CPU: AlarmOverride(threshold=95)}`. Defaults to none.
            variants: The variants to watch, from `find_…_production_variant`. Required if the endpoint or its
                configuration is imported. Defaults to all variants.

        Raises:
            InvalidPropsError: If the method was called before, `topic` is given together with the topic of a
            severity, an override is out of bounds or for an alarm that the variants don't have, a variant is
            not one of this endpoint, or the variants aren't known. The error lists all problems.
        """
        from sm_tf.operations.recommended_alarms import RecommendedAlarms

        return RecommendedAlarms(
            self,
            topic=topic,
            critical_topic=critical_topic,
            warning_topic=warning_topic,
            thresholds=thresholds,
            overrides=overrides,
            variants=variants,
            all_variants=lambda: self.production_variants,
        )

    def create_dashboard(
        self,
        id: str = "Dashboard",
        *,
        dashboard_name: str | None = None,
        alarms: "Sequence[IAlarm] | None" = None,
        variants: "Sequence[EndpointProductionVariant] | None" = None,
    ) -> "Dashboard":
        """Create a CloudWatch dashboard of the endpoint. It shows the traffic, latency, errors, saturation,
        scaling and cost drivers of each variant, together with the thresholds of alarms. An alarm on an
        expression of its own gets a graph next to the one that shows its metrics.

        The dashboard shows the variants, scaling and alarms that exist when the program is synthesized.

        Args:
            id: The construct's id. Defaults to `Dashboard`.
            dashboard_name: 1 to 255 letters, digits, hyphens and underscores. Defaults to the construct's
                path.
            alarms: The alarms to show. Defaults to the stack's alarms on the endpoint's metrics and their
                composite alarms, without the alarms created by scaling.
            variants: The variants to show, in this order. Required if the endpoint or its configuration is
                imported. Defaults to all variants.

        Raises:
            InvalidPropsError: If the name is malformed, or the variants aren't known.
        """
        from sm_tf.operations.endpoint_dashboard import EndpointDashboard

        return EndpointDashboard(
            self,
            id,
            endpoint=self,
            variants=variants,
            all_variants=lambda: self.production_variants,
            alarms=alarms,
            dashboard_name=dashboard_name,
        )

    def grant_invoke(self, grantee: Grantee) -> None:
        """Allow a role, user or group to invoke the endpoint: in real time, asynchronously, and with a
        streamed response.

        Args:
            grantee: The role, user or group (resource, data source or ARN), a Principal, or a model.

        Raises:
            InvalidPropsError: If `grantee` is anything else.
        """
        grant(self, grantee, _INVOKE_ACTIONS, self.endpoint_arn)

    def _find(self, kind: type[Variant], name: str) -> Variant:
        for other, known in self._variants:
            if known == name:
                self._require_kind(kind, other, name)
        return self._variant(kind, name, None, len(self._variants))

    def _require_kind(
        self, kind: type[Variant], actual: "type[EndpointProductionVariant]", name: str
    ) -> None:
        if kind is not actual:
            problem = f"variant {name!r} is {actual.kind}, not {kind.kind}; use {actual.finder}"
            raise InvalidPropsError(self.path, [problem])

    def _variant(
        self, kind: type[Variant], name: str, props: ProductionVariantProps | None, index: int
    ) -> Variant:
        found = self._variants.get((kind, name))
        if found is None:
            # A construct's id can't contain a token.
            id = name if is_known(name) else f"Variant{index}"
            found = self._variants[kind, name] = kind(self, name, props, id, self._scaling)
        assert isinstance(found, kind)
        return found


class Endpoint(IEndpoint):
    """A SageMaker endpoint.

    When the configuration changes, the endpoint keeps its name and is updated in place without downtime. Two
    changes require a new endpoint: AWS can't convert an endpoint between instances and serverless, and the
    AWS provider can't add rollback alarms to an endpoint that has none, or remove all of them. Terraform then
    destroys the endpoint and creates another one. To avoid the downtime, add a second Endpoint, move the
    callers to it, and remove the first.

    Args:
        endpoint_config: The configuration, created in this program or imported.
        endpoint_name: 1 to 63 letters, digits and hyphens. Defaults to the construct's path.
        name_prefix: The beginning of the default name, for accounts that demand one: 1 to 20 letters, digits
            and hyphens, such as `ml-`. Not together with `endpoint_name`. Another prefix needs another
            endpoint. Defaults to none.
        deployment: How the endpoint moves to a new configuration. Defaults to a blue/green deployment that
            shifts all traffic at once and has no baking period.
        deletion_protection: Whether Terraform refuses every plan that would destroy the endpoint, including
            its replacement (`prevent_destroy`). Defaults to False.
        tags: Tags for the endpoint.
        provider: The AWS provider, which must have the configuration's region. Scaling, recommended alarms
            and the dashboard inherit it. Defaults to the provider of the parent construct, and without one to
            the stack's default provider.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html

    Raises:
        InvalidPropsError: If the name is malformed, the configuration is in another region, or the variants
        don't support the deployment. The error lists all problems.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint_config: IEndpointConfig,
        endpoint_name: str | None = None,
        name_prefix: str | None = None,
        deployment: Deployment | None = None,
        deletion_protection: bool = False,
        tags: Tags | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        place = place_of(scope).below(id, provider)
        region = Environment(place).known_region
        self._config = endpoint_config
        self._deployment = deployment
        self._rollback_alarms: list[AlarmResource | str] = []
        with checking(place.path) as check:
            check_name(check, "endpoint_name", endpoint_name)
            check_name_prefix(check, name_prefix, "endpoint_name", endpoint_name)
            theirs = endpoint_config.known_region
            check.require(
                region is None or theirs is None or region == theirs,
                f"endpoint_config is in {theirs}, the endpoint in {region}; SageMaker needs both in one "
                "region",
            )
            check_account(check, place, "endpoint_config", endpoint_config.known_account)
            if deployment:
                check_alarms_near(check, place, deployment.rollback_alarms)
            self._check_at_synth(check)
        super().__init__(scope, id, provider)
        self._given_name = endpoint_name
        self._name_prefix = name_prefix
        self._deletion_protection = deletion_protection
        self._tags = Map(tags) if tags else None
        if deployment:
            self._rollback_alarms += deployment.rollback_alarms
        # AWS can't convert an endpoint with a fixed name to the other kind.
        self._kind = Resource(self, "Kind", "terraform_data", self._kind_values) if endpoint_name else None
        self._resource = Resource(
            self,
            "Resource",
            "aws_sagemaker_endpoint",
            self._values,
            attributes=("arn", "name"),
            inputs=("name",),
        )
        claim_name(self.place, "endpoint", self._name, argument="endpoint_name")
        self.endpoint_arn = self._resource["arn"]
        self.endpoint_name = self._resource["name"]
        self.literal_name = endpoint_name or self._resource.inputs["name"]
        self.replacement = Address(self._resource, "id")
        note_account(self.place, f"the endpoint_config of {self.path}", endpoint_config.known_account)
        self._warn_if_unwatched(self._rollback_alarms)

    @property
    def address(self) -> str:
        """The endpoint's Terraform address."""
        return f"aws_sagemaker_endpoint.{self.resource.friendly_unique_id}"

    @property
    def resource(self) -> "SagemakerEndpoint":
        """The provider's resource."""
        resource: SagemakerEndpoint = self._resource.object
        return resource

    @staticmethod
    def from_endpoint_arn(
        scope: Construct, id: str, endpoint_arn: str, *, provider: TerraformProvider | None = None
    ) -> IEndpoint:
        """Import an endpoint that is managed elsewhere, by its ARN.

        Raises:
            InvalidPropsError: If `endpoint_arn` is not the ARN of an endpoint.
        """
        arn = SageMakerArn.parse(place_of(scope).below(id).path, endpoint_arn, "endpoint")
        return _ImportedEndpoint(scope, id, arn, provider)

    @staticmethod
    def from_endpoint_name(
        scope: Construct, id: str, endpoint_name: str, *, provider: TerraformProvider | None = None
    ) -> IEndpoint:
        """Import an endpoint that is managed elsewhere, by its name in the provider's region and account.

        Raises:
            InvalidPropsError: If SageMaker doesn't allow the name.
        """
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check_name(check, "endpoint_name", endpoint_name)
        arn = SageMakerArn.in_environment_of(place, endpoint_name, "endpoint")
        return _ImportedEndpoint(scope, id, arn, provider)

    @staticmethod
    def from_endpoint_attributes(
        scope: Construct, id: str, *, endpoint_arn: str, provider: TerraformProvider | None = None
    ) -> IEndpoint:
        """Import an endpoint that is managed elsewhere. Equivalent to `from_endpoint_arn`."""
        return Endpoint.from_endpoint_arn(scope, id, endpoint_arn, provider=provider)

    @property
    def production_variants(self) -> "tuple[EndpointProductionVariant, ...]":
        """The variants of every kind, in the configuration's order.

        Raises:
            InvalidPropsError: If the configuration is imported, so its variants aren't known.
        """
        if not isinstance(self._config, EndpointConfig):
            problem = (
                "the variants of an imported endpoint configuration aren't known; find them by name, or "
                "create the EndpointConfig in this program"
            )
            raise InvalidPropsError(self.path, [problem])
        return tuple(
            self._variant(self._kind_of(props), props.variant_name, props, index)
            for index, props in enumerate(self._config.production_variants)
        )

    @property
    def instance_production_variants(self) -> "tuple[EndpointInstanceProductionVariant, ...]":
        """The real-time instance variants with a single model each, in the configuration's order. Empty if
        the endpoint is serverless or asynchronous.

        Raises:
            InvalidPropsError: If the configuration is imported, so its variants aren't known.
        """
        from sm_tf.endpoint.endpoint_variant import EndpointInstanceProductionVariant

        found = self.production_variants
        return tuple(variant for variant in found if isinstance(variant, EndpointInstanceProductionVariant))

    def add_recommended_alarms(
        self,
        *,
        topic: "AlarmAction | None" = None,
        critical_topic: "AlarmAction | None" = None,
        warning_topic: "AlarmAction | None" = None,
        thresholds: "AlarmThresholds | None" = None,
        overrides: "Mapping[RecommendedAlarm, AlarmOverride] | None" = None,
        variants: "Sequence[EndpointProductionVariant] | None" = None,
        rollback: bool = False,
    ) -> "RecommendedAlarms":
        """Create the recommended alarms for each variant; see `IEndpoint.add_recommended_alarms`.

        Args:
            topic: The SNS topic, or its ARN, that is notified when an alarm fires and when it is over.
                Defaults to no notification.
            critical_topic: The topic for critical alarms only, in place of `topic`.
            warning_topic: The topic for warnings only, in place of `topic`.
            thresholds: When the alarms fire, and which alarms to leave out; see AlarmThresholds.
            overrides: Changes to single alarms, such as
                `{RecommendedAlarm.CPU: AlarmOverride(threshold=95)}`. Defaults to none.
            variants: The variants to watch. Defaults to all variants.
            rollback: Whether the critical alarms also roll back a deployment. They detect a failure after
                about 6 minutes, so use a baking period (`wait_interval`) of at least 10. Defaults to False.

        Raises:
            InvalidPropsError: As for `IEndpoint.add_recommended_alarms`, or if there are more critical alarms
            than AWS allows for a rollback.
        """
        from sm_tf.operations.recommended_alarms import RecommendedAlarms

        alarms = RecommendedAlarms(
            self,
            topic=topic,
            critical_topic=critical_topic,
            warning_topic=warning_topic,
            thresholds=thresholds,
            overrides=overrides,
            variants=variants,
            all_variants=lambda: self.production_variants,
            other_rollback_alarms=len(self._rollback_alarms) if rollback else None,
        )
        if rollback:
            self.add_rollback_alarms(*alarms.critical)
        return alarms

    def add_rollback_alarms(self, *alarms: AlarmResource | str) -> None:
        """Add alarms that roll back a deployment to the old configuration when they fire.

        Args:
            alarms: Alarms, each as an Alarm, the provider's resource, or a name; at most 10 in total.
                SageMaker documents only metric alarms for this, not composite alarms.

        Raises:
            InvalidPropsError: If an argument is not an alarm, or there are too many.
        """
        names = [alarm_name(alarm) for alarm in self._rollback_alarms]
        with checking(self.path) as check:
            check_alarms(check, alarms)
            check_alarms_near(check, self.place, alarms)
        added = [alarm for alarm in alarms if alarm_name(alarm) not in names]
        with checking(self.path) as check:
            check_alarms(check, [*self._rollback_alarms, *added])
        if not self._rollback_alarms:
            self._warn_if_unwatched(added)
        self._rollback_alarms += added

    def grant_invoke(self, grantee: Grantee) -> None:
        """Allow a role, user or group to invoke the endpoint: in real time, asynchronously, and with a
        streamed response.

        On an asynchronous endpoint, it may also put requests below `s3_input_path` and read the responses.

        Args:
            grantee: The role, user or group (resource, data source or ARN), a Principal, or a model.

        Raises:
            InvalidPropsError: If `grantee` is anything else.
        """
        super().grant_invoke(grantee)
        if isinstance(self._config, EndpointConfig) and self._config.async_inference_config:
            self._config.async_inference_config.grant_caller(self, grantee)

    def _find(self, kind: type[Variant], name: str) -> Variant:
        if not isinstance(self._config, EndpointConfig):
            return super()._find(kind, name)
        for index, props in enumerate(self._config.production_variants):
            if props.variant_name == name:
                self._require_kind(kind, self._kind_of(props), name)
                return self._variant(kind, name, props, index)
        names = [variant.variant_name for variant in self._config.production_variants]
        raise InvalidPropsError(self.path, [f"there is no variant named {name!r}; the variants are {names}"])

    def _kind_of(self, props: ProductionVariantProps) -> "type[EndpointProductionVariant]":
        from sm_tf.endpoint import endpoint_variant

        assert isinstance(self._config, EndpointConfig)
        if isinstance(props, ServerlessProductionVariantProps):
            return endpoint_variant.EndpointServerlessProductionVariant
        if self._config.async_inference_config:
            return endpoint_variant.EndpointAsyncProductionVariant
        if props.model.is_multi_model:
            return endpoint_variant.EndpointMultiModelProductionVariant
        return endpoint_variant.EndpointInstanceProductionVariant

    def _kind_values(self) -> dict[str, Any]:
        return {"input": Map({"kind": self._kind_of_capacity()})}

    def _kind_of_capacity(self) -> str:
        is_serverless = isinstance(self._config, EndpointConfig) and self._config.is_serverless
        return "serverless" if is_serverless else "instances"

    def _name(self) -> str:
        if self._given_name:
            return self._given_name
        # Adding or removing either creates a new endpoint, which needs another name.
        suffix = "-serverless" if self._kind_of_capacity() == "serverless" else ""
        suffix += "-rollback" if self._rollback_alarms else ""
        return prefixed_name(self, self._name_prefix, limit=MAX_NAME, suffix=suffix)

    def _warn_if_unwatched(self, first_alarms: Sequence[AlarmResource | str]) -> None:
        if first_alarms and self._deployment and not self._deployment.has_baking_period:
            Annotations.of(self).add_warning(
                "the deployment has rollback alarms but no baking period; pass wait_interval="
            )

    def _check_at_synth(self, check: Checks) -> None:
        """Check that the final variants support the deployment."""
        if self._deployment and isinstance(self._config, EndpointConfig):
            self._deployment.check_variants(check, self._config.production_variants)

    def _values(self) -> dict[str, Any]:
        return {
            "name": self._name(),
            "endpoint_config_name": self._config.endpoint_config_name,
            "deployment_config": self._render_deployment(),
            "tags": self._tags,
            "lifecycle": self._lifecycle(),
        }

    def _lifecycle(self) -> dict[str, Any]:
        # A failed endpoint is in the way of one that is created before it is destroyed.
        return {
            "prevent_destroy": self._deletion_protection or None,
            "replace_triggered_by": [self._kind] if self._kind else None,
        }

    def _render_deployment(self) -> dict[str, Any] | None:
        deployment = self._deployment
        if deployment is None and self._rollback_alarms:
            deployment = Deployment.all_at_once(wait_interval=_DEFAULT_WATCH)
        if deployment is None:
            return None
        rendered = deployment.render()
        if self._rollback_alarms:
            alarms = [{"alarm_name": alarm_name(given)} for given in self._rollback_alarms]
            rendered["auto_rollback_configuration"] = {"alarms": alarms}
        return rendered


class _ImportedEndpoint(IEndpoint):
    def __init__(
        self, scope: Construct, id: str, arn: SageMakerArn, provider: TerraformProvider | None
    ) -> None:
        super().__init__(scope, id, provider)
        self.endpoint_arn = arn.arn
        self.endpoint_name = self.literal_name = arn.name
