"""Public calls with wrong values: each succeeds, or tells which argument is wrong."""

import inspect
import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, Protocol, is_typeddict

import pytest
from cdktf import TerraformStack

import sm_tf
from sm_tf import (
    Alarm,
    AlarmState,
    AsyncInferenceConfig,
    CapacitySize,
    Checks,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    GraphWidget,
    InstanceProductionVariantProps,
    InvalidPropsError,
    Metric,
    Model,
    PolicyStatement,
    Port,
    ScalingInterval,
    Schedule,
    ServerlessProductionVariantProps,
)
from sm_tf.bindings.resources import place_of
from sm_tf.foundation.forms import shown

SEED = 8
TRIES = 1_200
ROLE = "arn:aws:iam::123456789012:role/Runner"
MINUTE = timedelta(minutes=1)


class Whole:
    """A whole number of another library."""

    def __index__(self) -> int:
        return 3


class Strange:
    """It can't even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__

    def __bool__(self) -> bool:
        raise ValueError("ambiguous")


WRONG: list[Any] = [
    *(None, True, False, 0, 1, -1, 2.5, -0.5, 10**30, 10**5000, 1e308, 1j),
    *(math.nan, math.inf, -math.inf),
    *("", " ", "text", "1", "true", "x" * 5000, "a\nb", "${var.x}", "arn:aws:x", "s3://"),
    *(b"bytes", bytearray(b"x"), [], [None], ["text"], [["text"]], [math.nan], [1, "a", {}], ("a", 1), {"a"}),
    *({}, {"a": "b"}, {"a": 1}, {1: "a"}, {"a": {"b": [None]}}, {"InstanceType": "ml.m5.large"}),
    *([{"Key": "a", "Value": "b"}], {"Key": "a", "Value": "b"}, [{"Name": "a", "Value": 1}], range(3)),
    *(object(), object, Exception("x"), len, lambda: None, iter("ab"), Strange(), Whole(), [Whole()]),
    *(date(2027, 1, 1), datetime(2027, 1, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    *(timedelta(0), timedelta(days=-1), timedelta(microseconds=1), timedelta.max, Path("x"), AlarmState.OK),
]


@dataclass(frozen=True)
class Call:
    """A public call, and how it is made."""

    name: str
    make: Callable[[], Callable[..., Any]]
    parameters: dict[str, inspect.Parameter]


class World:
    """What calls need: objects of all classes, and a right value of each argument that must be given."""

    def __init__(self, stack: TerraformStack, folder: Path) -> None:
        self.stack = stack
        self.ids = count()
        self.objects: dict[type, Any] = {}
        (folder / "Dockerfile").write_text("FROM scratch")
        self.folder = folder
        self.container = ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1.0"))
        self.model = Model(stack, "Model", containers=[self.container], role=ROLE)
        self.metric = Metric(namespace="App", metric_name="Errors", period=MINUTE)
        self.alarm = self.new_alarm()

    def new_id(self) -> str:
        return f"Id{next(self.ids)}"

    def new_alarm(self) -> Alarm:
        return Alarm(self.stack, self.new_id(), metric=self.metric, threshold=1, evaluation_periods=1)

    def new_endpoint(self, kind: str = "instance") -> Endpoint:
        config: dict[str, Any] = {"instance_production_variants": [self.props]}
        if kind == "serverless":
            config = {"serverless_production_variant": self.serverless}
        if kind == "async":
            config["async_inference_config"] = AsyncInferenceConfig(s3_output_path="s3://bucket/out")
        made = EndpointConfig(self.stack, self.new_id(), **config)
        return Endpoint(self.stack, self.new_id(), endpoint_config=made)

    def variant(self, kind: str) -> Any:
        return getattr(self.new_endpoint(kind), f"find_{kind}_production_variant")("main")

    @property
    def props(self) -> InstanceProductionVariantProps:
        return InstanceProductionVariantProps(
            model=self.model, variant_name="main", instance_type="ml.m5.large"
        )

    @property
    def serverless(self) -> ServerlessProductionVariantProps:
        return ServerlessProductionVariantProps(
            model=self.model,
            variant_name="main",
            max_concurrency=5,
            memory_size_in_mb=1024,
            provisioned_concurrency=2,
        )

    def instance_of(self, cls: type, method: str) -> Any:
        """An object whose method is called: a new one where a second call is refused."""
        if re.match(r"add_|auto_scale|create_dashboard|scale_", method):
            return self.new(cls)
        if cls not in self.objects:
            self.objects[cls] = self.new(cls)
        return self.objects[cls]

    def new(self, cls: type) -> Any:
        special: dict[str, Callable[[], Any]] = {
            "Alarm": self.new_alarm,
            "AlarmRule": lambda: sm_tf.not_(self.alarm),
            "ContainerImage": lambda: self.container.image,
            "Deployment": lambda: sm_tf.Deployment.all_at_once(),
            "Endpoint": self.new_endpoint,
            "EndpointInstanceProductionVariant": lambda: self.variant("instance"),
            "EndpointAsyncProductionVariant": lambda: self.variant("async"),
            "EndpointServerlessProductionVariant": lambda: self.variant("serverless"),
            "EndpointMultiModelProductionVariant": lambda: Endpoint.from_endpoint_name(
                self.stack, self.new_id(), "theirs"
            ).find_multi_model_production_variant("main"),
            "GraphWidget": lambda: GraphWidget(left=[self.metric]),
            "IModel": lambda: Model.from_model_name(self.stack, self.new_id(), "theirs"),
            "Model": lambda: Model(self.stack, self.new_id(), containers=[self.container], role=ROLE),
            "ModelData": lambda: sm_tf.ModelData.from_bucket("bucket", "a.tar.gz"),
            "Pipeline": lambda: sm_tf.Pipeline.from_pipeline_name(self.stack, self.new_id(), "theirs"),
            "ScalableAsyncInstanceCount": lambda: self.variant("async").auto_scale_instance_count(
                max_capacity=2
            ),
            "ScalableInstanceCount": lambda: self.variant("instance").auto_scale_instance_count(
                max_capacity=2
            ),
            "ScalableProvisionedConcurrency": lambda: self.variant(
                "serverless"
            ).auto_scale_provisioned_concurrency(max_capacity=4),
        }
        make = special.get(cls.__name__) or (
            lambda: cls(**self.required(cls.__name__, inspect.signature(cls)))
        )
        return make()

    def required(self, called: str, signature: inspect.Signature) -> dict[str, Any]:
        """The arguments that must be given."""
        last = called.rpartition(".")[2]
        also: dict[str, dict[str, Any]] = {
            "Alarm": {"threshold": 1},
            "create_alarm": {"threshold": 1},
            "GraphWidget": {"left": [self.metric]},
            "add_container": {"image": self.container.image},
            "from_pipeline_attributes": {"pipeline_name": "theirs"},
            "scale_on_schedule": {"min_capacity": 1},
            "scale_to_track_metric": {"custom_metric": self.metric},
        }
        return also.get(last, {}) | {
            name: self.right(called, name)
            for name, parameter in signature.parameters.items()
            if parameter.default is inspect.Parameter.empty
            and parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
            and name != "self"
        }

    def right(self, called: str, name: str) -> Any:
        special: dict[str, Any] = {
            "ContainerImage.from_dlc.repository_name": "pytorch-inference",
            "Endpoint.from_endpoint_arn.endpoint_arn": self.arn("endpoint/theirs"),
            "InstanceType.of.name": "ml.m5.large",
            "AcceleratorType.of.name": "ml.eia2.medium",
            "AcceleratorType.name": "ml.eia2.medium",
            "InstanceType.name": "ml.m5.large",
            "Principal.arn": ROLE,
            "CompositeAlarm.rule": self.alarm,
            "ImmutableRole.role": ROLE,
            "ModelData.from_asset.path": self.archive,
            "PermissionsBoundary.apply.policy": "arn:aws:iam::123456789012:policy/boundary",
            "RolePath.apply.path": "/teams/",
            "Deployment.canary.size": CapacitySize.percent(10),
            "Schedule.expression.expression": "rate(1 hour)",
            "ModelData.from_s3_data_source.uri": "s3://bucket/prefix/",
        }
        values: dict[str, Any] = {
            "actions": ["s3:GetObject"],
            "alarm": self.alarm,
            "alarm_arn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:ops",
            "alarm_name": "ops",
            "alarms": [self.alarm],
            "arn": self.arn("model/theirs"),
            "backlog_per_instance": 1,
            "bucket": "bucket",
            "change": 1,
            "check": Checks(),
            "container_name": "first",
            "destination_s3_uri": "s3://bucket/x",
            "directory": self.folder,
            "duration": MINUTE,
            "end": 443,
            "endpoint_arn": self.arn("endpoint/theirs"),
            "endpoint_config": lambda: EndpointConfig(
                self.stack, self.new_id(), instance_production_variants=[self.props]
            ),
            "endpoint_config_arn": self.arn("endpoint-config/theirs"),
            "endpoint_config_name": "theirs",
            "endpoint_name": "theirs",
            "evaluation_periods": 1,
            "expression": "1 + 1",
            "expression_string": "rate(1 hour)",
            "given": ROLE,
            "grantee": ROLE,
            "high": 2,
            "id": self.new_id,
            "image_name": "app:1",
            "initial_sampling_percentage": 10,
            "kind": "role",
            "low": 1,
            "markdown": "text",
            "max_capacity": 2,
            "max_concurrency": 5,
            "max_requests_per_second": 1,
            "maximum_batch_size": CapacitySize.percent(10),
            "memory_size_in_mb": 1024,
            "metric": self.metric,
            "metric_name": "Errors",
            "model": self.model,
            "model_arn": self.arn("model/theirs"),
            "model_name": "theirs",
            "moment": datetime(2027, 1, 1),
            "name": "main",
            "name_of": lambda: lambda alarm: alarm.alarm_name,
            "named": "variant",
            "namespace": "App",
            "object_key": "a.tar.gz",
            "path": "/teams/",
            "peer": "sg-1",
            "period": MINUTE,
            "pipeline_arn": self.arn("pipeline/theirs"),
            "pipeline_name": "theirs",
            "place": place_of(self.stack),
            "policy": "arn:aws:iam::123456789012:policy/boundary",
            "port": Port.tcp(443),
            "protocol": "tcp",
            "region": "eu-west-1",
            "repository": "app",
            "resource": "model",
            "resources": ["*"],
            "response_code": next(iter(sm_tf.InvocationHttpResponseCode)),
            "role": ROLE,
            "s3_output_path": "s3://bucket/out",
            "scaling_steps": [
                ScalingInterval(upper=20, change=-1),
                ScalingInterval(lower=60, change=1),
            ],
            "schedule": Schedule.rate(MINUTE),
            "scope": self.stack,
            "security_groups": ["sg-1"],
            "start": 80,
            "state": AlarmState.OK,
            "statement": PolicyStatement(actions=["s3:GetObject"], resources=["*"]),
            "step_size": CapacitySize.percent(10),
            "tag": "1.0",
            "target_value": 1,
            "type": "INSTANCE_COUNT",
            "uri": "s3://bucket/a.tar.gz",
            "utilization_target": 0.5,
            "value": 1,
            "variant_name": "main",
            "variants": [self.props],
            "wait_interval": MINUTE,
            "where": "here",
        }
        if called.startswith("Port.tcp"):
            values["port"] = 443
        if called.startswith("ContainerImage.from_image_uri"):
            values["uri"] = "app:1"
        found = special.get(f"{called}.{name}", values.get(name))
        if found is None:
            raise LookupError(f"{called}: no right value of {name} is known")
        return found() if inspect.isroutine(found) else found

    @staticmethod
    def arn(resource: str) -> str:
        return f"arn:aws:sagemaker:eu-west-1:123456789012:{resource}"

    @property
    def archive(self) -> str:
        import tarfile

        path = self.folder / "model.tar.gz"
        tarfile.open(path, "w:gz").close()
        return str(path)


# Made by sm_tf alone, or the base of what is called here.
NOT_CALLED = {
    "BaseAlarm",
    "Checks",
    "EndpointProductionVariant",
    "EndpointReference",
    "IAlarm",
    "IEndpoint",
    "IEndpointConfig",
    "RecommendedAlarms",
    "SageMakerArn",
    "ScalableTarget",
    "StepScaling",
    "Widget",
}
ALSO_BY_SM_TF = {
    "AlarmRule",
    "Endpoint*ProductionVariant",
    "IModel",
    "Pipeline",
    "Scalable*Count",
    "ScalableProvisionedConcurrency",
}


def public_calls(world: World) -> Iterator[Call]:
    for exported in sm_tf.__all__:
        cls = getattr(sm_tf, exported)
        if not isinstance(cls, type) or issubclass(cls, Enum | Exception) or is_typeddict(cls):
            continue
        if exported in NOT_CALLED or Protocol in cls.__bases__:
            continue
        made_by_sm_tf = any(Path(exported).match(pattern) for pattern in ALSO_BY_SM_TF)
        if not inspect.isabstract(cls) and cls.__init__ is not object.__init__ and not made_by_sm_tf:
            yield Call(exported, lambda cls=cls: cls, dict(inspect.signature(cls).parameters))
        for name in dir(cls):
            owners = [each for each in cls.__mro__ if name in vars(each)]
            if name.startswith("_") or not owners or not owners[0].__module__.startswith("sm_tf."):
                continue
            member = inspect.getattr_static(cls, name)
            # sm_tf calls what users define.
            if not inspect.isroutine(getattr(cls, name)) or name in ("bind", "to_text"):
                continue
            parameters = dict(inspect.signature(getattr(cls, name)).parameters)
            parameters.pop("self", None)
            if inspect.isfunction(member):
                yield Call(
                    f"{exported}.{name}",
                    lambda cls=cls, name=name: getattr(world.instance_of(cls, name), name),
                    parameters,
                )
            else:
                yield Call(f"{exported}.{name}", lambda cls=cls, name=name: getattr(cls, name), parameters)


def attempt(world: World, call: Call, name: str, wrong: Any) -> str | None:
    """Call with one wrong value; return what is told if it isn't about the argument."""
    parameter = call.parameters[name]
    given = world.required(call.name, inspect.Signature(list(call.parameters.values())))
    positional = [
        given.pop(each.name) if each.name != name else wrong
        for each in call.parameters.values()
        if each.kind == inspect.Parameter.POSITIONAL_ONLY and (each.name == name or each.name in given)
    ]
    rest = [wrong] if parameter.kind == inspect.Parameter.VAR_POSITIONAL else []
    if parameter.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY):
        given[name] = wrong
    if rest:
        before = [
            given.pop(each.name)
            for each in call.parameters.values()
            if each.kind == inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]
        positional += before
    function = call.make()
    try:
        function(*positional, *rest, **given)
    except InvalidPropsError as error:
        told = re.search(rf"(?<![a-z]){name}\b", str(error)) or any(
            shown(value)[:79] in str(error)
            for value in (wrong, str(wrong) if isinstance(wrong, str | Path) else wrong)
        )
        return None if told else f"InvalidPropsError: {error}"
    except Exception as error:
        if "already a Construct with name" in str(error):
            return None
        return f"{type(error).__name__}: {error}"[:300]
    return None


@pytest.fixture
def world(stack: TerraformStack, tmp_path: Path) -> World:
    return World(stack, tmp_path)


def test_each_call_succeeds_with_right_values(world: World) -> None:
    refused = []
    for call in public_calls(world):
        # A variant has one kind, and a band has no threshold to show.
        if re.search(r"find_(async|multi|serverless)|AnomalyDetectionAlarm.to_ann", call.name):
            continue
        signature = inspect.Signature(list(call.parameters.values()))
        try:
            call.make()(**world.required(call.name, signature))
        except Exception as error:
            refused.append(f"{call.name}: {type(error).__name__}: {error}")
    assert not refused, "\n".join(refused)


def tries_of(world: World) -> list[tuple[Call, str, Any]]:
    return [
        (call, name, wrong)
        for call in public_calls(world)
        for name, parameter in call.parameters.items()
        if parameter.kind != inspect.Parameter.VAR_KEYWORD
        for wrong in WRONG
    ]


def failures(world: World, tries: list[tuple[Call, str, Any]]) -> list[str]:
    found = []
    for call, name, wrong in tries:
        if told := attempt(world, call, name, wrong):
            found.append(f"{call.name}({name}={shown(wrong)}): {told}")
    return found


def test_a_wrong_value_is_told_with_its_argument(world: World) -> None:
    tries = tries_of(world)
    found = failures(world, random.Random(SEED).sample(tries, TRIES))
    assert not found, f"{len(found)} of {TRIES}:\n" + "\n".join(found)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_wrong_value_is_told_with_its_argument(world: World) -> None:
    tries = tries_of(world)
    found = failures(world, tries)
    assert not found, f"{len(found)} of {len(tries)}:\n" + "\n".join(found)
