"""An alarm that learns which values are normal."""

from typing import Unpack

from sm_tf.bindings.core import Construct
from sm_tf.cloudwatch.alarm import Alarm, AlarmOptions
from sm_tf.cloudwatch.metric import Metric
from sm_tf.cloudwatch.metric_interface import IMetric


class AnomalyDetectionAlarm(Alarm):
    """A CloudWatch alarm that fires when a metric leaves the band of its expected values.

    Args:
        metric: the metric to watch. CloudWatch needs some time to learn what is normal, up to two weeks of
            data.
        std_devs: half the width of the band in standard deviations, above 0.
        options: as for an Alarm, without `threshold`. `comparison_operator` defaults to outside of the band,
            on either side.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metric: IMetric,
        std_devs: float = 2,
        **options: Unpack[AlarmOptions],
    ) -> None:
        band = Metric.anomaly_detection_for(metric, std_devs=std_devs)
        super().__init__(scope, id, metric=band, **options)
