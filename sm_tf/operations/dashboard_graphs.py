"""What the dashboard of an endpoint shows of a variant, by the variant's kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sm_tf.aws.instance_capacity import gpus_of, vcpus_of
from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.annotation import HorizontalAnnotation
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.widget import GraphWidget, YAxisProps
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    InstanceVariantMetrics,
    InvocationHttpResponseCode,
    InvokedInstanceVariantMetrics,
    InvokedVariantMetrics,
    MultiModelVariantMetrics,
    ServerlessVariantMetrics,
    VariantMetrics,
)
from sm_tf.operations.dashboard_lines import Line, line, scaled, share, thresholds

if TYPE_CHECKING:
    from sm_tf.endpoint.endpoint_variant import EndpointProductionVariant

BLUE, ORANGE, GREEN, PURPLE, BROWN, GRAY = "#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#7f7f7f"
_HOUR = timedelta(hours=1)
_TO_MILLISECONDS = Fraction(1, 1000)
_TO_SECONDS = Fraction(1, 1_000_000)
_IN_5_MINUTES = "in 5 minutes"


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A graph before it has its place and the thresholds of the alarms."""

    title: str
    left: Sequence[Line]
    left_label: str
    right: Sequence[Line] = ()
    right_label: str = ""
    limits: Sequence[HorizontalAnnotation] = ()

    def to_widget(self, width: int, alarms: Sequence[Alarm]) -> GraphWidget:
        """The widget, with a line for each alarm on what it shows."""
        return GraphWidget(
            title=self.title,
            width=width,
            left=[line.shown for line in self.left],
            right=[line.shown for line in self.right],
            left_annotations=[*self.limits, *thresholds(self.left, alarms)],
            right_annotations=thresholds(self.right, alarms),
            left_y_axis=_axis(self.left_label),
            right_y_axis=_axis(self.right_label) if self.right else None,
        )

    def has_threshold_of(self, alarm: Alarm) -> bool:
        """Whether the alarm watches something that the graph shows."""
        return bool(thresholds([*self.left, *self.right], [alarm]))


def graphs_of(variant: "EndpointProductionVariant") -> list[Graph]:
    """Traffic, latency, errors, saturation, scaling and what drives the cost."""
    if isinstance(variant, AsyncVariantMetrics):
        return [
            _processed(variant),
            _processing_time(variant),
            _failures(variant),
            _backlog(variant),
            _saturation(variant, variant.props),
            _instances(variant, variant.props, variant.scaling),
            _instance_hours(variant),
        ]
    if isinstance(variant, ServerlessVariantMetrics):
        props: Any = variant.props
        graphs = [_traffic(variant), _latency(variant), _errors(variant), _concurrency(variant, props)]
        if props is None or props.provisioned_concurrency is not None:
            graphs.append(_provisioned_concurrency(variant, props, variant.scaling))
        return [*graphs, _cold_starts(variant), _billed_work(variant)]
    assert isinstance(variant, InvokedInstanceVariantMetrics)
    graphs = [
        _traffic(variant),
        _latency(variant),
        _errors(variant),
        _saturation(variant, variant.props),
        _instances(variant, variant.props, variant.scaling),
        _instance_hours(variant),
    ]
    return [*graphs, *_models(variant)] if isinstance(variant, MultiModelVariantMetrics) else graphs


def _traffic(variant: InvokedVariantMetrics) -> Graph:
    lines = [line(variant.metric_invocations(), "Invocations", BLUE)]
    if isinstance(variant, InvokedInstanceVariantMetrics):
        lines.append(line(variant.metric_invocations_per_instance(), "For each instance", GREEN))
    return Graph(title="Traffic", left=lines, left_label=f"requests {_IN_5_MINUTES}")


def _processed(variant: AsyncVariantMetrics) -> Graph:
    lines = [line(variant.metric_invocations_processed(), "Processed", BLUE)]
    return Graph(title="Traffic", left=lines, left_label=f"requests {_IN_5_MINUTES}")


def _percentiles(metric: Metric, what: str) -> list[Line]:
    return [
        scaled(metric.with_(statistic=statistic), _TO_MILLISECONDS, f"{what} {statistic}", color)
        for statistic, color in (("p50", GREEN), ("p90", ORANGE), ("p99", PURPLE))
    ]


def _latency(variant: InvokedVariantMetrics) -> Graph:
    # AWS publishes no percentiles of the overhead.
    overhead = variant.metric_overhead_latency()
    lines = [
        *_percentiles(variant.metric_model_latency(), "Model"),
        scaled(overhead, _TO_MILLISECONDS, "Overhead, average", GRAY),
    ]
    return Graph(title="Latency", left=lines, left_label="milliseconds")


def _processing_time(variant: AsyncVariantMetrics) -> Graph:
    total, waiting = variant.metric_total_processing_time(statistic="p99"), variant.metric_time_in_backlog()
    return Graph(
        title="Latency",
        left=_percentiles(variant.metric_model_latency(), "Model"),
        left_label="milliseconds",
        right=[
            scaled(total, _TO_MILLISECONDS, "Arrival to response p99", BLUE),
            scaled(waiting.with_(statistic="p99"), _TO_SECONDS, "In the backlog p99", GRAY),
        ],
        right_label="seconds",
    )


def _errors(variant: InvokedVariantMetrics) -> Graph:
    rates = _error_rates(variant, variant.metric_invocations())
    return Graph(title="Errors", left=rates, left_label="% of requests")


def _error_rates(variant: VariantMetrics, requests: Metric | None) -> list[Line]:
    codes = InvocationHttpResponseCode
    rates = []
    for code, label, color in (
        (codes.INVOCATION_4XX_ERRORS, "4xx", ORANGE),
        (codes.INVOCATION_5XX_ERRORS, "5xx", PURPLE),
    ):
        errors = variant.metric_invocation_response_code(code)
        # Asynchronous endpoints publish no Invocations, but a 0 or 1 of every request.
        rates.append(share(errors, requests or errors.with_(statistic="SampleCount"), label, color))
    return rates


def _failures(variant: AsyncVariantMetrics) -> Graph:
    return Graph(
        title="Errors",
        left=[
            line(variant.metric_invocation_failures(), "Failed", PURPLE),
            line(variant.metric_expired_requests(), "Expired", BROWN),
            line(variant.metric_request_download_failures(), "Not read from S3", BLUE),
            line(variant.metric_response_upload_failures(), "Not written to S3", GREEN),
            line(variant.metric_notification_failures(), "Not notified", GRAY),
        ],
        left_label=f"requests {_IN_5_MINUTES}",
        right=_error_rates(variant, None),
        right_label="% of requests",
    )


def _backlog(variant: AsyncVariantMetrics) -> Graph:
    return Graph(
        title="Backlog",
        left=[
            line(variant.metric_approximate_backlog_size(), "Waiting or in work", BLUE),
            line(variant.metric_approximate_backlog_size_per_instance(), "For each instance", GREEN),
        ],
        left_label="requests",
        right=[line(variant.metric_approximate_age_of_oldest_request(), "Age of the oldest", ORANGE)],
        right_label="seconds",
    )


def _saturation(variant: InstanceVariantMetrics, props: Any) -> Graph:
    instance_type = str(props.instance_type) if props else ""
    vcpus, gpus = vcpus_of(instance_type), gpus_of(instance_type)
    lines = [
        _of_all(variant.metric_cpu_utilization(), vcpus, "CPU", BLUE),
        line(variant.metric_memory_utilization(), "Memory", ORANGE),
        line(variant.metric_disk_utilization(), "Disk", GRAY),
    ]
    if gpus != 0 or vcpus is None:
        lines.append(_of_all(variant.metric_gpu_utilization(), gpus, "GPU", GREEN))
        lines.append(_of_all(variant.metric_gpu_memory_utilization(), gpus, "GPU memory", PURPLE))
    return Graph(title="Saturation", left=lines, left_label="%")


def _of_all(metric: Metric, parts: int | None, label: str, color: str) -> Line:
    """AWS adds up the percentages of an instance's vCPUs and GPUs."""
    if parts is None or parts == 0:
        return line(metric, f"{label} (100 for each)", color)
    return line(metric, label, color) if parts == 1 else scaled(metric, Fraction(1, parts), label, color)


def _concurrency(variant: ServerlessVariantMetrics, props: Any) -> Graph:
    most = f" of {as_token(props.max_concurrency)}" if props else ""
    executions = variant.metric_serverless_concurrent_executions_utilization(statistic="Maximum")
    return Graph(
        title="Saturation",
        left=[
            scaled(executions, 100, f"Maximum concurrency{most}", BLUE),
            line(variant.metric_memory_utilization(), "Memory", ORANGE),
        ],
        left_label="%",
    )


def _provisioned_concurrency(variant: ServerlessVariantMetrics, props: Any, scaling: Any) -> Graph:
    limits = _bounds(scaling)
    if scaling is None and props is not None:
        limits = [HorizontalAnnotation(value=props.provisioned_concurrency, label="Provisioned", color=GRAY)]
    executions = variant.metric_serverless_provisioned_concurrency_executions(statistic="Maximum")
    spilled = variant.metric_serverless_provisioned_concurrency_spillover_invocations(statistic="Sum")
    utilization = variant.metric_serverless_provisioned_concurrency_utilization(statistic="Maximum")
    return Graph(
        title="Provisioned concurrency",
        left=[line(executions, "In work", BLUE), line(spilled, "Spilled over", ORANGE)],
        left_label="requests",
        right=[scaled(utilization, 100, "In use", GREEN)],
        right_label="%",
        limits=limits,
    )


def _cold_starts(variant: ServerlessVariantMetrics) -> Graph:
    setup = variant.metric_model_setup_time()
    return Graph(
        title="Cold starts",
        left=[line(setup.with_(statistic="SampleCount"), "Cold starts", BLUE)],
        left_label=f"starts {_IN_5_MINUTES}",
        right=[scaled(setup.with_(statistic="p90"), _TO_MILLISECONDS, "Setup time p90", ORANGE)],
        right_label="milliseconds",
    )


def _instances(variant: InstanceVariantMetrics, props: Any, scaling: Any) -> Graph:
    return Graph(
        title="Instances",
        left=[line(_instance_minutes(variant, timedelta(minutes=1)), "Running", BLUE)],
        left_label="instances",
        right=_waiting(variant),
        right_label="1 = yes",
        limits=_bounds(scaling, getattr(props, "enabled_managed_scaling", None)),
    )


def _waiting(variant: InstanceVariantMetrics) -> list[Line]:
    if not isinstance(variant, AsyncVariantMetrics):
        return []
    return [line(variant.metric_has_backlog_without_capacity(), "Backlog without an instance", ORANGE)]


def _instance_minutes(variant: InstanceVariantMetrics, period: timedelta) -> Metric:
    """Each instance publishes its utilization once a minute, so these are counted.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-troubleshooting.html
    """
    return variant.metric_cpu_utilization(statistic="SampleCount", period=period)


def _bounds(scaling: Any, managed: Any = None) -> list[HorizontalAnnotation]:
    if scaling is not None:
        low, high = scaling.min_capacity, scaling.max_capacity
    elif managed is not None:
        low, high = managed.min_instance_count, managed.max_instance_count
    else:
        return []
    bounds = (("Minimum", low), ("Maximum", high))
    return [HorizontalAnnotation(value=n, label=label, color=GRAY) for label, n in bounds if n is not None]


def _instance_hours(variant: InstanceVariantMetrics) -> Graph:
    hourly = scaled(_instance_minutes(variant, _HOUR), Fraction(1, 60), "In each hour", BLUE)
    total = MathExpression(
        expression="RUNNING_SUM(hours)", using_metrics={"hours": hourly.shown}, period=_HOUR
    )
    return Graph(
        title="Cost: instance hours",
        left=[hourly],
        left_label="hours",
        right=[line(total, "Since the graph begins", ORANGE)],
        right_label="hours",
    )


def _billed_work(variant: ServerlessVariantMetrics) -> Graph:
    duration = variant.metric_model_latency(statistic="Sum", period=_HOUR)
    return Graph(
        title="Cost: invocations and duration",
        left=[line(variant.metric_invocations(period=_HOUR), "Invocations", BLUE)],
        left_label="requests in an hour",
        right=[scaled(duration, _TO_SECONDS, "Duration", ORANGE)],
        right_label="seconds in an hour",
    )


def _models(variant: MultiModelVariantMetrics) -> list[Graph]:
    hits = variant.metric_model_cache_hit()
    found, asked = hits.with_(statistic="Sum"), hits.with_(statistic="SampleCount")
    return [
        Graph(
            title="Loading of models",
            left=[
                scaled(variant.metric_model_loading_wait_time(), _TO_MILLISECONDS, "A request's wait", BLUE),
                scaled(variant.metric_model_downloading_time(), _TO_MILLISECONDS, "Download", ORANGE),
                scaled(variant.metric_model_loading_time(), _TO_MILLISECONDS, "Load", GREEN),
                scaled(variant.metric_model_unloading_time(), _TO_MILLISECONDS, "Unload", GRAY),
            ],
            left_label="milliseconds",
        ),
        Graph(
            title="Loaded models",
            left=[share(found, asked, "Requests that found their model", BLUE)],
            left_label="% of requests",
            right=[line(variant.metric_loaded_model_count(), "Models on an instance", GREEN)],
            right_label="models",
        ),
    ]


def _axis(label: str) -> YAxisProps:
    return YAxisProps(label=label, min=0, show_units=False)
