"""A model: containers, and the execution role that they run under."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sm_tf.access.iam import PolicyStatement
from sm_tf.access.network import Connections, id_of
from sm_tf.access.policies import InlinePolicy, allow
from sm_tf.access.principal import Grantee, Principal
from sm_tf.access.provider_types import HasId
from sm_tf.aws.hosting import HostedContainer
from sm_tf.bindings.core import Annotations, Construct, TerraformProvider
from sm_tf.bindings.resources import Address, Call, Map, Resource, place_of
from sm_tf.bindings.tokens import as_list
from sm_tf.foundation.arn import SageMakerArn
from sm_tf.foundation.claimed_names import claim_name
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError, checking
from sm_tf.foundation.naming import (
    DRAWN_LENGTH,
    MAX_NAME,
    check_name,
    check_name_prefix,
    new_name,
    prefixed_name,
)
from sm_tf.foundation.struct import takes_fields_of
from sm_tf.foundation.tags import Tags
from sm_tf.model.container_definition import (
    ContainerDefinition,
    ContainerMode,
    RepositoryAccessMode,
    check_containers,
    hosted,
)
from sm_tf.model.container_rendering import RenderedContainer, bind_container
from sm_tf.model.execution_role import check_role, logs_and_metrics, make_role, network_interfaces
from sm_tf.model.model_network import check_network, make_security_group

if TYPE_CHECKING:
    from sm_tf.bindings.aws import SagemakerModel

_ADDITIONAL_MODEL_DATA_SINCE = (6, 25, 0)


class InferenceExecutionMode(StrEnum):
    """How a model's containers are invoked: one after the other, or each by its host name."""

    SERIAL = "Serial"
    DIRECT = "Direct"


class IModel(SmTfConstruct):
    """A model, created in this program or imported."""

    model_arn: str
    """The model's ARN."""
    model_name: str
    """The model's name."""
    known_region: str | None = None
    """The model's region if it is known at synth, otherwise None."""
    known_account: str | None = None
    """The model's account if it is known at synth, otherwise None."""

    def __init__(self, scope: Construct, id: str, provider: TerraformProvider | None = None) -> None:
        super().__init__(scope, id, provider)
        self._role: Principal | None = None
        self._awaited_policy: Resource | None = None
        self._connections: Connections | None = None

    @property
    def role(self) -> Principal | None:
        """The execution role, or None if the model was imported without one."""
        return self._role

    @property
    def unsupported_by_serverless(self) -> tuple[str, ...]:
        """The model's features that serverless variants don't support; empty for an imported model.

        Source:
        https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
        """
        return ()

    @property
    def is_multi_model(self) -> bool:
        """Whether a container hosts many models; False for an imported model, since that isn't known."""
        return False

    def _hosted_containers(self) -> tuple[HostedContainer, ...]:
        return ()

    @property
    def grant_principal(self) -> Principal | None:
        """The principal that receives the model's grants: its execution role."""
        return self._role

    @property
    def connections(self) -> Connections:
        """The model's security groups and their rules.

        Raises:
            InvalidPropsError: If the model isn't in a VPC or was imported without security groups.
        """
        if self._connections is None:
            problem = "the model has no VPC, so it has no connections to manage; pass vpc= and vpc_subnets="
            raise InvalidPropsError(self.path, [problem])
        return self._connections

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Add a statement to the execution role's policy. A statement that is already there isn't repeated.

        If the model was imported without a role, this only adds a warning at synth.
        """
        if self._role is None:
            actions = ", ".join(statement.actions)
            Annotations.of(self).add_warning(
                f"the model was imported without a role, so {actions} was not granted"
            )
        else:
            self._allow(self._role, statement)

    def _allow(self, role: Principal, statement: PolicyStatement) -> None:
        self._awaited_policy = allow(self.place, role, statement) or self._awaited_policy


def hosted_containers(model: IModel) -> tuple[HostedContainer, ...]:
    """Return a model's containers as far as they are known; none of an imported model."""
    return model._hosted_containers()


class Model(IModel):
    """A SageMaker model: one container, or an inference pipeline of up to 15.

    AWS can't change a model. If anything but its tags changes, Terraform creates a new model under a new
    name, switches its users over, and then destroys the old one. The default name therefore ends in eight
    random digits, which Terraform generates for each new model.

    Args:
        containers: The containers, in the order in which a pipeline invokes them. Add more with
            `add_container`.
        role: The execution role: the provider's `IamRole` or `DataAwsIamRole`, or an ARN. It gets one inline
            policy in each stack, with the permissions that the images and artifacts of all its models need;
            pass ImmutableRole to leave the role as it is. Defaults to a new role with least privilege: it may
            pull these images, read these artifacts, write the endpoints' logs and metrics and, in a VPC,
            manage network interfaces in these subnets.
        model_name: 1 to 63 letters, digits and hyphens. If you set a name, change it whenever the model
            changes; otherwise AWS refuses the new model ("Cannot create already existing model"). Defaults to
            the construct's path and eight random digits.
        name_prefix: The beginning of the default name, for accounts that demand one: 1 to 20 letters, digits
            and hyphens, such as `ml-`. Not together with `model_name`. Defaults to none.
        vpc: The VPC (resource, data source or id) that the containers connect to. Defaults to SageMaker's own
            network.
        vpc_subnets: 1 to 16 subnets (resources, data sources or ids) of `vpc`.
        security_groups: At most five security groups (resources, data sources or ids). Defaults to a new
            security group if `vpc` is given.
        allow_all_outbound: Whether the new security group allows all outbound traffic. Defaults to True.
        network_isolation: Whether to block all network access of the containers, S3 and other AWS services
            included. Defaults to False.
        inference_execution_mode: How a pipeline's containers are invoked. `DIRECT` needs a host name for each
            container. Defaults to `SERIAL`.
        confused_deputy_protection: Whether SageMaker may assume the new role on behalf of its own account
            only (`aws:SourceAccount` in the trust policy). Not together with `role`. Defaults to True.
        tags: Tags for the model and the resources that are created with it.
        provider: The AWS provider. Defaults to the provider of the parent construct, and without one to the
            stack's default provider.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html

    Raises:
        InvalidPropsError: If AWS would refuse the values. The error lists all problems.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[ContainerDefinition] | None = None,
        role: Grantee | None = None,
        model_name: str | None = None,
        name_prefix: str | None = None,
        vpc: HasId | str | None = None,
        vpc_subnets: Sequence[HasId | str] | None = None,
        security_groups: Sequence[HasId | str] | None = None,
        allow_all_outbound: bool | None = None,
        network_isolation: bool | None = None,
        inference_execution_mode: InferenceExecutionMode | None = None,
        confused_deputy_protection: bool | None = None,
        tags: Tags | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check.require(
                role is None or confused_deputy_protection is None,
                "confused_deputy_protection is given with role, which has its trust policy already; leave it "
                "out",
            )
            check_name(check, "model_name", model_name)
            check_name_prefix(check, name_prefix, "model_name", model_name)
            definitions = [*(containers or ())]
            is_direct = inference_execution_mode == InferenceExecutionMode.DIRECT
            check_containers(check, definitions, Environment(place), is_direct=is_direct)
            subnets = as_list(vpc_subnets or ())
            check_network(check, vpc, subnets, security_groups, allow_all_outbound)
            given_role = None if role is None else check_role(check, place, role)
        super().__init__(scope, id, provider)
        self._name = model_name or new_name(
            prefixed_name(self, name_prefix, limit=MAX_NAME - DRAWN_LENGTH - 1)
        )
        claim_name(self.place, "model", lambda: self._name, argument="model_name")
        self._network_isolation = network_isolation
        self._execution_mode = inference_execution_mode
        self._tags = Map(tags) if tags else None
        self._subnets = [id_of(subnet) for subnet in subnets]
        environment = Environment(self)
        self.known_region, self.known_account = environment.known_region, environment.known_account
        self._role = self._execution_role = given_role or make_role(
            self, tags, confused_deputy_protection=confused_deputy_protection is not False
        )
        if vpc is not None:
            outbound = allow_all_outbound is not False
            groups = security_groups or [
                make_security_group(self, vpc, allow_all_outbound=outbound, tags=tags)
            ]
            self._connections = Connections(self, groups)
        # Binding the containers tells which permissions they need; the policy is then made with all of them.
        self._statements: list[PolicyStatement] | None = []
        if role is None:
            self._statements += logs_and_metrics(environment)
            if self._connections:
                self._statements += network_interfaces(environment, self._subnets)
        self._definitions = definitions
        self._containers = [self._bind(container) for container in definitions]
        self._hosted = [hosted(container, environment) for container in definitions]
        statements, self._statements = self._statements, None
        self._own_policy = None
        if role is None:
            self._own_policy = InlinePolicy(self, "Policy", self._execution_role, statements)
            self._awaited_policy = self._own_policy.resource
        else:
            for statement in statements:
                self._allow(self._execution_role, statement)
        self._unchangeable = self._make_unchangeable()
        self._resource = Resource(
            self, "Resource", "aws_sagemaker_model", self._values, attributes=("arn", "name")
        )
        self.model_arn = self._resource["arn"]
        self.model_name = self._resource["name"]
        self._warn(check)

    @property
    def resource(self) -> "SagemakerModel":
        """The provider's resource."""
        resource: SagemakerModel = self._resource.object
        return resource

    @staticmethod
    def from_model_arn(
        scope: Construct, id: str, model_arn: str, *, provider: TerraformProvider | None = None
    ) -> IModel:
        """Import a model that is managed elsewhere, by its ARN.

        Raises:
            InvalidPropsError: If `model_arn` is not the ARN of a model.
        """
        return Model.from_model_attributes(scope, id, model_arn=model_arn, provider=provider)

    @staticmethod
    def from_model_name(
        scope: Construct, id: str, model_name: str, *, provider: TerraformProvider | None = None
    ) -> IModel:
        """Import a model that is managed elsewhere, by its name in the provider's region and account.

        Raises:
            InvalidPropsError: If SageMaker doesn't allow the name.
        """
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            check_name(check, "model_name", model_name)
        arn = SageMakerArn.in_environment_of(place, model_name, "model")
        return _ImportedModel(scope, id, arn, None, None, provider)

    @staticmethod
    def from_model_attributes(
        scope: Construct,
        id: str,
        *,
        model_arn: str,
        role: Grantee | None = None,
        security_groups: Sequence[HasId | str] | None = None,
        provider: TerraformProvider | None = None,
    ) -> IModel:
        """Import a model that is managed elsewhere, with its role and security groups.

        Raises:
            InvalidPropsError: If `model_arn` is not the ARN of a model, or `role` is not a principal.
        """
        place = place_of(scope).below(id, provider)
        arn = SageMakerArn.parse(place.path, model_arn, "model")
        with checking(place.path) as check:
            principal = None if role is None else check_role(check, place, role)
        return _ImportedModel(scope, id, arn, principal, security_groups, provider)

    @property
    def unsupported_by_serverless(self) -> tuple[str, ...]:
        """The model's features that serverless variants don't support."""
        containers = self._definitions
        features = {
            "a VPC": self._connections is not None,
            "network isolation": self._network_isolation is True,
            "an inference pipeline": len(containers) > 1,
            "a multi-model container": self.is_multi_model,
            "a private registry": any(
                container.repository_access_mode == RepositoryAccessMode.VPC for container in containers
            ),
        }
        return tuple(feature for feature, present in features.items() if present)

    @property
    def is_multi_model(self) -> bool:
        """Whether a container hosts many models."""
        return any(container.mode == ContainerMode.MULTI_MODEL for container in self._definitions)

    def _hosted_containers(self) -> tuple[HostedContainer, ...]:
        return tuple(self._hosted)

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Add a statement to the execution role's policy. A statement that is already there isn't repeated.

        The model is created after the policy.
        """
        if self._statements is not None:
            self._statements.append(statement)
        elif self._own_policy is not None:
            self._own_policy.add(statement)
        else:
            super().add_to_role_policy(statement)

    @takes_fields_of(ContainerDefinition)
    def add_container(self, container: ContainerDefinition) -> None:
        """Append a container, given as a ContainerDefinition or as its fields. Two or more form an inference
        pipeline.

        Raises:
            InvalidPropsError: If the container is invalid, there are more than 15, or its host name doesn't
            fit those of the others.
        """
        with checking(self.path) as check:
            self._check_containers(check, [*self._definitions, container])
        bound = self._bind(container)
        self._definitions.append(container)
        self._hosted.append(hosted(container, Environment(self)))
        self._containers.append(bound)
        self._warn(check)

    def _check_containers(self, check: Checks, containers: Sequence[ContainerDefinition]) -> None:
        is_direct = self._execution_mode == InferenceExecutionMode.DIRECT
        check_containers(check, containers, Environment(self), is_direct=is_direct)

    def _bind(self, container: ContainerDefinition) -> RenderedContainer:
        if container.additional_model_data:
            self.place.stack.require_provider(_ADDITIONAL_MODEL_DATA_SINCE)
        return bind_container(self, self, self.path, container)

    def _make_unchangeable(self) -> Resource | None:
        """Create what replaces the model when its network or execution mode changes: the provider would plan
        an update in place, and AWS updates no model.
        """
        if self._connections is None and self._execution_mode is None:
            return None

        def values() -> dict[str, Any]:
            network = {"subnets": self._subnets, "security_group_ids": self._group_ids}
            sets = {name: Call("join", ",", Call("sort", ids)) for name, ids in network.items() if ids}
            mode = {"inference_execution_mode": self._execution_mode} if self._execution_mode else {}
            return {"input": Map({**sets, **mode})}

        return Resource(self, "Unchangeable", "terraform_data", values)

    @property
    def _group_ids(self) -> list[str]:
        return list(self._connections.security_group_ids) if self._connections else []

    def _values(self) -> dict[str, Any]:
        groups = self._group_ids
        mode = self._execution_mode
        waits = [resource for container in self._containers for resource in container.depends_on]
        values: dict[str, Any] = {
            "name": self._name,
            "execution_role_arn": self._execution_role.arn,
            "enable_network_isolation": self._network_isolation,
            "inference_execution_config": {"mode": mode} if mode else None,
            "tags": self._tags,
            "depends_on": [*waits, self._awaited_policy] if self._awaited_policy else waits,
            "lifecycle": {
                "create_before_destroy": True,
                "ignore_changes": None if isinstance(self._name, str) else ["name"],
                "replace_triggered_by": [Address(self._unchangeable)] if self._unchangeable else None,
            },
        }
        blocks = [container.block for container in self._containers]
        if len(blocks) == 1:
            values["primary_container"] = blocks[0]
        elif blocks:
            values["container"] = blocks
        if groups:
            values["vpc_config"] = {"security_group_ids": groups, "subnets": self._subnets}
        return values

    def _check_at_synth(self, check: Checks) -> None:
        """Check the final state of the model."""
        self._check_containers(check, self._definitions)
        if self._own_policy and any(each.model_package_name for each in self._definitions):
            allowed = [action for each in self._own_policy for action in each.actions]
            if not any(action.startswith("ecr:") for action in allowed):
                check.warning(
                    "only AWS knows the image and the artifacts of a model package, so the role isn't "
                    "allowed to read them; unless the package is from AWS Marketplace, allow it with "
                    "add_to_role_policy, or pass role="
                )
        check.require(
            bool(self._definitions),
            "a model needs at least one container; pass containers= or call add_container",
        )
        check.require(
            self._execution_mode is None or len(self._definitions) != 1,
            "inference_execution_mode is given for one container; pass it only for an inference pipeline",
        )


class _ImportedModel(IModel):
    def __init__(
        self,
        scope: Construct,
        id: str,
        arn: SageMakerArn,
        role: Principal | None,
        security_groups: Sequence[HasId | str] | None,
        provider: TerraformProvider | None,
    ) -> None:
        super().__init__(scope, id, provider)
        self.model_arn = arn.arn
        self.model_name = arn.name
        self.known_region = arn.region
        self.known_account = arn.account
        self._role = role
        if security_groups:
            self._connections = Connections(self, security_groups)
