"""Updates the states of the embedded AWS's alarms by their data points."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import (
    Alarm,
    CloudWatchBackend,
    Dimension,
    MetricAggregatedDatum,
    MetricDatum,
    MetricDatumBase,
    MetricStat,
)

from sm_tf.sandbox.aws.alarm_evaluation import (
    ALARM,
    EXTRA_PERIODS,
    INSUFFICIENT_DATA,
    OK,
    Sample,
    Threshold,
    UnsupportedAlarmError,
    alarms_in,
    holds,
    state,
    statistic,
)
from sm_tf.sandbox.aws.metric_math import Series, UnsupportedExpressionError, evaluate

MetricKey = tuple[str, str, frozenset[tuple[str | None, str | None]]]
Data = dict[MetricKey, list[MetricDatumBase]]


def refresh(backend: CloudWatchBackend) -> None:
    """Evaluate every alarm now, over the periods that end now.

    An alarm whose metrics have no data points at all, or none since `set_alarm_state`, keeps its state.
    """
    now = datetime.now(UTC)
    data = _by_metric(backend.metric_data)
    for alarm in backend.alarms.values():
        if alarm.rule is None:
            _refresh_metric_alarm(alarm, data, now)
    composites = [alarm for alarm in backend.alarms.values() if alarm.rule is not None]
    for _ in composites:  # one round for each level of composite alarms
        for alarm in composites:
            _refresh_composite_alarm(alarm, backend.alarms.values())


def hold(backend: CloudWatchBackend, name: str) -> None:
    """Let an alarm keep the state that it was set to until there is new data."""
    alarm = backend.alarms[name]
    vars(alarm)["held_points"] = len(_points_of(alarm, _by_metric(backend.metric_data)))
    vars(alarm)["held_against"] = _states_of(alarm, backend.alarms.values())


def _refresh_metric_alarm(alarm: Alarm, data: Data, now: datetime) -> None:
    if len(_points_of(alarm, data)) == vars(alarm).get("held_points", 0):
        return
    try:
        wanted = alarm.evaluation_periods
        rule = Threshold(
            comparison_operator=alarm.comparison_operator,
            threshold=float(alarm.threshold or 0),
            evaluation_periods=wanted,
            datapoints_to_alarm=alarm.datapoints_to_alarm or wanted,
            treat_missing_data=alarm.treat_missing_data or "missing",
        )
        values = _values(alarm, data, now)
        _update(alarm, state(values, rule, alarm.state_value), f"The newest periods, oldest first: {values}")
    except (UnsupportedAlarmError, UnsupportedExpressionError) as error:
        _update(alarm, INSUFFICIENT_DATA, f"The sandbox cannot evaluate this alarm: {error}")


def _refresh_composite_alarm(alarm: Alarm, alarms: Iterable[Alarm]) -> None:
    states = _states_of(alarm, alarms)
    if states == vars(alarm).get("held_against"):
        return
    vars(alarm).pop("held_against", None)
    try:
        _update(alarm, ALARM if holds(str(alarm.rule), states) else OK, f"The alarms of the rule: {states}")
    except UnsupportedAlarmError as error:
        _update(alarm, INSUFFICIENT_DATA, f"The sandbox cannot evaluate this alarm: {error}")


def _states_of(alarm: Alarm, alarms: Iterable[Alarm]) -> dict[str, str]:
    used = alarms_in(alarm.rule or "")
    states = {key: other.state_value for other in alarms for key in (other.name, other.alarm_arn)}
    return {key: value for key, value in states.items() if key in used}


def _update(alarm: Alarm, value: str, reason: str) -> None:
    if alarm.state_value != value:
        alarm.update_state(reason, "", value)


def _metric_stats(alarm: Alarm) -> dict[str, MetricStat]:
    """The alarm's metrics by their ids."""
    if not alarm.metric_data_queries:
        metric: Any = alarm
        statistic_name = alarm.extended_statistic or alarm.statistic
        return {"m1": MetricStat(metric, str(alarm.period), statistic_name, alarm.unit or "")}
    return {query.id: query.metric_stat for query in alarm.metric_data_queries if query.metric_stat}


def _values(alarm: Alarm, data: Data, now: datetime) -> Series:
    periods = alarm.evaluation_periods + EXTRA_PERIODS
    series = {id: _series(stat, data, periods, now) for id, stat in _metric_stats(alarm).items()}
    expressions = [query for query in alarm.metric_data_queries if query.expression]
    while pending := [query for query in expressions if query.id not in series]:
        ids = {query.id for query in pending}
        ready = [query for query in pending if not ids & set(_words(str(query.expression))) - {query.id}]
        if not ready:
            raise UnsupportedExpressionError(f"{sorted(ids)} need each other")
        for query in ready:
            series[query.id] = evaluate(str(query.expression), series, periods)
    shown = [query.id for query in alarm.metric_data_queries if str(query.return_data).lower() != "false"]
    return series[shown[0] if shown else "m1"]


def _words(expression: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in expression).split()


def _series(stat: MetricStat, data: Data, periods: int, now: datetime) -> Series:
    length = int(stat.period)
    samples: list[list[Sample]] = [[] for _ in range(periods)]
    for point in _points(stat, data):
        age = int((now - _moment(point)).total_seconds() // length)
        if 0 <= age < periods:
            samples[-1 - age].append(_sample(point))
    return [statistic(stat.stat, of_period) for of_period in samples]


def _by_metric(points: Iterable[MetricDatumBase]) -> Data:
    found: Data = {}
    for point in points:
        found.setdefault(_metric_key(point.namespace, point.name, point.dimensions), []).append(point)
    return found


def _points_of(alarm: Alarm, data: Data) -> list[MetricDatumBase]:
    return [point for stat in _metric_stats(alarm).values() for point in _points(stat, data)]


def _points(stat: MetricStat, data: Data) -> list[MetricDatumBase]:
    metric = stat.metric
    points = data.get(_metric_key(metric.namespace, metric.metric_name, metric.dimensions), [])
    return [point for point in points if not stat.unit or point.unit == stat.unit]


def _metric_key(namespace: str, name: str, dimensions: Iterable[Dimension]) -> MetricKey:
    return namespace, name, frozenset((dimension.name, dimension.value) for dimension in dimensions)


def _moment(datum: MetricDatumBase) -> datetime:
    return datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)


def _sample(datum: MetricDatumBase) -> Sample:
    if isinstance(datum, MetricAggregatedDatum):
        return Sample(total=datum.sum, count=datum.sample_count, lowest=datum.min, highest=datum.max)
    assert isinstance(datum, MetricDatum)
    return Sample.of(datum.value)
