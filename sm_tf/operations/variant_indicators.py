"""The alarms and graphs of each kind of variant."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.alarm import TreatMissingData
from sm_tf.metrics.variant_metrics import (
    AsyncVariantMetrics,
    InstanceVariantMetrics,
    InvokedInstanceVariantMetrics,
    MultiModelVariantMetrics,
    ServerlessVariantMetrics,
)
from sm_tf.operations import alarm_specs, graphs, indicators
from sm_tf.operations.alarm_spec import AlarmSpec, RecommendedAlarm
from sm_tf.operations.alarm_thresholds import AlarmThresholds
from sm_tf.operations.capacity import InstanceCapacity, ServerlessCapacity
from sm_tf.operations.graph import Graph


class VariantIndicators(ABC):
    """The indicators of one variant, as alarms and as graphs."""

    @abstractmethod
    def alarm_specs(self, thresholds: AlarmThresholds) -> list[AlarmSpec]:
        """The alarms that the variant should have; those without a threshold are left out."""

    @abstractmethod
    def graphs(self) -> list[Graph]:
        """Traffic, latency, errors, saturation, scaling and cost drivers."""

    @property
    @abstractmethod
    def size(self) -> str:
        """The variant's size in words; empty where it isn't known."""

    def find_unmeasurable(self, thresholds: AlarmThresholds) -> list[str]:
        """The parts of an instance that have no alarm since nobody knows their number."""
        del thresholds
        return []


class _InstanceIndicators(VariantIndicators):
    def __init__(self, metrics: InstanceVariantMetrics, capacity: InstanceCapacity) -> None:
        self._on_instances = metrics
        self._capacity = capacity

    @property
    def size(self) -> str:
        """The number and type of the instances."""
        capacity = self._capacity
        if capacity.instance_type is None:
            return ""
        count, scaling = as_token(capacity.instance_count), capacity.scaling
        if scaling is not None and scaling.minimum is not None and scaling.maximum is not None:
            count = f"{as_token(scaling.minimum)} to {as_token(scaling.maximum)}"
        return f"{count} x {capacity.instance_type}"

    def find_unmeasurable(self, thresholds: AlarmThresholds) -> list[str]:
        """vCPUs and GPUs, where the instance type isn't known or not known here."""
        counted = (
            ("vCPUs", thresholds.cpu_utilization, self._capacity.vcpus),
            ("GPUs", thresholds.gpu_utilization, self._capacity.gpus),
        )
        of_what = self._capacity.instance_type or "its instance type"
        return [
            f"no alarm on its {parts}, since it isn't known how many {of_what} has"
            for parts, threshold, count in counted
            if threshold is not None and count is None
        ]

    def _levels(self, thresholds: AlarmThresholds, missing: TreatMissingData) -> list[AlarmSpec]:
        metrics, vcpus, gpus = self._on_instances, self._capacity.vcpus, self._capacity.gpus
        names = RecommendedAlarm
        levels = [
            (names.MEMORY, indicators.memory(metrics), thresholds.memory_utilization, "memory"),
            (names.DISK, indicators.disk(metrics), thresholds.disk_utilization, "disk space"),
        ]
        if vcpus:
            levels.append((names.CPU, indicators.cpu(metrics, vcpus), thresholds.cpu_utilization, "CPU"))
        if gpus:
            gpu, memory = indicators.gpu(metrics, gpus), indicators.gpu_memory(metrics, gpus)
            levels.append((names.GPU, gpu, thresholds.gpu_utilization, "GPU capacity"))
            levels.append((names.GPU_MEMORY, memory, thresholds.gpu_memory_utilization, "GPU memory"))
        return [alarm_specs.instance_level(*level, missing) for level in levels]

    def _at_maximum(self, thresholds: AlarmThresholds) -> Iterator[AlarmSpec]:
        running = indicators.running_instances(self._on_instances)
        return alarm_specs.capacity_at_maximum(running, thresholds, self._capacity.highest_count)


class RealTimeIndicators(_InstanceIndicators):
    """A variant on instances whose callers wait for the answer."""

    def __init__(self, metrics: InvokedInstanceVariantMetrics, capacity: InstanceCapacity) -> None:
        super().__init__(metrics, capacity)
        self._metrics = metrics
        self._error_rates = indicators.error_rates(metrics, metrics.metric_invocations())

    def alarm_specs(self, thresholds: AlarmThresholds) -> list[AlarmSpec]:
        """Errors, latency, busy instances, and no room to scale."""
        return [
            *alarm_specs.error_rates(*self._error_rates, thresholds),
            alarm_specs.model_latency(indicators.model_latency(self._metrics), thresholds.model_latency),
            alarm_specs.overhead_latency(indicators.overhead_latency(self._metrics), thresholds),
            *self._levels(thresholds, TreatMissingData.MISSING),
            *self._at_maximum(thresholds),
        ]

    def graphs(self) -> list[Graph]:
        """The graphs of a variant on instances."""
        return [
            graphs.traffic_of_instances(self._metrics),
            graphs.latency(self._metrics),
            graphs.errors(*self._error_rates),
            graphs.saturation(self._metrics, self._capacity),
            graphs.instances(self._metrics, self._capacity),
            graphs.instance_hours(self._metrics),
        ]


class MultiModelIndicators(RealTimeIndicators):
    """A variant that loads many models into one container."""

    def __init__(self, metrics: MultiModelVariantMetrics, capacity: InstanceCapacity) -> None:
        super().__init__(metrics, capacity)
        self._of_models = metrics

    def alarm_specs(self, thresholds: AlarmThresholds) -> list[AlarmSpec]:
        """The same, and models that aren't loaded."""
        hit_rate = indicators.cache_hit_rate(self._of_models)
        return [
            *super().alarm_specs(thresholds),
            alarm_specs.model_cache_hit_rate(hit_rate, thresholds),
        ]

    def graphs(self) -> list[Graph]:
        """The same, and the loading of models."""
        return [
            *super().graphs(),
            graphs.model_loading(self._of_models),
            graphs.loaded_models(self._of_models),
        ]


class AsyncIndicators(_InstanceIndicators):
    """The variant of an asynchronous endpoint."""

    def __init__(self, metrics: AsyncVariantMetrics, capacity: InstanceCapacity) -> None:
        super().__init__(metrics, capacity)
        self._metrics = metrics
        self._error_rates = indicators.error_rates(metrics, None)

    def alarm_specs(self, thresholds: AlarmThresholds) -> list[AlarmSpec]:
        """Errors, latency, busy instances, no room to scale, and requests that wait or get lost."""
        metrics = self._metrics
        failed, expired = indicators.failed_requests(metrics), indicators.expired_requests(metrics)
        waiting = indicators.backlog_without_capacity(metrics)
        return [
            *alarm_specs.error_rates(*self._error_rates, thresholds),
            alarm_specs.model_latency(indicators.model_latency(metrics), thresholds.async_model_latency),
            *self._levels(thresholds, TreatMissingData.NOT_BREACHING),
            *self._at_maximum(thresholds),
            alarm_specs.age_of_oldest_request(indicators.age_of_oldest_request(metrics), thresholds),
            *alarm_specs.lost_requests(failed, expired, thresholds),
            *alarm_specs.backlog_without_capacity(waiting, thresholds),
        ]

    def graphs(self) -> list[Graph]:
        """The graphs of a variant on instances, and the queue."""
        return [
            graphs.processed_traffic(self._metrics),
            graphs.processing_time(self._metrics),
            graphs.failures(self._metrics, *self._error_rates),
            graphs.backlog(self._metrics),
            graphs.saturation(self._metrics, self._capacity),
            graphs.instances_and_backlog(self._metrics, self._capacity),
            graphs.instance_hours(self._metrics),
        ]


class ServerlessIndicators(VariantIndicators):
    """A serverless variant."""

    def __init__(self, metrics: ServerlessVariantMetrics, capacity: ServerlessCapacity) -> None:
        self._metrics = metrics
        self._capacity = capacity
        self._error_rates = indicators.error_rates(metrics, metrics.metric_invocations())

    @property
    def size(self) -> str:
        """The memory and the concurrency."""
        if not self._capacity.is_known:
            return ""
        memory, concurrency = self._capacity.memory_size_in_mb, self._capacity.max_concurrency
        return f"serverless, {as_token(memory)} MB, up to {as_token(concurrency)} concurrent requests"

    def alarm_specs(self, thresholds: AlarmThresholds) -> list[AlarmSpec]:
        """Errors, latency, and limits that are close."""
        metrics = self._metrics
        specs = [
            *alarm_specs.error_rates(*self._error_rates, thresholds),
            alarm_specs.model_latency(indicators.model_latency(metrics), thresholds.model_latency),
            alarm_specs.concurrency(indicators.concurrency(metrics), thresholds),
            alarm_specs.serverless_memory(indicators.memory(metrics), thresholds),
        ]
        if self._capacity.provisioned_concurrency is not None:
            specs.append(alarm_specs.spillover(indicators.spillover(metrics), thresholds))
        return specs

    def graphs(self) -> list[Graph]:
        """The graphs of a variant without instances, and cold starts."""
        found = [
            graphs.traffic(self._metrics),
            graphs.latency(self._metrics),
            graphs.errors(*self._error_rates),
            graphs.concurrency(self._metrics, self._capacity),
        ]
        # Where the configuration is owned elsewhere there may be some.
        if self._capacity.provisioned_concurrency is not None or not self._capacity.is_known:
            found.append(graphs.provisioned_concurrency(self._metrics, self._capacity))
        return [*found, graphs.cold_starts(self._metrics), graphs.billed_work(self._metrics)]
