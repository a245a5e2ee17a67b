"""The metrics that AWS publishes for a variant of an endpoint.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from enum import StrEnum
from typing import Unpack

from sm_tf.monitoring.metric import Metric, MetricOptions

INVOCATION_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"


class InvocationHttpResponseCode(StrEnum):
    """Which failed requests to count."""

    INVOCATION_4XX_ERRORS = "Invocation4XXErrors"
    INVOCATION_5XX_ERRORS = "Invocation5XXErrors"


class VariantMetrics:
    """Metrics of one variant of any kind; each method takes MetricOptions. The period is 5 minutes if
    absent.
    """

    def __init__(self, *, endpoint_name: str, variant_name: str) -> None:
        self._dimensions = {"EndpointName": endpoint_name, "VariantName": variant_name}

    def metric(self, namespace: str, metric_name: str, **options: Unpack[MetricOptions]) -> Metric:
        """Any metric with the variant's dimensions; the sum if no statistic is given."""
        metric = Metric(
            namespace=namespace, metric_name=metric_name, dimensions_map=self._dimensions, statistic="Sum"
        )
        return metric.with_(**options)

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that were sent to the variant: their number, by the sum."""
        return self._of_invocations("Invocations", "Sum", options)

    def metric_invocation_response_code(
        self, response_code: InvocationHttpResponseCode, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that were answered with a 4xx or 5xx status: their number, by the sum."""
        return self._of_invocations(str(response_code), "Sum", options)

    def metric_model_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """How long the model's containers take, in microseconds, by the average."""
        return self._of_invocations("ModelLatency", "Average", options)

    def metric_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """How long SageMaker takes besides the containers, in microseconds, by the average."""
        return self._of_invocations("OverheadLatency", "Average", options)

    def _of_invocations(self, metric_name: str, statistic: str, options: MetricOptions) -> Metric:
        return self.metric(INVOCATION_NAMESPACE, metric_name, statistic=statistic).with_(**options)

    def _of_instances(self, metric_name: str, options: MetricOptions) -> Metric:
        return self.metric(INSTANCE_NAMESPACE, metric_name, statistic="Average").with_(**options)


class InstanceVariantMetrics(VariantMetrics):
    """Metrics of a variant on instances, real-time or asynchronous."""

    def metric_disk_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Disk space in use on the instances, in percent, by the average."""
        return self._of_instances("DiskUtilization", options)

    def metric_cpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """CPU in use, in percent, by the average; 100 for each core, so four busy cores are 400."""
        return self._of_instances("CPUUtilization", options)

    def metric_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Memory in use, in percent, by the average."""
        return self._of_instances("MemoryUtilization", options)

    def metric_gpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """GPU in use, in percent, by the average; 100 for each GPU, so four busy GPUs are 400."""
        return self._of_instances("GPUUtilization", options)

    def metric_gpu_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """GPU memory in use, in percent, by the average; 100 for each GPU."""
        return self._of_instances("GPUMemoryUtilization", options)


class RealTimeVariantMetrics(InstanceVariantMetrics):
    """Metrics of a variant on instances whose callers wait for the answer."""

    def metric_invocations_per_instance(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests for each instance of the variant: their number, by the sum."""
        return self._of_invocations("InvocationsPerInstance", "Sum", options)


class MultiModelVariantMetrics(RealTimeVariantMetrics):
    """Metrics of a variant that loads many models into one container."""


class AsyncVariantMetrics(InstanceVariantMetrics):
    """Metrics of the variant of an asynchronous endpoint."""


class ServerlessVariantMetrics(VariantMetrics):
    """Metrics of a serverless variant."""
