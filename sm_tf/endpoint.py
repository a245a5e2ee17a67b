"""An endpoint: what clients call, and the variants that answer."""

from collections.abc import Mapping

from sm_tf.arn import SageMakerArn
from sm_tf.autoscaling import ScalableInstanceCount
from sm_tf.bindings.aws import SagemakerEndpoint
from sm_tf.bindings.core import Construct, TerraformResourceLifecycle
from sm_tf.bindings.terraform_data import TerraformData
from sm_tf.bindings.tokens import address, is_known
from sm_tf.construct import SmTfConstruct
from sm_tf.endpoint_config import EndpointConfig, IEndpointConfig
from sm_tf.environment import Environment
from sm_tf.errors import InvalidPropsError, checking
from sm_tf.iam import PrincipalResource, grant
from sm_tf.monitoring.variant_metrics import RealTimeVariantMetrics
from sm_tf.naming import check_name, readable_name
from sm_tf.production_variant import InstanceProductionVariantProps

_INVOKE_ACTIONS = (
    "sagemaker:InvokeEndpoint",
    "sagemaker:InvokeEndpointAsync",
    "sagemaker:InvokeEndpointWithResponseStream",
)


class EndpointInstanceProductionVariant(RealTimeVariantMetrics):
    """A variant of an endpoint that runs on instances: its metrics and its scaling."""

    def __init__(self, endpoint: "Endpoint", variant: InstanceProductionVariantProps, id: str) -> None:
        super().__init__(endpoint_name=endpoint.endpoint_name, variant_name=variant.variant_name)
        self._id = id
        self._endpoint = endpoint
        self._variant = variant
        self._scalable: ScalableInstanceCount | None = None

    @property
    def variant_name(self) -> str:
        """The variant's name."""
        return self._variant.variant_name

    def auto_scale_instance_count(
        self, *, max_capacity: int, min_capacity: int | None = None
    ) -> ScalableInstanceCount:
        """Let Application Auto Scaling set the number of instances; add a policy to what is returned.

        Args:
            max_capacity: 1 or more, and no less than the variant's initial count.
            min_capacity: 1 or more, and no more than the variant's initial count; the initial count if
                absent.

        Raises:
            InvalidPropsError: counts outside these bounds, burstable instances, managed instance scaling, or
            called before.
        """
        if self._scalable is not None:
            problem = (
                f"variant {self.variant_name!r} scales already; add policies to what the first call returned"
            )
            raise InvalidPropsError(self._endpoint.path, [problem])
        self._scalable = ScalableInstanceCount(
            self._endpoint,
            f"{self._id}InstanceCount",
            endpoint=self._endpoint,
            variant=self._variant,
            max_capacity=max_capacity,
            min_capacity=min_capacity,
        )
        return self._scalable


class IEndpoint(SmTfConstruct):
    """An endpoint, made here or imported."""

    endpoint_arn: str
    """The endpoint's ARN."""
    endpoint_name: str
    """The endpoint's name."""

    def grant_invoke(self, grantee: PrincipalResource | str) -> None:
        """Let a role, user or group call the endpoint: at once, asynchronously, and with a streamed response.

        Args:
            grantee: the provider's resource (or `DataAwsIamRole`), or an ARN.

        Raises:
            InvalidPropsError: something else.
        """
        grant(self, "InvokeBy", grantee, _INVOKE_ACTIONS, self.endpoint_arn)


class Endpoint(IEndpoint):
    """A SageMaker endpoint.

    It keeps its name and is updated in place, without a gap in service, when its configuration changes. AWS
    can't turn an endpoint on instances into a serverless one or back: then Terraform makes a new endpoint.
    Without `endpoint_name` it gets another name and the old one is destroyed when it serves; a given name
    can't be taken twice, so the old one is destroyed first.

    Args:
        endpoint_config: the configuration, made here or imported.
        endpoint_name: 1 to 63 letters, digits and hyphens; the construct's path if absent.
        tags: for the endpoint.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html

    Raises:
        InvalidPropsError: a malformed name, or a configuration in another region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint_config: IEndpointConfig,
        endpoint_name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        region = Environment(self).known_region
        with checking(self.path) as check:
            check_name(check, "endpoint_name", endpoint_name)
            check.require(
                isinstance(endpoint_config, IEndpointConfig),
                f"endpoint_config is {endpoint_config!r}; pass an EndpointConfig, or import one with "
                "EndpointConfig.from_endpoint_config_name",
            )
            theirs = getattr(endpoint_config, "known_region", None)
            check.require(
                region is None or theirs is None or region == theirs,
                f"endpoint_config is in {theirs}, the endpoint in {region}; SageMaker needs both in one "
                "region",
            )
        self._config = endpoint_config
        self._given_name = endpoint_name
        self._variants: dict[str, EndpointInstanceProductionVariant] = {}
        self.resource = SagemakerEndpoint(
            self,
            "Resource",
            endpoint_config_name=endpoint_config.endpoint_config_name,
            tags=dict(tags) if tags else None,
        )
        self.endpoint_arn = self.resource.arn
        self.endpoint_name = self.resource.name
        if endpoint_name:
            self._kind = TerraformData(self, "Kind")
            self.resource.lifecycle = TerraformResourceLifecycle(replace_triggered_by=[address(self._kind)])
        else:
            self.resource.lifecycle = TerraformResourceLifecycle(create_before_destroy=True)
        self._follow_config()
        if isinstance(endpoint_config, EndpointConfig):
            endpoint_config.on_change(self._follow_config)

    @staticmethod
    def from_endpoint_arn(scope: Construct, id: str, endpoint_arn: str) -> IEndpoint:
        """An endpoint that is owned elsewhere, by its ARN.

        Raises:
            InvalidPropsError: not the ARN of an endpoint.
        """
        return _ImportedEndpoint(
            scope, id, SageMakerArn.parse(f"{scope.node.path}/{id}", endpoint_arn, "endpoint")
        )

    @staticmethod
    def from_endpoint_name(scope: Construct, id: str, endpoint_name: str) -> IEndpoint:
        """An endpoint that is owned elsewhere, by its name in the stack's region and account.

        Raises:
            InvalidPropsError: no name that SageMaker allows.
        """
        with checking(f"{scope.node.path}/{id}") as check:
            check_name(check, "endpoint_name", endpoint_name)
        return _ImportedEndpoint(scope, id, SageMakerArn.in_environment_of(scope, endpoint_name, "endpoint"))

    @staticmethod
    def from_endpoint_attributes(scope: Construct, id: str, *, endpoint_arn: str) -> IEndpoint:
        """An endpoint that is owned elsewhere, by its attributes; the same as `from_endpoint_arn`."""
        return Endpoint.from_endpoint_arn(scope, id, endpoint_arn)

    @property
    def instance_production_variants(self) -> tuple[EndpointInstanceProductionVariant, ...]:
        """The variants on instances, in the configuration's order; none if it is serverless.

        Raises:
            InvalidPropsError: the configuration is imported, so its variants aren't known.
        """
        return tuple(self._variant(variant) for variant in self._instance_variants())

    def find_instance_production_variant(self, name: str) -> EndpointInstanceProductionVariant:
        """The variant on instances that is named `name`; the same object on every call.

        Raises:
            InvalidPropsError: there is none, or the configuration is imported.
        """
        for variant in self._instance_variants():
            if variant.variant_name == name:
                return self._variant(variant)
        names = [variant.variant_name for variant in self._instance_variants()]
        raise InvalidPropsError(self.path, [f"no variant on instances is named {name!r}; there are {names}"])

    def _instance_variants(self) -> list[InstanceProductionVariantProps]:
        if not isinstance(self._config, EndpointConfig):
            problem = (
                "the variants of an imported endpoint configuration aren't known; make the EndpointConfig in "
                "this program"
            )
            raise InvalidPropsError(self.path, [problem])
        return [
            variant
            for variant in self._config.production_variants
            if isinstance(variant, InstanceProductionVariantProps)
        ]

    def _variant(self, variant: InstanceProductionVariantProps) -> EndpointInstanceProductionVariant:
        name = variant.variant_name
        if name not in self._variants:
            # A construct's id can't be an expression.
            id = name if is_known(name) else f"Variant{self._instance_variants().index(variant)}"
            self._variants[name] = EndpointInstanceProductionVariant(self, variant, id)
        return self._variants[name]

    def _follow_config(self) -> None:
        serverless = isinstance(self._config, EndpointConfig) and self._config.is_serverless
        if self._given_name:
            self.resource.name = self._given_name
            self._kind.set_input(kind="serverless" if serverless else "instances")
        else:
            self.resource.name = readable_name(self, limit=63, suffix="-serverless" if serverless else "")


class _ImportedEndpoint(IEndpoint):
    def __init__(self, scope: Construct, id: str, arn: SageMakerArn) -> None:
        super().__init__(scope, id)
        self.endpoint_arn = arn.arn
        self.endpoint_name = arn.name
