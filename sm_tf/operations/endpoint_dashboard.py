"""The dashboard of an endpoint."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sm_tf.autoscaling.scalable_target import ScalableTarget
from sm_tf.bindings.core import Construct, TerraformStack
from sm_tf.bindings.tokens import as_token
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.base_alarm import IAlarm
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
from sm_tf.configuration.production_variant import ServerlessProductionVariantProps
from sm_tf.foundation.errors import checking
from sm_tf.metrics.variant_metrics import VariantMetrics
from sm_tf.operations.dashboard_graphs import Graph, graphs_of
from sm_tf.operations.dashboard_lines import metrics_of

if TYPE_CHECKING:
    from sm_tf.endpoint.endpoint import IEndpoint
    from sm_tf.endpoint.endpoint_variant import EndpointProductionVariant

_GRAPHS_IN_A_LINE = 4
_ALARMS_IN_A_LINE = 6


class EndpointDashboard(Dashboard):
    """The dashboard of an endpoint as it is when the program is synthesized; see `create_dashboard`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint: "IEndpoint",
        variants: "Sequence[EndpointProductionVariant] | None" = None,
        alarms: Sequence[IAlarm] | None = None,
        dashboard_name: str | None = None,
    ) -> None:
        _check(f"{scope.node.path}/{id}", variants, alarms)
        self._endpoint = endpoint
        self._given_variants = variants
        self._given_alarms = alarms
        self._variants()
        super().__init__(scope, id, dashboard_name=dashboard_name)

    def _rows(self) -> Rows:
        alarms = self._alarms()
        rows: list[Sequence[Widget]] = [[_header(self._endpoint)], *_states(alarms)]
        undrawn = [alarm for alarm in alarms if isinstance(alarm, Alarm)]
        for variant in self._variants():
            graphs = graphs_of(variant)
            rows += [[_heading(variant)], *_in_lines(graphs, undrawn)]
            undrawn = [
                alarm for alarm in undrawn if not any(graph.has_threshold_of(alarm) for graph in graphs)
            ]
        return [*rows, *_on_their_own(undrawn), *self._added]

    def _variants(self) -> "Sequence[EndpointProductionVariant]":
        return self._endpoint.production_variants if self._given_variants is None else self._given_variants

    def _alarms(self) -> Sequence[IAlarm]:
        if self._given_alarms is not None:
            return self._given_alarms
        found = TerraformStack.of(self).node.find_all()
        watching = [alarm for alarm in found if isinstance(alarm, Alarm) and self._is_watched_by(alarm)]
        rules = [alarm for alarm in found if isinstance(alarm, CompositeAlarm)]
        return [*watching, *(rule for rule in rules if set(rule.rule.alarms) & set(watching))]

    def _is_watched_by(self, alarm: Alarm) -> bool:
        # The alarms that scale are in ALARM whenever there is something to scale.
        scales = any(isinstance(scope, ScalableTarget) for scope in alarm.node.scopes)
        name = self._endpoint.name_as_text
        return not scales and any(
            metric.dimensions_map.get("EndpointName") == name for metric in metrics_of(alarm.metric)
        )


def _check(
    where: str, variants: "Sequence[EndpointProductionVariant] | None", alarms: Sequence[IAlarm] | None
) -> None:
    with checking(where) as check:
        check.require(
            variants is None or bool(variants), "variants is empty; leave it out, or name those to show"
        )
        for variant in variants or ():
            check.require(
                isinstance(variant, VariantMetrics),
                f"{variant!r} is no variant; pass what endpoint.find_…_production_variant returns",
            )
        for alarm in alarms or ():
            check.require(
                isinstance(alarm, IAlarm),
                f"{alarm!r} is no alarm; pass an Alarm or a CompositeAlarm, or import one with "
                "Alarm.from_alarm_arn",
            )


def _header(endpoint: "IEndpoint") -> Widget:
    lines = [
        f"# {endpoint.name_as_text}",
        "Red lines are the thresholds of alarms. The dashboard is made by Terraform, which undoes changes "
        f"that are made here; its source is `{endpoint.path}`.",
    ]
    return TextWidget(markdown="\n".join(lines), width=GRID_COLUMNS, height=2)


def _states(alarms: Sequence[IAlarm]) -> Iterator[list[Widget]]:
    for start in range(0, len(alarms), MAX_ALARMS_PER_WIDGET):
        shown = alarms[start : start + MAX_ALARMS_PER_WIDGET]
        height = 1 + math.ceil(len(shown) / _ALARMS_IN_A_LINE)
        yield [AlarmStatusWidget(alarms=shown, title="Alarms", width=GRID_COLUMNS, height=height)]


def _heading(variant: "EndpointProductionVariant") -> Widget:
    text = f"## {variant.variant_name}{_size(variant.props, variant.scaling)}"
    return TextWidget(markdown=text, width=GRID_COLUMNS, height=1)


def _size(props: Any, scaling: Any) -> str:
    if props is None:
        return ""
    if isinstance(props, ServerlessProductionVariantProps):
        memory, most = as_token(props.memory_size_in_mb), as_token(props.max_concurrency)
        return f": serverless, {memory} MB, up to {most} requests at the same time"
    if scaling is None:
        return f": {as_token(props.initial_instance_count)} x {props.instance_type}"
    low, high = as_token(scaling.min_capacity), as_token(scaling.max_capacity)
    return f": {low} to {high} x {props.instance_type}"


def _in_lines(graphs: Sequence[Graph], alarms: Sequence[Alarm]) -> Iterator[list[Widget]]:
    """The graphs in lines of three or four, each over the whole width."""
    count = math.ceil(len(graphs) / _GRAPHS_IN_A_LINE)
    for number in range(count):
        line = graphs[math.ceil(len(graphs) * number / count) : math.ceil(len(graphs) * (number + 1) / count)]
        yield [graph.to_widget(GRID_COLUMNS // len(line), alarms) for graph in line]


def _on_their_own(alarms: Sequence[Alarm]) -> Iterator[list[Widget]]:
    if alarms:
        yield [TextWidget(markdown="## Other alarms", width=GRID_COLUMNS, height=1)]
        yield [AlarmWidget(alarm=alarm, title=alarm.node.id, width=8) for alarm in alarms]
