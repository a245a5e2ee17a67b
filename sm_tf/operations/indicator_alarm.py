"""An alarm on an indicator."""

from collections.abc import Mapping, Sequence

from sm_tf.bindings.core import Construct
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.operations.alarm_spec import AlarmSpec


class IndicatorAlarm(Alarm):
    """An alarm that knows its indicator, by which graphs find it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AlarmSpec,
        description: str,
        actions: Sequence[AlarmAction],
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(
            scope,
            id,
            metric=spec.metric,
            threshold=spec.threshold_in_unit,
            evaluation_periods=spec.evaluation_periods,
            datapoints_to_alarm=spec.datapoints_to_alarm,
            treat_missing_data=spec.treat_missing_data,
            comparison_operator=spec.comparison_operator,
            alarm_description=description,
            alarm_actions=actions,
            ok_actions=actions,
            tags=tags,
        )
        self.indicator = spec.indicator
