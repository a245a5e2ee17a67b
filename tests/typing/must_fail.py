"""Mistakes that type checkers must find: each is marked with its error, and a mark without one is an error.

They are checked, not run.
"""

from datetime import timedelta

from cdktf import TerraformStack

import sm_tf
from sm_tf import (
    Alarm,
    CapacitySize,
    ContainerDefinition,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    Metric,
    Model,
    ScalableInstanceCount,
    SuspendedState,
)


def unknown_names() -> None:
    _ = sm_tf.Modell  # type: ignore[attr-defined]


def unknown_keywords(stack: TerraformStack, model: Model, config: EndpointConfig, metric: Metric) -> None:
    Model(stack, "Model", container=[])  # type: ignore[call-arg]
    Alarm(stack, "Alarm", metric=metric, treshold=1, evaluation_periods=1)  # type: ignore[call-arg]
    metric.create_alarm(stack, "Alarm", treshold=1, evaluation_periods=1)  # type: ignore[call-arg]
    metric.with_(statistics="p99")  # type: ignore[call-arg]
    SuspendedState(paused=True)  # type: ignore[call-arg]
    model.add_container(enviroment={"A": "b"})  # type: ignore[call-overload]
    config.add_instance_production_variant(model=model, variant_nam="a")  # type: ignore[call-overload]


def missing_arguments(stack: TerraformStack, model: Model, config: EndpointConfig, metric: Metric) -> None:
    Endpoint(stack, "Endpoint")  # type: ignore[call-arg]
    Alarm(stack, "Alarm", metric=metric, threshold=1)  # type: ignore[call-arg]
    InstanceProductionVariantProps(model=model)  # type: ignore[call-arg]
    config.add_instance_production_variant(model=model)  # type: ignore[call-overload]


def struct_and_fields(model: Model) -> None:
    model.add_container(ContainerDefinition(), environment={"A": "b"})  # type: ignore[call-overload]


def durations_without_a_unit(model: Model, count: ScalableInstanceCount) -> None:
    Deployment.all_at_once(wait_interval=300)  # type: ignore[arg-type]
    Deployment.canary(size=CapacitySize.percent(10), wait_interval=5.0)  # type: ignore[arg-type]
    count.scale_on_invocations("A", max_requests_per_second=1, scale_in_cooldown=60)  # type: ignore[arg-type]
    Metric(namespace="A", metric_name="b", period=60)  # type: ignore[arg-type]
    InstanceProductionVariantProps(
        model=model,
        variant_name="a",
        model_data_download_timeout=60,  # type: ignore[arg-type]
    )


def wrong_types(stack: TerraformStack, model: Model, config: EndpointConfig, endpoint: Endpoint) -> None:
    Model(stack, "Model", containers=["app"])  # type: ignore[list-item]
    Model(stack, "Model", role=5)  # type: ignore[arg-type]
    InstanceProductionVariantProps(model="mine", variant_name="a")  # type: ignore[arg-type]
    InstanceProductionVariantProps(model=model, variant_name="a", instance_type=5)  # type: ignore[arg-type]
    model.add_container(image="app:1.0")  # type: ignore[call-overload]
    Endpoint(stack, "Endpoint", endpoint_config=config, deployment="canary")  # type: ignore[arg-type]
    Alarm(stack, "Alarm", metric="Errors", evaluation_periods=1)  # type: ignore[arg-type]
    Deployment.canary(size=10, wait_interval=timedelta(minutes=5))  # type: ignore[arg-type]
    endpoint.grant_invoke(config)  # type: ignore[arg-type]


def immutable(metric: Metric, deployment: Deployment) -> None:
    metric.period = timedelta(minutes=1)  # type: ignore[misc]
    deployment.wait_interval = timedelta(minutes=1)  # type: ignore[misc]
