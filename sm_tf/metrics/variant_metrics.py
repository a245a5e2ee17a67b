"""The metrics that AWS publishes for a variant of an endpoint, by the kind of variant.

The statistic that a docstring names is the default. It is the sum for counts of requests, the average for
durations and levels, and the maximum where AWS lists neither.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from typing import Unpack

from sm_tf.cloudwatch.metric import Metric, MetricOptions
from sm_tf.metrics.container_metrics import ContainerMetrics
from sm_tf.metrics.published_metrics import (
    INVOCATION_NAMESPACE,
    InvocationHttpResponseCode,
    PublishedMetrics,
)


class VariantMetrics(PublishedMetrics):
    """Metrics of one variant of any kind; each method takes MetricOptions. The period defaults to
    5 minutes.
    """

    def __init__(self, *, endpoint_name: str, variant_name: str) -> None:
        super().__init__({"EndpointName": endpoint_name, "VariantName": variant_name})

    def metric_invocation_response_code(
        self, response_code: InvocationHttpResponseCode, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Number of requests that get a 4xx or 5xx response. Statistic: sum. The average is their share of
        all requests, 0 to 1.
        """
        return self._of_invocations(str(response_code), "Sum", options)

    def metric_model_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the model's containers take, in microseconds. Statistic: average."""
        return self._of_invocations("ModelLatency", "Average", options)


class InvokedVariantMetrics(VariantMetrics):
    """Metrics of a variant whose callers wait for the answer: real-time or serverless."""

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests sent to the variant. Statistic: sum."""
        return self._of_invocations("Invocations", "Sum", options)

    def metric_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that SageMaker adds to that of the containers, in microseconds. Statistic: average. On a
        serverless variant it includes cold starts.
        """
        return self._of_invocations("OverheadLatency", "Average", options)


class InstanceVariantMetrics(VariantMetrics):
    """Metrics of a variant on instances, real-time or asynchronous."""

    def metric_disk_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Disk space in use on the instances, in percent. Statistic: average."""
        return self._of_instances("DiskUtilization", options)

    def metric_cpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """CPU in use, in percent: 100 for each core, so four busy cores are 400. Statistic: average."""
        return self._of_instances("CPUUtilization", options)

    def metric_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Memory in use, in percent. Statistic: average."""
        return self._of_instances("MemoryUtilization", options)

    def metric_gpu_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """GPU in use, in percent: 100 for each GPU, so four busy GPUs are 400. Statistic: average."""
        return self._of_instances("GPUUtilization", options)

    def metric_gpu_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """GPU memory in use, in percent: 100 for each GPU. Statistic: average."""
        return self._of_instances("GPUMemoryUtilization", options)


class InvokedInstanceVariantMetrics(InvokedVariantMetrics, InstanceVariantMetrics):
    """Metrics of a variant on instances whose callers wait for the answer, with one model or many."""

    def metric_invocations_per_instance(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests for each instance of the variant. Statistic: sum."""
        return self._of_invocations("InvocationsPerInstance", "Sum", options)

    def metric_invocation_model_errors(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that the model didn't answer with a 2xx status, timeouts and broken connections
        included. Statistic: sum. The average is their share of all requests, 0 to 1.
        """
        return self._of_invocations("InvocationModelErrors", "Sum", options)

    def metric_concurrent_requests_per_model(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of concurrent requests of the model, including queued ones. Statistic: maximum."""
        return self._of_invocations("ConcurrentRequestsPerModel", "Maximum", options)


class RealTimeVariantMetrics(InvokedInstanceVariantMetrics):
    """Metrics of a variant on instances whose callers wait for the answer of its one model."""

    def metric_first_chunk_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time until a streamed response begins, in microseconds. Statistic: average."""
        return self._of_invocations("FirstChunkLatency", "Average", options)

    def metric_first_chunk_model_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the model takes to begin a streamed response, in microseconds. Statistic: average."""
        return self._of_invocations("FirstChunkModelLatency", "Average", options)

    def metric_first_chunk_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that SageMaker adds until a streamed response begins, in microseconds. Statistic: average."""
        return self._of_invocations("FirstChunkOverheadLatency", "Average", options)

    def metric_mid_stream_errors(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of streamed responses that failed after they had begun. Statistic: sum."""
        return self._of_invocations("MidStreamErrors", "Sum", options)

    def find_container(self, container_name: str) -> ContainerMetrics:
        """The metrics of one container, by its hostname. AWS publishes them for models whose containers are
        invoked directly.
        """
        dimensions = self._dimensions
        return ContainerMetrics(
            endpoint_name=dimensions["EndpointName"],
            variant_name=dimensions["VariantName"],
            container_name=container_name,
        )


class MultiModelVariantMetrics(InvokedInstanceVariantMetrics):
    """Metrics of a variant that loads many models into one container; AWS publishes none for a single model.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-cloudwatch-metrics.html
    """

    def metric_model_loading_wait_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that a request waits for its model to be downloaded and loaded, in microseconds. Statistic:
        average.
        """
        return self._of_invocations("ModelLoadingWaitTime", "Average", options)

    def metric_model_unloading_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the container takes to unload a model, in microseconds. Statistic: average."""
        return self._of_invocations("ModelUnloadingTime", "Average", options)

    def metric_model_downloading_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the download of a model from S3 takes, in microseconds. Statistic: average."""
        return self._of_invocations("ModelDownloadingTime", "Average", options)

    def metric_model_loading_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the container takes to load a model, in microseconds. Statistic: average."""
        return self._of_invocations("ModelLoadingTime", "Average", options)

    def metric_model_cache_hit(self, **options: Unpack[MetricOptions]) -> Metric:
        """Share of requests that find their model loaded, 0 to 1. Statistic: average. The sum is their
        number.
        """
        return self._of_invocations("ModelCacheHit", "Average", options)

    def metric_loaded_model_count(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of models that an instance has loaded. Statistic: average. The sum over a minute is that of
        all instances.
        """
        return self._of_instances("LoadedModelCount", options)


class AsyncVariantMetrics(InstanceVariantMetrics):
    """Metrics of the variant of an asynchronous endpoint. Those of the queue, `metric_approximate_…` and
    `metric_has_backlog_without_capacity`, belong to the endpoint: they have no dimension VariantName.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    """

    def metric_approximate_backlog_size(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that are queued or in progress. Statistic: average."""
        return self._of_queue("ApproximateBacklogSize", options)

    def metric_approximate_backlog_size_per_instance(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that are queued or in progress for each instance. Statistic: average. AWS
        publishes none while there are no instances.
        """
        return self._of_queue("ApproximateBacklogSizePerInstance", options)

    def metric_approximate_age_of_oldest_request(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the oldest request has been waiting, in seconds. Statistic: average."""
        return self._of_queue("ApproximateAgeOfOldestRequest", options)

    def metric_has_backlog_without_capacity(self, **options: Unpack[MetricOptions]) -> Metric:
        """1 while requests are queued and there are no instances, else 0. Statistic: average.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
        """
        return self._of_queue("HasBacklogWithoutCapacity", options)

    def metric_invocations_processed(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that were processed. Statistic: sum."""
        return self._of_invocations("InvocationsProcessed", "Sum", options)

    def metric_invocation_failures(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that failed, for any reason. Statistic: sum."""
        return self._of_invocations("InvocationFailures", "Sum", options)

    def metric_expired_requests(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that waited longer than they were allowed to. Statistic: sum."""
        return self._of_invocations("ExpiredRequests", "Sum", options)

    def metric_request_download_failures(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of requests that couldn't be read from S3. Statistic: sum."""
        return self._of_invocations("RequestDownloadFailures", "Sum", options)

    def metric_response_upload_failures(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of responses that couldn't be written to S3. Statistic: sum."""
        return self._of_invocations("ResponseUploadFailures", "Sum", options)

    def metric_notification_failures(self, **options: Unpack[MetricOptions]) -> Metric:
        """Number of notifications that couldn't be published. Statistic: sum."""
        return self._of_invocations("NotificationFailures", "Sum", options)

    def metric_request_download_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the download of a request from S3 takes, in microseconds. Statistic: average."""
        return self._of_invocations("RequestDownloadLatency", "Average", options)

    def metric_response_upload_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the upload of a response to S3 takes, in microseconds. Statistic: average."""
        return self._of_invocations("ResponseUploadLatency", "Average", options)

    def metric_time_in_backlog(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that a request waits before it is processed, in microseconds. Statistic: average."""
        return self._of_invocations("TimeInBacklog", "Average", options)

    def metric_total_processing_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time from the arrival of a request until its response and notification have been sent, in
        milliseconds (not microseconds). Statistic: average.
        """
        return self._of_invocations("TotalProcessingTime", "Average", options)

    def _of_queue(self, metric_name: str, options: MetricOptions) -> Metric:
        metric = Metric(
            namespace=INVOCATION_NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"EndpointName": self._dimensions["EndpointName"]},
        )
        return metric.with_(**options)


class ServerlessVariantMetrics(InvokedVariantMetrics):
    """Metrics of a serverless variant.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
    """

    def metric_model_setup_time(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that a cold start takes, in microseconds. Statistic: average."""
        return self._of_invocations("ModelSetupTime", "Average", options)

    def metric_memory_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Memory in use, in percent. Statistic: average."""
        return self._of_instances("MemoryUtilization", options)

    def metric_serverless_concurrent_executions_utilization(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests in progress as a share of the maximum concurrency, 0 to 1. Statistic: average."""
        return self._of_invocations("ServerlessConcurrentExecutionsUtilization", "Average", options)

    def metric_serverless_provisioned_concurrency_executions(
        self, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Number of requests in progress on provisioned concurrency. Statistic: average."""
        return self._of_invocations("ServerlessProvisionedConcurrencyExecutions", "Average", options)

    def metric_serverless_provisioned_concurrency_utilization(
        self, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests in progress as a share of the provisioned concurrency, 0 to 1. Statistic: average."""
        return self._of_invocations("ServerlessProvisionedConcurrencyUtilization", "Average", options)

    def metric_serverless_provisioned_concurrency_invocations(
        self, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Number of requests that provisioned concurrency took. Statistic: average."""
        return self._of_invocations("ServerlessProvisionedConcurrencyInvocations", "Average", options)

    def metric_serverless_provisioned_concurrency_spillover_invocations(
        self, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Number of requests beyond the provisioned concurrency, which ran on demand. Statistic: average."""
        return self._of_invocations(
            "ServerlessProvisionedConcurrencySpilloverInvocations", "Average", options
        )
