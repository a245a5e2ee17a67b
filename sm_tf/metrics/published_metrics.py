"""Metrics of one thing that AWS publishes them for: their dimensions and namespaces."""

from collections.abc import Mapping
from typing import Unpack

from sm_tf.cloudwatch.metric import Metric, MetricOptions
from sm_tf.foundation.public import public

INVOCATION_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"


@public
class PublishedMetrics:
    """Metrics with the same dimensions."""

    def __init_subclass__(cls) -> None:
        public(cls)

    def __init__(self, dimensions: Mapping[str, str]) -> None:
        self._dimensions = dimensions

    def metric(self, namespace: str, metric_name: str, **options: Unpack[MetricOptions]) -> Metric:
        """Any metric with these dimensions; the sum if no statistic is given."""
        metric = Metric(
            namespace=namespace, metric_name=metric_name, dimensions_map=self._dimensions, statistic="Sum"
        )
        return metric.with_(**options)

    def _of_invocations(self, metric_name: str, statistic: str, options: MetricOptions) -> Metric:
        return self.metric(INVOCATION_NAMESPACE, metric_name, statistic=statistic).with_(**options)

    def _of_instances(self, metric_name: str, options: MetricOptions) -> Metric:
        return self.metric(INSTANCE_NAMESPACE, metric_name, statistic="Average").with_(**options)
