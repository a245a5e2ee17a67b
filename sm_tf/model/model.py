"""A model: containers, and the role that they run under."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sm_tf.access.iam import InlinePolicy, PolicyStatement, Principal, PrincipalResource, policy_document
from sm_tf.access.network import MAX_SECURITY_GROUPS, Connections, HasId, Port, id_of
from sm_tf.artifacts.model_data import ModelDataConfig
from sm_tf.bindings.aws import IamRole, SagemakerModel, SecurityGroup, sagemaker_model
from sm_tf.bindings.core import Annotations, Construct, Fn, TerraformResourceLifecycle
from sm_tf.bindings.provider_version import accept_aws_provider
from sm_tf.bindings.tokens import (
    address,
    as_list,
    as_map,
    as_token,
    is_known,
    is_list_token,
    is_map_token,
    split_tokens,
)
from sm_tf.bindings.validation import validate_at_synth
from sm_tf.foundation.arn import SageMakerArn
from sm_tf.foundation.checks import check_choice
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, InvalidPropsError, checking
from sm_tf.foundation.naming import check_name, readable_name
from sm_tf.model.container_definition import (
    ContainerDefinition,
    ContainerMode,
    RepositoryAccessMode,
    as_container,
    check_containers,
)

_ADDITIONAL_MODEL_DATA_SINCE = (6, 25, 0)
_MAX_SUBNETS = 16


class InferenceExecutionMode(StrEnum):
    """How the containers of a model are called: one after the other, or each by its host name."""

    SERIAL = "Serial"
    DIRECT = "Direct"


class IModel(SmTfConstruct):
    """A model, made here or imported."""

    model_arn: str
    """The model's ARN."""
    model_name: str
    """The model's name."""
    known_region: str | None = None
    """The model's region, where it is known at synth."""
    known_account: str | None = None
    """The model's account, where it is known at synth."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._role: Principal | None = None
        self._policy: InlinePolicy | None = None
        self._connections: Connections | None = None

    @property
    def role(self) -> Principal | None:
        """The execution role; None where the model was imported without one."""
        return self._role

    @property
    def unsupported_by_serverless(self) -> tuple[str, ...]:
        """What of the model keeps it from a serverless variant; empty where that isn't known.

        Source:
        https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
        """
        return ()

    @property
    def is_multi_model(self) -> bool:
        """Whether a container loads many models; not known, and taken as no, where the model was imported."""
        return False

    @property
    def grant_principal(self) -> Principal | None:
        """Who gets what is granted to the model: its execution role."""
        return self._role

    @property
    def connections(self) -> Connections:
        """The model's security groups, and what they let through.

        Raises:
            InvalidPropsError: the model isn't in a VPC, or was imported without security groups.
        """
        if self._connections is None:
            problem = "there is no network access to manage: the model has no VPC; pass vpc= and vpc_subnets="
            raise InvalidPropsError(self.path, [problem])
        return self._connections

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Give the execution role a permission; a statement that it has already isn't added again.

        For a model that was imported without a role this only adds a warning to the synthesis.
        """
        if self._policy is None:
            actions = ", ".join(statement.actions)
            Annotations.of(self).add_warning(f"imported without a role, so nobody was granted {actions}")
            return
        self._policy.add(statement)

    def _use_role(self, role: Principal) -> InlinePolicy:
        self._role = role
        self._policy = InlinePolicy(self, "Policy", principal=role)
        return self._policy


class Model(IModel):
    """A SageMaker model: one container, or an inference pipeline of up to 15.

    AWS can't change a model. When anything but its tags changes, Terraform makes a new one under a new name,
    moves what uses it, and destroys the old one then. Therefore the default name ends in a hash of the
    model's content.

    Args:
        containers: in the order in which a pipeline calls them; more can follow with `add_container`.
        role: the execution role: the provider's `IamRole` or `DataAwsIamRole`, or an ARN. It gets an inline
            policy with what image and artifacts need. If absent, a role with least privilege is made: it may
            pull these images, read these artifacts, write the endpoints' logs and metrics and, in a VPC,
            manage network interfaces in these subnets.
        model_name: 1 to 63 letters, digits and hyphens. A fixed name serves for a first creation, but a later
            change of the model fails with "Cannot create already existing model" unless the name changes with
            it. If absent, the construct's path and a hash of the content.
        vpc: the VPC (resource, data source or id) that the containers reach the network through. If absent,
            SageMaker's own network.
        vpc_subnets: 1 to 16 subnets (resources, data sources or ids) of `vpc`.
        security_groups: at most five (resources, data sources or ids). If absent and there is a VPC, one is
            made.
        allow_all_outbound: whether the security group that is made lets everything out; it does if absent.
        network_isolation: whether the containers are cut off from every network, S3 and other AWS services
            included. They aren't if absent.
        inference_execution_mode: how a pipeline's containers are called; `SERIAL` if absent.
        tags: for the model and what is made with it.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html

    Raises:
        InvalidPropsError: values that AWS would refuse; all mistakes are listed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[ContainerDefinition] | None = None,
        role: PrincipalResource | str | None = None,
        model_name: str | None = None,
        vpc: HasId | str | None = None,
        vpc_subnets: Sequence[HasId | str] | None = None,
        security_groups: Sequence[HasId | str] | None = None,
        allow_all_outbound: bool | None = None,
        network_isolation: bool | None = None,
        inference_execution_mode: InferenceExecutionMode | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        with checking(self.path) as check:
            check_name(check, "model_name", model_name)
            definitions = [as_container(given) for given in containers or ()]
            check_containers(check, definitions)
            check_choice(check, "inference_execution_mode", inference_execution_mode, InferenceExecutionMode)
            subnets = as_list(vpc_subnets or ())
            _check_network(check, vpc, subnets, security_groups, allow_all_outbound)
            given_role = None if role is None else _role(check, self.path, role)
        self._given_name = model_name
        self._network_isolation = network_isolation
        self._execution_mode = inference_execution_mode
        self._tags = dict(tags) if tags else None
        self._definitions: list[ContainerDefinition] = []
        self._rendered: list[dict[str, Any]] = []
        self._depends_on: list[str] = []
        self._subnets = [id_of(subnet) for subnet in subnets]
        self.known_region = Environment(self).known_region

        policy = self._use_role(given_role or self._least_privilege_role())
        if vpc is not None:
            groups = security_groups or [self._security_group(id_of(vpc), allow_all_outbound is not False)]
            self._connections = Connections(self, groups)
            self._connections.on_change(self._render)
        if role is None:
            _grant_logs_and_metrics(policy, Environment(self))
            if self._connections:
                _grant_network_interfaces(policy, Environment(self), self._subnets)

        self.resource = SagemakerModel(
            self,
            "Resource",
            execution_role_arn=self._principal.arn,
            enable_network_isolation=network_isolation,
            inference_execution_config={"mode": inference_execution_mode}
            if inference_execution_mode
            else None,
            tags=self._tags,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.model_arn = self.resource.arn
        self.model_name = self.resource.name
        self._add(definitions)
        validate_at_synth(self, self._problems_at_synth)

    @property
    def _principal(self) -> Principal:
        assert self._role is not None
        return self._role

    @staticmethod
    def from_model_arn(scope: Construct, id: str, model_arn: str) -> IModel:
        """A model that is owned elsewhere, by its ARN.

        Raises:
            InvalidPropsError: not the ARN of a model.
        """
        return Model.from_model_attributes(scope, id, model_arn=model_arn)

    @staticmethod
    def from_model_name(scope: Construct, id: str, model_name: str) -> IModel:
        """A model that is owned elsewhere, by its name in the stack's region and account.

        Raises:
            InvalidPropsError: no name that SageMaker allows.
        """
        with checking(f"{scope.node.path}/{id}") as check:
            check_name(check, "model_name", model_name)
        return _ImportedModel(
            scope, id, SageMakerArn.in_environment_of(scope, model_name, "model"), None, None
        )

    @staticmethod
    def from_model_attributes(
        scope: Construct,
        id: str,
        *,
        model_arn: str,
        role: PrincipalResource | str | None = None,
        security_groups: Sequence[HasId | str] | None = None,
    ) -> IModel:
        """A model that is owned elsewhere, with the role and the security groups that it has.

        Raises:
            InvalidPropsError: not the ARN of a model, or a malformed role.
        """
        where = f"{scope.node.path}/{id}"
        arn = SageMakerArn.parse(where, model_arn, "model")
        principal = None if role is None else Principal.given(where, role)
        return _ImportedModel(scope, id, arn, principal, security_groups)

    @property
    def unsupported_by_serverless(self) -> tuple[str, ...]:
        """What of the model keeps it from a serverless variant."""
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
        """Whether a container loads many models."""
        return any(container.mode == ContainerMode.MULTI_MODEL for container in self._definitions)

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Give the execution role a permission; a statement that it has already isn't added again. The model
        waits for it.
        """
        super().add_to_role_policy(statement)
        self._wait()

    def add_container(self, container: ContainerDefinition | None = None, /, **definition: Any) -> None:
        """Append a container, given as a ContainerDefinition or as its fields; two or more make an inference
        pipeline.

        Raises:
            InvalidPropsError: a bad container, one too many, or host names that don't fit the others'.
        """
        container = as_container(definition if container is None else container)
        with checking(self.path) as check:
            check_containers(check, [*self._definitions, container])
        self._add([container])

    def _add(self, containers: Iterable[ContainerDefinition]) -> None:
        for container in containers:
            self._definitions.append(container)
            self._rendered.append(self._bind(container))
        self._render()

    def _bind(self, container: ContainerDefinition) -> dict[str, Any]:
        rendered: dict[str, Any] = {
            "container_hostname": container.container_hostname,
            "environment": as_map(container.environment) if container.environment else None,
            "inference_specification_name": container.inference_specification_name,
            "mode": container.mode,
            "model_package_name": container.model_package_name,
        }
        if container.image:
            image = container.image.bind(self, self)
            rendered["image"] = image.image_name
            waits = (address(resource) for resource in image.depends_on)
            self._depends_on += [wait for wait in waits if wait not in self._depends_on]
        if container.model_data:
            data = container.model_data.bind(self, self)
            key = "model_data_source" if data.s3_data_type else "model_data_url"
            rendered[key] = _s3_data_source(data) if data.s3_data_type else data.uri
        if container.additional_model_data:
            accept_aws_provider(self, at_least=_ADDITIONAL_MODEL_DATA_SINCE)
            rendered["additional_model_data_source"] = {
                channel: self._channel(channel, data.bind(self, self))
                for channel, data in container.additional_model_data.items()
            }
        if container.model_cache_setting:
            rendered["multi_model_config"] = {"model_cache_setting": container.model_cache_setting}
        if container.repository_access_mode:
            rendered["image_config"] = {"repository_access_mode": container.repository_access_mode}
            if provider := container.repository_credentials_provider_arn:
                rendered["image_config"]["repository_auth_config"] = {
                    "repository_credentials_provider_arn": provider
                }
        return {name: value for name, value in rendered.items() if value is not None}

    def _channel(self, name: str, data: ModelDataConfig) -> dict[str, Any]:
        if data.s3_data_type is None:
            problem = f"additional_model_data[{name!r}] must be made with ModelData.from_s3_data_source"
            raise InvalidPropsError(self.path, [problem])
        return _s3_data_source(data)

    def _render(self) -> None:
        resource = self.resource
        if len(self._rendered) == 1:
            resource.put_primary_container(**_blocks("PrimaryContainer", self._rendered[0]))
        elif self._rendered:
            resource.reset_primary_container()
            blocks = [_blocks("Container", container) for container in self._rendered]
            resource.put_container([sagemaker_model.SagemakerModelContainer(**block) for block in blocks])
        groups = [id_of(group) for group in self._connections.security_groups] if self._connections else []
        if groups:
            resource.put_vpc_config(security_group_ids=groups, subnets=self._subnets)
        resource.name = self._given_name or self._name_by_content(groups)
        self._wait()

    def _wait(self) -> None:
        policy = self._policy.address if self._policy else None
        self.resource.depends_on = [*self._depends_on, policy] if policy else self._depends_on or None

    def _name_by_content(self, security_groups: list[str]) -> str:
        content = {
            "path": self.path,
            "role": self._principal.arn,
            "containers": self._rendered,
            "isolation": self._network_isolation,
            "mode": self._execution_mode,
            "subnets": self._subnets,
            "security_groups": security_groups,
        }
        prefix = readable_name(self, limit=63 - 9)
        return f"{prefix}-{_content_hash(content)}"

    def _least_privilege_role(self) -> Principal:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = IamRole(
            self,
            "Role",
            name_prefix=readable_name(self, limit=37) + "-",
            description=f"What SageMaker runs the model {readable_name(self, limit=200)} as",
            assume_role_policy=policy_document([trust]),
            tags=self._tags,
        )
        return Principal("role", role.arn, role.name)

    def _security_group(self, vpc_id: str, allow_all_outbound: bool) -> SecurityGroup:
        group = SecurityGroup(
            self,
            "SecurityGroup",
            name_prefix=readable_name(self, limit=60) + "-",
            description=f"Network access of the model {readable_name(self, limit=200)}",
            vpc_id=vpc_id,
            tags=self._tags,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        if allow_all_outbound:
            description = "Allow all outbound traffic by default"
            Connections(self, [group]).allow_to_any_ipv4(Port.all_traffic(), description)
        return group

    def _problems_at_synth(self) -> list[str]:
        if not self._definitions:
            return ["a model needs at least one container; pass containers= or call add_container"]
        if self._execution_mode and len(self._definitions) == 1:
            return ["inference_execution_mode is given for one container; it says how several are called"]
        return []


class _ImportedModel(IModel):
    def __init__(
        self,
        scope: Construct,
        id: str,
        arn: SageMakerArn,
        role: Principal | None,
        security_groups: Sequence[HasId | str] | None,
    ) -> None:
        super().__init__(scope, id)
        self.model_arn = arn.arn
        self.model_name = arn.name
        self.known_region = arn.region
        self.known_account = arn.account
        if role:
            self._use_role(role)
        if security_groups:
            self._connections = Connections(self, security_groups)


def _role(check: Checks, where: str, role: PrincipalResource | str) -> Principal | None:
    try:
        principal = Principal.given(where, role)
    except InvalidPropsError as error:
        check.problems += [f"role: {problem}" for problem in error.problems]
        return None
    check.require(principal.kind == "role", f"role is a {principal.kind}; SageMaker can only assume a role")
    return principal


def _check_network(
    check: Checks,
    vpc: HasId | str | None,
    vpc_subnets: Sequence[HasId | str],
    security_groups: Sequence[HasId | str] | None,
    allow_all_outbound: bool | None,
) -> None:
    if vpc is None:
        given = {
            "vpc_subnets": bool(vpc_subnets),
            "security_groups": security_groups is not None,
            "allow_all_outbound": allow_all_outbound is not None,
        }
        for name in (name for name, present in given.items() if present):
            check.require(False, f"{name} is given without vpc; pass vpc= too")
        return
    check.require(vpc != "", "vpc is an empty string; pass a VPC or its id")
    count = len(vpc_subnets)
    check.require(
        1 <= count <= _MAX_SUBNETS,
        f"vpc is given with {count} vpc_subnets; pass 1 to {_MAX_SUBNETS} private subnets of the VPC",
    )
    count = len(as_list(security_groups or ()))
    check.require(
        count <= MAX_SECURITY_GROUPS, f"{count} security_groups are given; at most {MAX_SECURITY_GROUPS}"
    )
    check.require(
        not (security_groups and allow_all_outbound is not None),
        "allow_all_outbound is given with security_groups; set the rules of those groups instead",
    )


def _grant_logs_and_metrics(policy: InlinePolicy, environment: Environment) -> None:
    policy.add(
        PolicyStatement(
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            resources=[environment.arn("logs", "log-group:/aws/sagemaker/Endpoints/*")],
        )
    )
    # CloudWatch has no resource for this action to be narrowed to, but a condition.
    policy.add(
        PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={
                "StringEquals": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]}
            },
        )
    )


def _grant_network_interfaces(policy: InlinePolicy, environment: Environment, subnets: Sequence[str]) -> None:
    """Source:
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms.
    """
    interfaces = environment.arn("ec2", "network-interface/*")
    groups = environment.arn("ec2", "security-group/*")
    # Of a list that only Terraform knows, the number of statements to write isn't known either.
    ids = ["*"] if is_list_token(subnets) else subnets
    policy.add(
        PolicyStatement(
            actions=["ec2:CreateNetworkInterface"],
            resources=[interfaces, groups, *(environment.arn("ec2", f"subnet/{id}") for id in ids)],
        )
    )
    policy.add(
        PolicyStatement(
            actions=[
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            resources=[interfaces],
        )
    )
    # AWS has no resources for these actions to be narrowed to.
    policy.add(
        PolicyStatement(
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
        )
    )


def _s3_data_source(data: ModelDataConfig) -> dict[str, Any]:
    source: dict[str, Any] = {
        "s3_uri": data.uri,
        "s3_data_type": data.s3_data_type,
        "compression_type": data.compression_type,
    }
    if data.accept_eula is not None:
        source["model_access_config"] = {"accept_eula": data.accept_eula}
    return source


def _blocks(kind: str, container: dict[str, Any]) -> dict[str, Any]:
    """The container with the blocks that the provider's classes take as lists turned into these classes."""

    def block(name: str, **values: Any) -> Any:
        return getattr(sagemaker_model, f"SagemakerModel{kind}{name}")(**values)

    blocks = dict(container)
    if source := blocks.get("model_data_source"):
        blocks["model_data_source"] = {"s3_data_source": [block("ModelDataSourceS3DataSource", **source)]}
    if channels := blocks.get("additional_model_data_source"):
        blocks["additional_model_data_source"] = [
            block(
                "AdditionalModelDataSource",
                channel_name=channel,
                s3_data_source=[block("AdditionalModelDataSourceS3DataSource", **source)],
            )
            for channel, source in channels.items()
        ]
    return blocks


def _content_hash(content: dict[str, Any]) -> str:
    """Eight hexadecimal digits of what is known at synth and, by Terraform, of what only it knows."""
    tokens: list[Any] = []

    def known_part(value: Any) -> Any:
        if is_known(value):
            return value
        if isinstance(value, str):
            literals, inside = split_tokens(as_token(value))
            tokens.extend(inside)
            return literals
        if isinstance(value, list) and not is_list_token(value):
            return [known_part(item) for item in value]
        if isinstance(value, dict) and not is_map_token(value):
            known_names = sorted(name for name in value if is_known(name))
            names = [*known_names, *(name for name in value if name not in known_names)]
            return [[known_part(name), known_part(value[name])] for name in names]
        tokens.append(Fn.jsonencode(value))
        return None

    digest = hashlib.sha256(json.dumps(known_part(content), sort_keys=True).encode()).hexdigest()
    if not tokens:
        return digest[:8]
    return str(Fn.substr(Fn.sha256(Fn.jsonencode([digest[:16], *tokens])), 0, 8))
