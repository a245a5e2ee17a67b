"""The metrics that AWS publishes for one container of a variant."""

from typing import TYPE_CHECKING, Unpack

from sm_tf.cloudwatch.metric import Metric, MetricOptions
from sm_tf.metrics.published_metrics import PublishedMetrics

if TYPE_CHECKING:
    from sm_tf.metrics.variant_metrics import InvocationHttpResponseCode


class ContainerMetrics(PublishedMetrics):
    """Metrics of one container of a variant whose containers are invoked directly; each method takes
    MetricOptions. The period is 5 minutes if absent.

    Args:
        endpoint_name: of the endpoint.
        variant_name: of the variant.
        container_name: the container's hostname.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-metrics.html
    """

    def __init__(self, *, endpoint_name: str, variant_name: str, container_name: str) -> None:
        super().__init__(
            {"EndpointName": endpoint_name, "VariantName": variant_name, "ContainerName": container_name}
        )

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that were sent to the container: their number, by the sum."""
        return self._of_invocations("Invocations", "Sum", options)

    def metric_invocation_response_code(
        self, response_code: "InvocationHttpResponseCode", **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that the container answered with a 4xx or 5xx status: their number, by the sum."""
        return self._of_invocations(str(response_code), "Sum", options)

    def metric_container_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """How long the container takes, in microseconds, by the average."""
        return self._of_invocations("ContainerLatency", "Average", options)

    def metric_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """How long SageMaker takes besides the container, in microseconds, by the average."""
        return self._of_invocations("OverheadLatency", "Average", options)

    def metric_cpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """CPU that the container uses, in percent, by the average; 100 for each core."""
        return self._of_instances("CPUUtilization", options)

    def metric_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Memory that the container uses, in percent, by the average."""
        return self._of_instances("MemoryUtilization", options)
