"""The alarms that an endpoint should have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.core import Annotations
from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.alarm import Alarm, check_evaluation
from sm_tf.cloudwatch.alarm_actions import AlarmAction, AlarmActions
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.endpoint_reference import EndpointReference
from sm_tf.foundation.errors import Checks, checking
from sm_tf.operations.alarm_override import AlarmOverride
from sm_tf.operations.alarm_spec import AlarmSpec, RecommendedAlarm, Severity
from sm_tf.operations.alarm_thresholds import AlarmThresholds
from sm_tf.operations.indicator_alarm import IndicatorAlarm
from sm_tf.operations.monitored_variant import MonitoredVariant
from sm_tf.operations.threshold_checks import check_threshold

_ID = "Alarms"


class RecommendedAlarms(SmTfConstruct):
    """The alarms that `add_recommended_alarms` has created."""

    alarms: Mapping[str, Alarm]
    """All alarms by `<variant>-<name>`, such as `main-5xx-error-rate`."""
    critical: tuple[Alarm, ...]
    """The alarms that say that requests fail, are too slow, or aren't processed."""
    warning: tuple[Alarm, ...]
    """The alarms that say that it will come to that, or that callers do something wrong."""

    def __init__(
        self,
        endpoint: EndpointReference,
        *,
        variants: Sequence[MonitoredVariant] | None,
        all_variants: Callable[[], Sequence[MonitoredVariant]],
        topic: AlarmAction | None,
        critical_topic: AlarmAction | None,
        warning_topic: AlarmAction | None,
        thresholds: AlarmThresholds | None,
        overrides: Mapping[RecommendedAlarm, AlarmOverride] | None,
        other_rollback_alarms: int | None = None,
    ) -> None:
        self._thresholds = AlarmThresholds() if thresholds is None else thresholds
        self._overrides = {} if overrides is None else overrides
        self._variants = all_variants if variants is None else lambda: variants
        with checking(endpoint.path) as check:
            check.require(
                endpoint.path not in endpoint.place.stack.once().setdefault(RecommendedAlarms, set()),
                "it has its recommended alarms; call add_recommended_alarms once, for all variants",
            )
            _check_variants(check, endpoint, variants)
            if not check.problems:
                self._check_overrides(check, endpoint)
                self._check_rollback(check, other_rollback_alarms)
            _check_topics(check, endpoint, topic, critical_topic=critical_topic, warning_topic=warning_topic)
        super().__init__(endpoint, _ID)
        self.place.stack.once()[RecommendedAlarms].add(endpoint.path)
        self._endpoint = endpoint
        self._topics = {
            Severity.CRITICAL: topic if critical_topic is None else critical_topic,
            Severity.WARNING: topic if warning_topic is None else warning_topic,
        }
        self._create()

    def _create(self) -> None:
        alarms: dict[str, Alarm] = {}
        by_severity: dict[Severity, list[Alarm]] = {severity: [] for severity in Severity}
        self._created: dict[MonitoredVariant, list[str]] = {}
        for index, variant in enumerate(self._variants()):
            # A construct's id can't be an expression.
            prefix = variant.variant_name if is_known(variant.variant_name) else f"variant{index}"
            specs = self._specs(variant)
            self._created[variant] = [spec.name for spec in specs]
            for spec in specs:
                name = f"{prefix}-{spec.name}"
                alarms[name] = alarm = self._alarm(name, spec, variant)
                by_severity[spec.severity].append(alarm)
            for missing in variant._indicators().find_unmeasurable(self._thresholds):
                Annotations.of(self).add_info(f"variant {variant.variant_name!r} has {missing}")
        self.alarms = MappingProxyType(alarms)
        self.critical = tuple(by_severity[Severity.CRITICAL])
        self.warning = tuple(by_severity[Severity.WARNING])

    def _alarm(self, name: str, spec: AlarmSpec, variant: MonitoredVariant) -> Alarm:
        override = self._overrides.get(spec.name, AlarmOverride())
        topic = self._topics[spec.severity]
        actions = override.actions
        if actions is None:
            actions = [] if topic is None else [topic]
        where = f"endpoint {self._endpoint.literal_name}, variant {variant.variant_name}"
        runbook = f" Runbook: {override.runbook_url}" if override.runbook_url else ""
        return IndicatorAlarm(
            self,
            name,
            spec=spec,
            # A notification shows the description, not the tags.
            description=f"{spec.severity.upper()}: {where}: {spec.text}.{runbook}",
            actions=actions,
            tags={"severity": spec.severity.value},
        )

    def _specs(self, variant: MonitoredVariant) -> list[AlarmSpec]:
        overrides = self._overrides
        return [
            spec.with_override(overrides[spec.name]) if spec.name in overrides else spec
            for spec in _wanted(variant, self._thresholds)
            if spec.name not in overrides or overrides[spec.name].enabled
        ]

    def _check_overrides(self, check: Checks, endpoint: EndpointReference) -> None:
        specs = [spec for variant in self._variants() for spec in _wanted(variant, self._thresholds)]
        for name, override in self._overrides.items():
            _check_override(check, endpoint, name, override, specs)

    def _check_rollback(self, check: Checks, others: int | None) -> None:
        """Refuse more rollback alarms than a deployment takes. A composite alarm isn't the way out: SageMaker
        documents only alarms that watch metrics.
        """
        if check.problems or others is None:
            return
        specs = [spec for variant in self._variants() for spec in self._specs(variant)]
        count = others + sum(spec.severity == Severity.CRITICAL for spec in specs)
        most = sagemaker("AlarmList").highest or count
        check.require(
            count <= most,
            f"rollback=True makes {count} rollback alarms; AWS takes {most}, so leave it "
            "out and pass the most telling of .critical to add_rollback_alarms",
        )

    def _check_at_synth(self, check: Checks) -> None:
        """Note which variants have changed since."""
        for variant in self._variants():
            names = [spec.name for spec in self._specs(variant)]
            check.require(
                names == self._created.get(variant, []),
                f"variant {variant.variant_name!r} was added, or made to scale, after "
                "add_recommended_alarms; call that later, so that its alarms are there too",
            )


def _wanted(variant: MonitoredVariant, thresholds: AlarmThresholds) -> Iterator[AlarmSpec]:
    for spec in variant._indicators().alarm_specs(thresholds):
        if spec.threshold is not None:
            yield spec


def _check_topics(
    check: Checks, endpoint: EndpointReference, topic: AlarmAction | None, **of_severities: AlarmAction | None
) -> None:
    given = {name: value for name, value in of_severities.items() if value is not None}
    check.require(
        topic is None or not given,
        f"topic is given beside {' and '.join(given)}; pass topic for alarms of both severities, or "
        "critical_topic and warning_topic",
    )
    for name, action in {"topic": topic, **given}.items():
        if action is not None:
            AlarmActions(endpoint, name).with_(check, [action])


def _check_variants(check: Checks, endpoint: EndpointReference, variants: Sequence[Any] | None) -> None:
    if variants is None:
        return
    check.require(len(variants) > 0, "variants is empty")
    check.require(len(set(map(id, variants))) == len(variants), "variants has one twice")
    for variant in variants:
        check.require(
            isinstance(variant, MonitoredVariant) and variant.endpoint is endpoint,
            f"variants: {variant!r} is not a variant of this endpoint; pass a variant that its "
            "find_…_production_variant returns",
        )


def _check_override(
    check: Checks, endpoint: EndpointReference, name: Any, override: Any, specs: Sequence[AlarmSpec]
) -> None:
    where = f"overrides[{str(name)!r}]"
    if name not in list(RecommendedAlarm):
        check.problem(f"{where}: there is no such alarm; choose one of {', '.join(RecommendedAlarm)}")
        return
    overridden = [spec for spec in specs if spec.name == name]
    names = dict.fromkeys(str(spec.name) for spec in specs)
    check.require(
        bool(overridden),
        f"{where}: no variant of this endpoint has this alarm with these thresholds; their alarms are "
        f"{', '.join(names)}",
    )
    problems = Checks()
    for spec in overridden:
        check_threshold(
            problems, "threshold", override.threshold, spec.indicator.unit, spec.highest_threshold
        )
        changed = spec.with_override(override)
        check_evaluation(problems, changed.metric, changed.evaluation_periods, changed.datapoints_to_alarm)
    if override.actions is not None:
        AlarmActions(endpoint, "actions").with_(problems, override.actions)
    for problem in dict.fromkeys(problems.problems):
        check.problem(f"{where}: {problem}")
