"""Public calls tell which keyword they don't know; tools see their arguments, and what an object is."""

import inspect
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol, get_type_hints, is_typeddict

import pytest

import sm_tf
from sm_tf import (
    Alarm,
    AlarmOptions,
    AnomalyDetectionAlarm,
    CapacitySize,
    Checks,
    ContainerDefinition,
    ContainerImage,
    ContainerMetrics,
    Deployment,
    Endpoint,
    EndpointConfig,
    InvalidPropsError,
    Metric,
    MetricOptions,
    Model,
    ModelData,
    ServerlessProductionVariantProps,
    SuspendedState,
)
from sm_tf.foundation.construct import SmTfConstruct


def public_classes() -> Iterator[type]:
    for name in sm_tf.__all__:
        value = getattr(sm_tf, name)
        # sm_tf alone makes Checks.
        is_for_calls = isinstance(value, type) and not issubclass(value, Enum | Exception | Checks)
        if is_for_calls and not is_typeddict(value) and Protocol not in value.__bases__:
            yield value


def public_methods() -> Iterator[Any]:
    for cls in public_classes():
        for name in dir(cls):
            member = inspect.getattr_static(cls, name)
            is_ours = any(name in vars(each) for each in cls.__mro__ if each.__module__.startswith("sm_tf."))
            if is_ours and not name.startswith("_") and inspect.isroutine(getattr(cls, name)):
                takes_self = inspect.isfunction(member)
                yield pytest.param(cls, name, takes_self, id=f"{cls.__name__}.{name}")


CLASSES = list(public_classes())
CONSTRUCTS = [cls for cls in CLASSES if issubclass(cls, SmTfConstruct)]


class TestUnknownKeywords:
    @pytest.mark.parametrize("cls", CLASSES)
    def test_a_class_is_named(self, cls: type) -> None:
        if inspect.isabstract(cls) or cls.__init__ is object.__init__:
            return
        with pytest.raises(TypeError) as raised:
            cls(tresholds=1)
        assert str(raised.value).startswith(
            f"{cls.__name__}() got an unexpected keyword argument 'tresholds'; "
        )

    @pytest.mark.parametrize(("cls", "name", "takes_self"), list(public_methods()))
    def test_a_method_is_named(self, cls: type, name: str, takes_self: bool) -> None:
        owner = () if not takes_self else (object.__new__(type(cls.__name__, (), {})),)
        with pytest.raises(TypeError) as raised:
            getattr(cls, name)(*owner, tresholds=1)
        assert f".{name}() got an unexpected keyword argument 'tresholds'; " in str(raised.value)

    def test_the_nearest_keyword_is_named(self, stack) -> None:
        with pytest.raises(TypeError) as raised:
            Alarm(stack, "Alarm", metric=ERRORS, treshold=1, evaluation_periods=1)
        assert str(raised.value) == (
            "Alarm() got an unexpected keyword argument 'treshold'; did you mean 'threshold'?"
        )

    def test_without_a_near_one_all_are_named(self) -> None:
        with pytest.raises(TypeError, match="'paused'; it takes dynamic_scaling_in_suspended, dynamic_"):
            SuspendedState(paused=True)

    def test_each_unknown_keyword_is_told(self) -> None:
        with pytest.raises(TypeError) as raised:
            ServerlessProductionVariantProps(variant="a", memory_size=1024)
        assert "did you mean 'variant_name'?" in str(raised.value)
        assert "did you mean 'memory_size_in_mb'?" in str(raised.value)

    def test_options_of_metrics_are_known(self, new_endpoint) -> None:
        variant = new_endpoint().find_instance_production_variant("main")
        with pytest.raises(TypeError) as raised:
            variant.metric_model_latency(statistics="p99")
        assert str(raised.value) == (
            "EndpointInstanceProductionVariant.metric_model_latency() got an unexpected keyword argument "
            "'statistics'; did you mean 'statistic'?"
        )

    def test_an_error_inside_the_call_stays_as_it_is(self, stack) -> None:
        def fail(_: Any) -> str:
            raise TypeError("mine")

        alarm = ERRORS.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
        with pytest.raises(TypeError, match="mine"):
            alarm.in_state("OK").to_text(fail)

    def test_a_refused_call_takes_no_id(self, stack) -> None:
        for cls, options in (
            (Model, {"container": []}),
            (Endpoint, {"config": None}),
            (Alarm, {"treshold": 1}),
        ):
            with pytest.raises(TypeError, match="unexpected keyword"):
                cls(stack, "Id", **options)
            assert stack.node.try_find_child("Id") is None


class TestSignatures:
    @pytest.mark.parametrize("cls", CONSTRUCTS)
    def test_constructs_show_their_arguments(self, cls: type) -> None:
        parameters = inspect.signature(cls).parameters
        kinds = {parameter.kind for parameter in parameters.values()}
        assert not kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}

    @pytest.mark.parametrize(
        ("call", "keyword"),
        [
            (Metric.create_alarm, "evaluation_periods"),
            (sm_tf.MathExpression.create_alarm, "treat_missing_data"),
            (Metric.with_, "statistic"),
            (sm_tf.EndpointInstanceProductionVariant.metric, "dimensions_map"),
            (sm_tf.EndpointInstanceProductionVariant.metric_model_latency, "period"),
            (AnomalyDetectionAlarm, "datapoints_to_alarm"),
        ],
    )
    def test_options_are_shown(self, call: Any, keyword: str) -> None:
        parameters = inspect.signature(call).parameters
        assert parameters[keyword].kind == inspect.Parameter.KEYWORD_ONLY
        assert "options" not in parameters

    def test_alarm_options_are_the_arguments_of_an_alarm(self) -> None:
        arguments = get_type_hints(Alarm.__init__)
        assert get_type_hints(AlarmOptions) == {
            name: arguments[name]
            for name in inspect.signature(Alarm).parameters
            if name not in ("scope", "id", "metric")
        }

    def test_metric_options_are_the_arguments_of_with(self) -> None:
        arguments = get_type_hints(Metric.with_)
        del arguments["return"]
        assert get_type_hints(MetricOptions) == arguments

    def test_help_shows_them_too(self) -> None:
        import pydoc

        text = pydoc.plain(pydoc.render_doc(Model))
        assert " |  Model(scope: constructs.Construct, id: str, *, containers: " in text


class TestRepr:
    def test_of_constructs_is_the_class_and_the_path(self, stack, new_endpoint) -> None:
        endpoint = new_endpoint()
        assert repr(endpoint) == "<Endpoint demo/Endpoint>"
        alarm = ERRORS.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
        assert repr(alarm) == "<Alarm demo/Alarm>"
        assert repr(sm_tf.not_(sm_tf.any_of(alarm, alarm))) == (
            '<AlarmRule NOT (ALARM("demo-alarm") OR ALARM("demo-alarm"))>'
        )

    def test_of_variants_names_their_endpoint(self, new_endpoint) -> None:
        (variant,) = new_endpoint().production_variants
        assert repr(variant) == "<EndpointInstanceProductionVariant 'main' of demo/Endpoint>"
        container = ContainerMetrics(endpoint_name="e", variant_name="v", container_name="c")
        assert repr(container) == "<ContainerMetrics EndpointName=e, VariantName=v, ContainerName=c>"

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (ContainerImage.from_ecr_repository("app", "1.0"), "<ContainerImage app:1.0>"),
            (
                ContainerImage.from_dlc("pytorch-inference", "2.0"),
                "<ContainerImage pytorch-inference:2.0 of AWS Deep Learning Containers>",
            ),
            (ContainerImage.from_image_uri("ghcr.io/a/b:c"), "<ContainerImage ghcr.io/a/b:c>"),
            (ModelData.from_bucket("models", "a/model.tar.gz"), "<ModelData s3://models/a/model.tar.gz>"),
        ],
    )
    def test_of_images_and_artifacts_says_where_they_are(self, value: Any, told: str) -> None:
        assert repr(value) == told

    def test_of_assets_says_what_they_are_made_of(self, tmp_path) -> None:
        (tmp_path / "Dockerfile").write_text("FROM scratch")
        assert repr(ContainerImage.from_asset(tmp_path)) == f"<ContainerImage built from {tmp_path}>"
        artifact = tmp_path / "model.tar.gz"
        tarfile.open(artifact, "w:gz").close()
        assert repr(ModelData.from_asset(str(artifact))) == f"<ModelData uploaded from {artifact}>"

    def test_of_values_shows_their_fields(self) -> None:
        assert repr(ERRORS).startswith("Metric(namespace='App', metric_name='Errors', ")
        rolling = Deployment.rolling(
            maximum_batch_size=CapacitySize.percent(5), wait_interval=timedelta(minutes=1)
        )
        assert repr(rolling).startswith("RollingDeployment(wait_interval=datetime.timedelta(seconds=60), ")


class TestGivenAsStructOrFields:
    def test_a_struct_a_mapping_and_fields_are_the_same(self, stack, container) -> None:
        fields = {"image": container().image, "container_hostname": "a"}
        model = Model(stack, "Model", containers=[fields])
        model.add_container(ContainerDefinition(**{**fields, "container_hostname": "b"}))
        model.add_container({**fields, "container_hostname": "c"})
        model.add_container(**{**fields, "container_hostname": "d"})
        assert [each.container_hostname for each in model._definitions] == ["a", "b", "c", "d"]

    def test_both_at_once_are_refused(self, container, new_model) -> None:
        model = new_model()
        with pytest.raises(InvalidPropsError, match="also environment; put all of it into the Container"):
            model.add_container(container(), environment={"A": "b"})
        assert len(model._definitions) == 1

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            (
                {"variant_nam": "a"},
                "EndpointConfig.add_instance_production_variant() got an unexpected keyword argument "
                "'variant_nam'; did you mean 'variant_name'?",
            ),
            ({"variant_name": "a"}, "InstanceProductionVariantProps.__init__() missing 1 required"),
        ],
    )
    def test_unknown_and_missing_fields_are_told(self, stack, fields, told) -> None:
        config = EndpointConfig(stack, "Config")
        with pytest.raises(TypeError) as raised:
            config.add_instance_production_variant(**fields)
        assert told in str(raised.value)
        assert config.production_variants == ()

    def test_tools_see_the_fields(self) -> None:
        parameters = inspect.signature(Model.add_container).parameters
        assert list(parameters)[:4] == ["self", "container", "image", "environment"]
        assert parameters["container"].default is None


ERRORS = Metric(namespace="App", metric_name="Errors", period=timedelta(minutes=1))
