"""The thresholds of an endpoint's recommended alarms, and the reasons for them."""

from dataclasses import dataclass
from datetime import timedelta

from sm_tf.foundation.checks import check_whole
from sm_tf.foundation.errors import checking
from sm_tf.foundation.public import public
from sm_tf.operations.threshold_checks import check_percentage, check_positive, is_whole_minutes

_PERCENTAGES = (
    "error_rate_5xx",
    "error_rate_4xx",
    "cpu_utilization",
    "memory_utilization",
    "disk_utilization",
    "gpu_utilization",
    "gpu_memory_utilization",
    "serverless_concurrency",
    "model_cache_hit_rate",
)
_COUNTS = ("failed_requests", "expired_requests", "spillover_requests")
_DURATIONS = ("model_latency", "async_model_latency", "overhead_latency", "age_of_oldest_request")
_WHOLE_MINUTES = ("capacity_at_maximum", "backlog_without_capacity")


@public
@dataclass(frozen=True, kw_only=True)
class AlarmThresholds:
    """The thresholds of the recommended alarms; None leaves an alarm out.

    Percentages are above 0 and up to 100, counts are 1 or more, and durations are above 0. Percentages and
    counts may be Terraform tokens.

    Args:
        error_rate_5xx: Percentage of requests with a 5xx response. Defaults to 1: callers rarely notice less,
            and from there on an availability of 99% is broken.
        error_rate_4xx: Percentage of requests with a 4xx response. Defaults to 5: some callers always send
            something wrong; many at once mean that the input that the model accepts has changed.
        minimum_requests: Whole number of requests in an alarm's period. Percentages of requests are ignored
            in periods with fewer, so one failure at night pages no one. Defaults to 10.
        model_latency: p99 of the model's latency. Defaults to 30 seconds, half of the time that SageMaker
            gives a model before the request fails. Set it to the time that your callers can wait.
        async_model_latency: The same for asynchronous endpoints, where SageMaker gives a request 15 minutes
            unless its caller sets another time. Defaults to 7 minutes 30 seconds.
        overhead_latency: Average time that SageMaker adds to a request. Defaults to 1 second, far above the
            time that requests of SageMaker's size limits need. Serverless variants have no such alarm, since
            their overhead includes cold starts.
        cpu_utilization: Percentage of all vCPUs. Defaults to 80: above, requests begin to wait for each
            other.
        memory_utilization: Percentage of the memory. Defaults to 85: at 100, the container is killed.
        disk_utilization: Percentage of the disk space. Defaults to 80: a full disk stops the container, and
            logs fill it slowly.
        gpu_utilization: Percentage of all GPUs. Defaults to 90: GPUs are meant to be busy, but have no room
            left then.
        gpu_memory_utilization: Percentage of the memory of all GPUs. Defaults to 95: servers of large
            language models take 90 at their start and keep it.
        capacity_at_maximum: How long a variant that scales may run all its instances, in whole minutes up to
            a day. Defaults to 15 minutes: any further load finds no room.
        age_of_oldest_request: How long a request of an asynchronous endpoint may wait in the queue. Defaults
            to 15 minutes: longer than another instance takes to start, and long before requests expire, after
            6 hours unless their caller sets another time.
        failed_requests: Number of failed requests of an asynchronous endpoint in 5 minutes. Defaults to 1:
            nobody waits for the answer, so nobody else notices.
        expired_requests: Number of expired requests of an asynchronous endpoint in 5 minutes. Defaults to 1
            for the same reason.
        backlog_without_capacity: How long requests may wait for a first instance, in whole minutes up to a
            day. Defaults to 15 minutes, longer than an instance takes to start.
        serverless_concurrency: Percentage of a serverless variant's maximum concurrency. Defaults to 90: at
            100, requests are throttled.
        spillover_requests: Number of requests in 5 minutes that exceed a serverless variant's provisioned
            concurrency. Defaults to 1: these may wait for a cold start.
        model_cache_hit_rate: Percentage of a multi-model variant's requests that find their model in memory.
            Defaults to 50: below, most requests wait for a model to be loaded.

    Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html for the metrics,
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html and
    API_runtime_InvokeEndpointAsync.html for the times.

    Raises:
        InvalidPropsError: values outside these bounds; all mistakes are listed.
    """

    error_rate_5xx: float | None = 1
    error_rate_4xx: float | None = 5
    minimum_requests: int = 10
    model_latency: timedelta | None = timedelta(seconds=30)
    async_model_latency: timedelta | None = timedelta(minutes=7, seconds=30)
    overhead_latency: timedelta | None = timedelta(seconds=1)
    cpu_utilization: float | None = 80
    memory_utilization: float | None = 85
    disk_utilization: float | None = 80
    gpu_utilization: float | None = 90
    gpu_memory_utilization: float | None = 95
    capacity_at_maximum: timedelta | None = timedelta(minutes=15)
    age_of_oldest_request: timedelta | None = timedelta(minutes=15)
    failed_requests: int | None = 1
    expired_requests: int | None = 1
    backlog_without_capacity: timedelta | None = timedelta(minutes=15)
    serverless_concurrency: float | None = 90
    spillover_requests: int | None = 1
    model_cache_hit_rate: float | None = 50

    def __post_init__(self) -> None:
        with checking("AlarmThresholds") as check:
            for name in _PERCENTAGES:
                check_percentage(check, name, getattr(self, name), hint=", or None")
            for name in _COUNTS:
                check_whole(check, name, getattr(self, name), 1, hint=", or None")
            check.require(
                isinstance(self.minimum_requests, int) and self.minimum_requests >= 1,
                f"minimum_requests {self.minimum_requests!r} must be a whole number, 1 or more",
            )
            for name in _DURATIONS:
                check_positive(check, name, getattr(self, name), hint=", or None")
            for name in _WHOLE_MINUTES:
                value = getattr(self, name)
                check.require(
                    value is None or is_whole_minutes(value),
                    f"{name} {value!r} must be a timedelta, whole minutes up to a day, or None",
                )
