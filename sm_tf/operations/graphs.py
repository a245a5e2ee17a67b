"""The graphs of an endpoint's dashboard."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric, Unit
from sm_tf.foundation.checks import CountLike
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    InstanceVariantMetrics,
    InvokedInstanceVariantMetrics,
    InvokedVariantMetrics,
    MultiModelVariantMetrics,
    ServerlessVariantMetrics,
    VariantMetrics,
)
from sm_tf.operations import indicators
from sm_tf.operations.capacity import InstanceCapacity, ScalingBounds, ServerlessCapacity
from sm_tf.operations.graph import Graph, Line
from sm_tf.operations.indicators import Indicator

BLUE, ORANGE, GREEN, PURPLE, BROWN, GRAY = "#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#7f7f7f"
_HOUR = timedelta(hours=1)
_TO_MILLISECONDS = Fraction(1, 1000)
_TO_SECONDS = Fraction(1, 1_000_000)


def traffic(metrics: InvokedVariantMetrics) -> Graph:
    """Requests of a variant without instances."""
    return _traffic(_counted(metrics.metric_invocations(), "Invocations", BLUE))


def traffic_of_instances(metrics: InvokedInstanceVariantMetrics) -> Graph:
    """Requests of a variant, and of each of its instances."""
    return _traffic(
        _counted(metrics.metric_invocations(), "Invocations", BLUE),
        _counted(metrics.metric_invocations_per_instance(), "Per instance", GREEN),
    )


def processed_traffic(metrics: AsyncVariantMetrics) -> Graph:
    """Requests that an asynchronous endpoint has processed."""
    return _traffic(_counted(metrics.metric_invocations_processed(), "Processed", BLUE))


def _traffic(*lines: Line) -> Graph:
    return Graph(title="Traffic", left=lines, left_label="requests per 5 minutes")


def latency(metrics: InvokedVariantMetrics) -> Graph:
    """The time of the model and of SageMaker."""
    overhead = Line(
        indicator=indicators.overhead_latency(metrics),
        label="Overhead average",
        color=GRAY,
        factor=_TO_MILLISECONDS,
    )
    return Graph(title="Latency", left=[*_model_latencies(metrics), overhead], left_label="milliseconds")


def processing_time(metrics: AsyncVariantMetrics) -> Graph:
    """The time of the model, and of a request's whole way."""
    total, waiting = metrics.metric_total_processing_time(), metrics.metric_time_in_backlog()
    return Graph(
        title="Latency",
        left=_model_latencies(metrics),
        left_label="milliseconds",
        right=[
            # AWS publishes this one in milliseconds.
            _scaled(total.with_(statistic="p99"), Fraction(1, 1000), "End to end p99", BLUE),
            _scaled(waiting.with_(statistic="p99"), _TO_SECONDS, "Time in backlog p99", GRAY),
        ],
        right_label="seconds",
    )


def _model_latencies(metrics: VariantMetrics) -> list[Line]:
    return [
        Line(
            indicator=indicators.model_latency(metrics, statistic),
            label=f"Model {statistic}",
            color=color,
            factor=_TO_MILLISECONDS,
        )
        for statistic, color in (("p50", GREEN), ("p90", ORANGE), ("p99", PURPLE))
    ]


def errors(of_client: Indicator, of_server: Indicator) -> Graph:
    """The rates of failed requests."""
    return Graph(title="Errors", left=_error_rates(of_client, of_server), left_label="% of requests")


def failures(metrics: AsyncVariantMetrics, of_client: Indicator, of_server: Indicator) -> Graph:
    """Requests of an asynchronous endpoint that got no answer, and why."""
    return Graph(
        title="Errors",
        left=[
            Line(indicator=indicators.failed_requests(metrics), label="Failed", color=PURPLE),
            Line(indicator=indicators.expired_requests(metrics), label="Expired", color=BROWN),
            _counted(metrics.metric_request_download_failures(), "S3 download failed", BLUE),
            _counted(metrics.metric_response_upload_failures(), "S3 upload failed", GREEN),
            _counted(metrics.metric_notification_failures(), "Notification failed", GRAY),
        ],
        left_label="requests per 5 minutes",
        right=_error_rates(of_client, of_server),
        right_label="% of requests",
    )


def _error_rates(of_client: Indicator, of_server: Indicator) -> list[Line]:
    return [
        Line(indicator=of_client, label="4xx", color=ORANGE),
        Line(indicator=of_server, label="5xx", color=PURPLE),
    ]


def backlog(metrics: AsyncVariantMetrics) -> Graph:
    """The queue of an asynchronous endpoint."""
    age = indicators.age_of_oldest_request(metrics)
    return Graph(
        title="Backlog",
        left=[
            _counted(metrics.metric_approximate_backlog_size(), "Queued or in progress", BLUE),
            _counted(metrics.metric_approximate_backlog_size_per_instance(), "Per instance", GREEN),
        ],
        left_label="requests",
        right=[Line(indicator=age, label="Age of oldest request", color=ORANGE)],
        right_label="seconds",
    )


def saturation(metrics: InstanceVariantMetrics, capacity: InstanceCapacity) -> Graph:
    """How busy the instances are."""
    vcpus, gpus = capacity.vcpus, capacity.gpus
    lines = [
        Line(indicator=indicators.cpu(metrics, vcpus), label=_of_all("CPU", vcpus, "vCPU"), color=BLUE),
        Line(indicator=indicators.memory(metrics), label="Memory", color=ORANGE),
        Line(indicator=indicators.disk(metrics), label="Disk", color=GRAY),
    ]
    if gpus != 0 or vcpus is None:
        gpu, memory = indicators.gpu(metrics, gpus), indicators.gpu_memory(metrics, gpus)
        lines += [
            Line(indicator=gpu, label=_of_all("GPU", gpus, "GPU"), color=GREEN),
            Line(indicator=memory, label=_of_all("GPU memory", gpus, "GPU"), color=PURPLE),
        ]
    return Graph(title="Saturation", left=lines, left_label="%")


def _of_all(label: str, count: int | None, part: str) -> str:
    return label if count else f"{label} (100% per {part})"


def concurrency(metrics: ServerlessVariantMetrics, capacity: ServerlessCapacity) -> Graph:
    """How busy a serverless variant is."""
    maximum = f" (maximum {as_token(capacity.max_concurrency)})" if capacity.is_known else ""
    return Graph(
        title="Saturation",
        left=[
            Line(indicator=indicators.concurrency(metrics), label=f"Concurrency{maximum}", color=BLUE),
            Line(indicator=indicators.memory(metrics), label="Memory", color=ORANGE),
        ],
        left_label="%",
    )


def provisioned_concurrency(metrics: ServerlessVariantMetrics, capacity: ServerlessCapacity) -> Graph:
    """How busy the provisioned concurrency is."""
    executions = metrics.metric_serverless_provisioned_concurrency_executions(statistic="Maximum")
    utilization = metrics.metric_serverless_provisioned_concurrency_utilization(statistic="Maximum")
    provisioned = capacity.provisioned_concurrency
    return Graph(
        title="Provisioned concurrency",
        left=[
            _counted(executions, "In progress", BLUE),
            Line(indicator=indicators.spillover(metrics), label="Spillover", color=ORANGE),
        ],
        left_label="requests",
        right=[_scaled(utilization, Fraction(100), "Utilization", GREEN)],
        right_label="%",
        limits=_bounds(capacity.scaling) or _limits(("Provisioned", provisioned)),
    )


def cold_starts(metrics: ServerlessVariantMetrics) -> Graph:
    """How often requests waited for a container, and how long."""
    setup = metrics.metric_model_setup_time()
    return Graph(
        title="Cold starts",
        left=[_counted(setup.with_(statistic="SampleCount"), "Cold starts", BLUE)],
        left_label="cold starts per 5 minutes",
        right=[_scaled(setup.with_(statistic="p90"), _TO_MILLISECONDS, "Setup time p90", ORANGE)],
        right_label="milliseconds",
    )


def instances(metrics: InstanceVariantMetrics, capacity: InstanceCapacity) -> Graph:
    """How many instances run, and the bounds of their scaling."""
    return _instances(metrics, capacity, [], "")


def instances_and_backlog(metrics: AsyncVariantMetrics, capacity: InstanceCapacity) -> Graph:
    """The same, and whether requests wait for a first instance."""
    waiting = Line(
        indicator=indicators.backlog_without_capacity(metrics), label="Backlog without capacity", color=ORANGE
    )
    return _instances(metrics, capacity, [waiting], "1 = yes")


def _instances(
    metrics: InstanceVariantMetrics, capacity: InstanceCapacity, right: Sequence[Line], right_label: str
) -> Graph:
    return Graph(
        title="Instances",
        left=[Line(indicator=indicators.running_instances(metrics), label="Running", color=BLUE)],
        left_label="instances",
        right=right,
        right_label=right_label,
        limits=_bounds(capacity.scaling),
    )


def _bounds(scaling: ScalingBounds | None) -> list[HorizontalAnnotation]:
    return _limits(("Minimum", scaling.minimum), ("Maximum", scaling.maximum)) if scaling else []


def _limits(*limits: tuple[str, CountLike | None]) -> list[HorizontalAnnotation]:
    return [
        HorizontalAnnotation(value=value, label=label, color=GRAY)
        for label, value in limits
        if value is not None
    ]


def instance_hours(metrics: InstanceVariantMetrics) -> Graph:
    """The cost driver of instances."""
    hourly = Line(
        indicator=indicators.running_instances(metrics, _HOUR),
        label="Per hour",
        color=BLUE,
        factor=Fraction(1, 60),
    )
    total = MathExpression(
        expression="RUNNING_SUM(hours)",
        using_metrics={"hours": hourly.metric},
        period=_HOUR,
        label="Total in time range",
        color=ORANGE,
    )
    return Graph(
        title="Cost: instance hours",
        left=[hourly],
        left_label="hours",
        right_extra=[total],
        right_label="hours",
    )


def billed_work(metrics: ServerlessVariantMetrics) -> Graph:
    """The cost drivers of a serverless variant."""
    duration = metrics.metric_model_latency(statistic="Sum", period=_HOUR)
    return Graph(
        title="Cost: invocations and duration",
        left=[_counted(metrics.metric_invocations(period=_HOUR), "Invocations", BLUE)],
        left_label="requests per hour",
        right=[_scaled(duration, _TO_SECONDS, "Duration", ORANGE)],
        right_label="seconds per hour",
    )


def model_loading(metrics: MultiModelVariantMetrics) -> Graph:
    """How long models take to come and go."""
    return Graph(
        title="Model loading",
        left=[
            _scaled(metrics.metric_model_loading_wait_time(), _TO_MILLISECONDS, "Wait per request", BLUE),
            _scaled(metrics.metric_model_downloading_time(), _TO_MILLISECONDS, "Download", ORANGE),
            _scaled(metrics.metric_model_loading_time(), _TO_MILLISECONDS, "Load", GREEN),
            _scaled(metrics.metric_model_unloading_time(), _TO_MILLISECONDS, "Unload", GRAY),
        ],
        left_label="milliseconds",
    )


def loaded_models(metrics: MultiModelVariantMetrics) -> Graph:
    """How often a request finds its model loaded."""
    return Graph(
        title="Loaded models",
        left=[Line(indicator=indicators.cache_hit_rate(metrics), label="Cache hit rate", color=BLUE)],
        left_label="% of requests",
        right=[_counted(metrics.metric_loaded_model_count(), "Models per instance", GREEN)],
        right_label="models",
    )


def _counted(metric: Metric, label: str, color: str) -> Line:
    return Line(indicator=Indicator(metric=metric, unit=Unit.COUNT), label=label, color=color)


def _scaled(metric: Metric, factor: Fraction, label: str, color: str) -> Line:
    indicator = Indicator(metric=metric, unit=Unit.NONE)
    return Line(indicator=indicator, label=label, color=color, factor=factor)
