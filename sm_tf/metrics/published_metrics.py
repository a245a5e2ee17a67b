"""Metrics of one thing that AWS publishes them for: their dimensions and namespaces."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sm_tf.cloudwatch.metric import Metric, MetricOptions, Unit
from sm_tf.foundation.public import public

INVOCATION_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"


class InvocationHttpResponseCode(StrEnum):
    """The failed requests to count."""

    INVOCATION_4XX_ERRORS = "Invocation4XXErrors"
    INVOCATION_5XX_ERRORS = "Invocation5XXErrors"


@public
class PublishedMetrics:
    """Metrics with the same dimensions."""

    def __init_subclass__(cls) -> None:
        public(cls)

    def __init__(self, dimensions: Mapping[str, str]) -> None:
        self._dimensions = dimensions

    def __repr__(self) -> str:
        dimensions = ", ".join(f"{name}={value}" for name, value in self._dimensions.items())
        return f"<{type(self).__name__} {dimensions}>"

    def metric(
        self,
        namespace: str,
        metric_name: str,
        *,
        statistic: str | None = "Sum",
        period: timedelta | None = None,
        dimensions_map: Mapping[str, str] | None = None,
        unit: Unit | str | None = None,
        label: str | None = None,
        color: str | None = None,
        account: str | None = None,
    ) -> Metric:
        """Any metric with these dimensions; see Metric for the arguments. `statistic` defaults to `Sum`."""
        metric = Metric(
            namespace=namespace, metric_name=metric_name, dimensions_map=self._dimensions, statistic="Sum"
        )
        return metric.with_(
            statistic=statistic,
            period=period,
            dimensions_map=dimensions_map,
            unit=unit,
            label=label,
            color=color,
            account=account,
        )

    def _of_invocations(self, metric_name: str, statistic: str, options: MetricOptions) -> Metric:
        return self.metric(INVOCATION_NAMESPACE, metric_name, statistic=statistic).with_(**options)

    def _of_instances(self, metric_name: str, options: MetricOptions) -> Metric:
        return self.metric(INSTANCE_NAMESPACE, metric_name, statistic="Average").with_(**options)
