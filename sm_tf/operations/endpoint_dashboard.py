"""The dashboard of an endpoint."""

import math
from collections.abc import Callable, Iterator, Sequence

from sm_tf.autoscaling.scalable_target import targets_in
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import place_of
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.base_alarm import IAlarm, alarms_in
from sm_tf.cloudwatch.composite_alarm import CompositeAlarm
from sm_tf.cloudwatch.dashboard import Dashboard, Rows
from sm_tf.cloudwatch.widget import (
    GRID_COLUMNS,
    MAX_ALARMS_PER_WIDGET,
    AlarmStatusWidget,
    AlarmWidget,
    TextWidget,
    Widget,
)
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import checking
from sm_tf.operations.graph import Graph
from sm_tf.operations.monitored_variant import MonitoredVariant
from sm_tf.operations.watched_alarm import WatchedAlarm

_GRAPHS_IN_A_LINE = 4
_ALARMS_IN_A_LINE = 6


class EndpointDashboard(Dashboard):
    """The dashboard of an endpoint as it is when the program is synthesized; see `create_dashboard`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint: EndpointReference,
        variants: Sequence[MonitoredVariant] | None,
        all_variants: Callable[[], Sequence[MonitoredVariant]],
        alarms: Sequence[IAlarm] | None = None,
        dashboard_name: str | None = None,
    ) -> None:
        _check(place_of(scope).below(id).path, variants)
        self._endpoint = endpoint
        self._variants = all_variants if variants is None else lambda: variants
        self._given_alarms = alarms
        # Fails here if they aren't known.
        self._variants()
        super().__init__(scope, id, dashboard_name=dashboard_name)

    def _rows(self) -> Rows:
        alarms = self._alarms()
        watched = [WatchedAlarm.of(alarm, self._endpoint) for alarm in alarms if isinstance(alarm, Alarm)]
        sections = [(variant, variant._indicators().graphs()) for variant in self._variants()]
        beside = _beside([graph for _, graphs in sections for graph in graphs], watched)
        rows: list[Sequence[Widget]] = [[_header(self._endpoint)], *_states(alarms)]
        for variant, graphs in sections:
            shown = [entry for graph in graphs for entry in (graph, *beside.get(graph, ()))]
            rows += [[_heading(variant)], *_in_lines(shown, watched)]
        return [*rows, *_on_their_own(beside.get(None, ())), *self._added]

    def _alarms(self) -> Sequence[IAlarm]:
        if self._given_alarms is not None:
            return self._given_alarms
        found = alarms_in(self.place.stack)
        watching = [alarm for alarm in found if isinstance(alarm, Alarm) and self._is_watched_by(alarm)]
        rules = [alarm for alarm in found if isinstance(alarm, CompositeAlarm)]
        return [*watching, *(rule for rule in rules if set(rule.rule.alarms) & set(watching))]

    def _is_watched_by(self, alarm: Alarm) -> bool:
        # The alarms that scale are in ALARM whenever there is something to scale.
        scales = any(alarm.path.startswith(f"{path}/") for path in targets_in(self.place.stack))
        return not scales and WatchedAlarm.of(alarm, self._endpoint).watches(self._endpoint)


def _check(where: str, variants: Sequence[object] | None) -> None:
    with checking(where) as check:
        check.require(
            variants is None or bool(variants), "variants is empty; leave it out, or name those to show"
        )
        for variant in variants or ():
            check.require(
                isinstance(variant, MonitoredVariant),
                f"{variant!r} is not a variant; pass a variant that endpoint.find_…_production_variant "
                "returns",
            )


def _beside(
    graphs: Sequence[Graph], alarms: Sequence[WatchedAlarm]
) -> dict[Graph | None, list[WatchedAlarm]]:
    """The alarms whose thresholds no graph draws, by the graph that shows most of their metrics. Such an
    alarm may have any unit, so it gets a graph of its own beside that one.
    """
    found: dict[Graph | None, list[WatchedAlarm]] = {}
    for alarm in alarms:
        if any(graph.draws(alarm) for graph in graphs):
            continue
        closest = max(graphs, key=lambda graph: graph.count_metrics_of(alarm), default=None)
        is_related = closest is not None and closest.count_metrics_of(alarm) > 0
        found.setdefault(closest if is_related else None, []).append(alarm)
    return found


def _header(endpoint: EndpointReference) -> Widget:
    lines = [
        f"# {endpoint.literal_name}",
        "Red lines are alarm thresholds. This dashboard is managed by Terraform: manual changes will be "
        f"overwritten. Source: `{endpoint.path}`.",
    ]
    return TextWidget(markdown="\n".join(lines), width=GRID_COLUMNS, height=2)


def _states(alarms: Sequence[IAlarm]) -> Iterator[list[Widget]]:
    for start in range(0, len(alarms), MAX_ALARMS_PER_WIDGET):
        shown = alarms[start : start + MAX_ALARMS_PER_WIDGET]
        height = 1 + math.ceil(len(shown) / _ALARMS_IN_A_LINE)
        yield [AlarmStatusWidget(alarms=shown, title="Alarms", width=GRID_COLUMNS, height=height)]


def _heading(variant: MonitoredVariant) -> Widget:
    size = variant._indicators().size
    text = f"## {variant.variant_name}{f': {size}' if size else ''}"
    return TextWidget(markdown=text, width=GRID_COLUMNS, height=1)


def _in_lines(
    shown: Sequence[Graph | WatchedAlarm], alarms: Sequence[WatchedAlarm]
) -> Iterator[list[Widget]]:
    """Three or four in a line, each line over the whole width."""
    count = math.ceil(len(shown) / _GRAPHS_IN_A_LINE)
    for number in range(count):
        line = shown[math.ceil(len(shown) * number / count) : math.ceil(len(shown) * (number + 1) / count)]
        width = GRID_COLUMNS // len(line)
        yield [
            entry.to_widget(width, alarms) if isinstance(entry, Graph) else _alarm_widget(entry, width)
            for entry in line
        ]


def _on_their_own(alarms: Sequence[WatchedAlarm]) -> Iterator[list[Widget]]:
    if alarms:
        yield [TextWidget(markdown="## Other alarms", width=GRID_COLUMNS, height=1)]
        yield [_alarm_widget(alarm, 8) for alarm in alarms]


def _alarm_widget(alarm: WatchedAlarm, width: int) -> Widget:
    return AlarmWidget(alarm=alarm.alarm, title=alarm.label, width=width)
