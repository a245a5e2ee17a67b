"""Public calls tell which keyword they don't know; tools see their arguments, and what an object is."""

import inspect
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol, is_typeddict

import pytest

import sm_tf
from sm_tf import (
    Alarm,
    AnomalyDetectionAlarm,
    Endpoint,
    Metric,
    Model,
    ServerlessProductionVariantProps,
    SuspendedState,
)
from sm_tf.foundation.construct import SmTfConstruct


def public_classes() -> Iterator[type]:
    for name in sm_tf.__all__:
        value = getattr(sm_tf, name)
        is_for_calls = isinstance(value, type) and not issubclass(value, Enum | Exception)
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

    def test_an_error_inside_the_call_stays_as_it_is(self) -> None:
        with pytest.raises(TypeError, match="object of type 'int' has no len"):
            Metric(namespace="A", metric_name="b", dimensions_map=3)

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

    def test_help_shows_them_too(self) -> None:
        import pydoc

        text = pydoc.plain(pydoc.render_doc(Model))
        assert " |  Model(scope: constructs.Construct, id: str, *, containers: " in text


ERRORS = Metric(namespace="App", metric_name="Errors", period=timedelta(minutes=1))
