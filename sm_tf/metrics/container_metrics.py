"""The metrics that AWS publishes for one container of a variant."""

from typing import Unpack

from sm_tf.cloudwatch.metric import Metric, MetricOptions
from sm_tf.metrics.published_metrics import InvocationHttpResponseCode, PublishedMetrics


class ContainerMetrics(PublishedMetrics):
    """Metrics of one container of a variant whose containers are invoked directly; each method takes
    MetricOptions. The period defaults to 5 minutes.

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
        """Number of requests sent to the container. Statistic: sum."""
        return self._of_invocations("Invocations", "Sum", options)

    def metric_invocation_response_code(
        self, response_code: InvocationHttpResponseCode, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Number of requests that get a 4xx or 5xx response from the container. Statistic: sum."""
        return self._of_invocations(str(response_code), "Sum", options)

    def metric_container_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the container takes, in microseconds. Statistic: average."""
        return self._of_invocations("ContainerLatency", "Average", options)

    def metric_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that SageMaker adds to that of the container, in microseconds. Statistic: average."""
        return self._of_invocations("OverheadLatency", "Average", options)

    def metric_cpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """CPU that the container uses, in percent: 100 for each core. Statistic: average."""
        return self._of_instances("CPUUtilization", options)

    def metric_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Memory that the container uses, in percent. Statistic: average."""
        return self._of_instances("MemoryUtilization", options)
