"""The limits of an endpoint's recommended alarms, and why they are where they are."""

from dataclasses import dataclass
from datetime import timedelta

from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.checks import check_whole, is_number
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public

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
_LATENCIES = ("model_latency", "async_model_latency", "overhead_latency", "age_of_oldest_request")
_WHOLE_MINUTES = ("capacity_at_maximum", "backlog_without_capacity")
_DAY = timedelta(days=1)


@public
@dataclass(frozen=True, kw_only=True)
class AlarmThresholds:
    """When each of the recommended alarms fires; None leaves an alarm out.

    Args:
        error_rate_5xx: percent of the requests, 1 if absent: callers rarely notice less, and an availability
            of 99 % is broken from there on.
        error_rate_4xx: percent of the requests, 5 if absent: some callers always send something wrong; many
            at once mean that what the model accepts has changed.
        minimum_requests: a whole number, 10 if absent: with fewer requests in 5 minutes, a rate says nothing,
            so that one of two requests at night wakes nobody.
        model_latency: of the slowest 1 % of the requests, 30 seconds if absent: half of what SageMaker gives
            a model before the request fails. Set it to what your callers can wait.
        async_model_latency: the same for asynchronous endpoints, where SageMaker gives a request 15 minutes
            unless its caller says otherwise; 7 minutes 30 seconds if absent.
        overhead_latency: the average of what SageMaker adds, 1 second if absent: far above what requests of
            SageMaker's size limits need on their way. Not for serverless variants, whose cold starts it has.
        cpu_utilization: percent of all vCPUs, 80 if absent: above, requests begin to wait for each other.
        memory_utilization: percent, 85 if absent: at 100, the container is killed.
        disk_utilization: percent, 80 if absent: a full disk stops the container, and logs fill it slowly.
        gpu_utilization: percent of all GPUs, 90 if absent: GPUs are there to be busy, but have no room then.
        gpu_memory_utilization: percent of all GPUs' memory, 95 if absent: servers of large language models
            take 90 at their start and keep it.
        capacity_at_maximum: for how long a variant that scales may run on all its instances, 15 minutes if
            absent: more load than now then finds no room.
        age_of_oldest_request: in the queue of an asynchronous endpoint, 15 minutes if absent: longer than a
            further instance takes to start, and long before requests expire, which is after 6 hours unless
            their caller says otherwise.
        failed_requests: of an asynchronous endpoint in 5 minutes, 1 if absent: nobody waits for the answer,
            so nobody else notices.
        expired_requests: of an asynchronous endpoint in 5 minutes, 1 if absent, for the same reason.
        backlog_without_capacity: for how long requests may wait for a first instance, 15 minutes if absent:
            longer than it takes to start.
        serverless_concurrency: percent of a serverless variant's maximum concurrency, 90 if absent: at 100,
            requests are throttled.
        spillover_requests: that a serverless variant's provisioned concurrency had no room for, 1 if absent:
            these have cold starts.
        model_cache_hit_rate: percent of a multi-model variant's requests, 50 if absent: below, most requests
            wait for a model to be loaded, since memory holds too few of them.

    Percentages and counts may be Terraform tokens. `capacity_at_maximum` and `backlog_without_capacity` are
    whole minutes up to a day.

    Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html for what the metrics
    mean, https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html and
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
                value = getattr(self, name)
                inside = is_number(value) and 0 < value <= 100
                check.require(
                    value is None or not is_known(value) or inside,
                    f"{name} {value!r} must be a percentage above 0, at most 100, or None",
                )
            for name in _COUNTS:
                check_whole(check, name, getattr(self, name), 1, hint=", or None")
            check.require(
                isinstance(self.minimum_requests, int) and self.minimum_requests >= 1,
                f"minimum_requests {self.minimum_requests!r} must be a whole number, 1 or more",
            )
            self._check_durations(check)

    def _check_durations(self, check: Checks) -> None:
        for name in _LATENCIES + _WHOLE_MINUTES:
            value = getattr(self, name)
            if value is None:
                continue
            if name in _LATENCIES:
                valid, rule = isinstance(value, timedelta) and value > timedelta(0), "above 0"
            else:
                valid, rule = _is_whole_minutes(value), "whole minutes up to a day"
            check.require(valid, f"{name} {value!r} must be a timedelta, {rule}, or None")


def _is_whole_minutes(value: object) -> bool:
    return isinstance(value, timedelta) and timedelta(0) < value <= _DAY and not value % timedelta(minutes=1)
