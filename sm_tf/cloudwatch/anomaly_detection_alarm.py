"""An alarm that learns what is normal."""

from typing import Unpack

from sm_tf.bindings.core import Construct
from sm_tf.cloudwatch.alarm import Alarm, AlarmOptions
from sm_tf.cloudwatch.math_expression import MathExpression
from sm_tf.cloudwatch.metric import Metric


class AnomalyDetectionAlarm(Alarm):
    """A CloudWatch alarm that fires when a metric leaves the band of its expected values; see AlarmOptions,
    without `threshold`.

    Args:
        metric: what is watched. CloudWatch needs some time to learn what is normal, up to two weeks of data.
        std_devs: half the width of the band in standard deviations; 2 if absent.
        options: `comparison_operator` is outside of the band, on either side, if absent.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html

    Raises:
        InvalidPropsError: values that CloudWatch would refuse; all mistakes are listed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metric: Metric | MathExpression,
        std_devs: float = 2,
        **options: Unpack[AlarmOptions],
    ) -> None:
        band = Metric.anomaly_detection_for(metric, std_devs=std_devs)
        super().__init__(scope, id, metric=band, **options)
