"""The alarms that an endpoint should have."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sm_tf.aws.instance_capacity import gpus_of, vcpus_of
from sm_tf.bindings.core import Annotations
from sm_tf.bindings.tokens import is_known
from sm_tf.cloudwatch.alarm import Alarm
from sm_tf.cloudwatch.alarm_actions import AlarmAction
from sm_tf.configuration.deployment import MAX_ROLLBACK_ALARMS
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.errors import Checks, checking
from sm_tf.metrics.variant_metrics import InstanceVariantMetrics
from sm_tf.operations.alarm_thresholds import AlarmThresholds
from sm_tf.operations.recommended_rules import Rule, Severity, rules_of

if TYPE_CHECKING:
    from sm_tf.endpoint.endpoint import IEndpoint
    from sm_tf.endpoint.endpoint_variant import EndpointProductionVariant

_ID = "Alarms"


class RecommendedAlarms(SmTfConstruct):
    """What `add_recommended_alarms` has made."""

    alarms: Mapping[str, Alarm]
    """All of them by `<variant>-<name>`, such as `main-5xx-error-rate`."""
    critical: tuple[Alarm, ...]
    """Those that say that requests fail, are too slow, or aren't processed."""
    warning: tuple[Alarm, ...]
    """Those that say that it will come to that, or that callers do something wrong."""

    def __init__(
        self,
        endpoint: "IEndpoint",
        *,
        topic: AlarmAction | None,
        thresholds: AlarmThresholds | None,
        variants: "Sequence[EndpointProductionVariant] | None",
    ) -> None:
        watched = _check(endpoint, thresholds, variants)
        super().__init__(endpoint, _ID)
        self.place.stack.once()[RecommendedAlarms].add(endpoint.path)
        self._endpoint = endpoint
        self._thresholds = thresholds or AlarmThresholds()
        self._made: dict[EndpointProductionVariant, list[str]] = {}
        alarms: dict[str, Alarm] = {}
        by_severity: dict[Severity, list[Alarm]] = {severity: [] for severity in Severity}
        for index, variant in enumerate(watched):
            # A construct's id can't be an expression.
            prefix = variant.variant_name if is_known(variant.variant_name) else f"variant{index}"
            rules = rules_of(variant, self._thresholds)
            self._made[variant] = [rule.name for rule in rules]
            for rule in rules:
                name = f"{prefix}-{rule.name}"
                alarms[name] = alarm = self._alarm(name, rule, variant, topic)
                by_severity[rule.severity].append(alarm)
            self._note_unknown_type(variant)
        self.alarms = MappingProxyType(alarms)
        self.critical = tuple(by_severity[Severity.CRITICAL])
        self.warning = tuple(by_severity[Severity.WARNING])
        self._watches_all = variants is None

    def check_rollback(self, others: Sequence[object]) -> None:
        """Refuse to let a deployment watch the critical alarms beside others if these are too many.

        A composite alarm isn't the way out: SageMaker documents only alarms that watch metrics.
        """
        count = len(self.critical) + len(others)
        with checking(self._endpoint.path) as check:
            check.require(
                count <= MAX_ROLLBACK_ALARMS,
                f"rollback=True makes {count} rollback alarms; AWS takes {MAX_ROLLBACK_ALARMS}, so leave it "
                "out and pass the most telling of .critical to add_rollback_alarms",
            )

    def _alarm(
        self, name: str, rule: Rule, variant: "EndpointProductionVariant", topic: AlarmAction | None
    ) -> Alarm:
        assert rule.threshold is not None
        actions = [topic] if topic is not None else []
        where = f"endpoint {self._endpoint.name_as_text}, variant {variant.variant_name}"
        return Alarm(
            self,
            name,
            metric=rule.metric,
            threshold=rule.threshold,
            evaluation_periods=rule.evaluation_periods,
            datapoints_to_alarm=rule.datapoints_to_alarm,
            treat_missing_data=rule.treat_missing_data,
            comparison_operator=rule.comparison_operator,
            # A notification shows the description, not the tags.
            alarm_description=f"{rule.severity.upper()}: {where}: {rule.meaning}.",
            alarm_actions=actions,
            ok_actions=actions,
            tags={"severity": rule.severity.value},
        )

    def _note_unknown_type(self, variant: "EndpointProductionVariant") -> None:
        if not isinstance(variant, InstanceVariantMetrics):
            return
        instance_type = getattr(variant.props, "instance_type", None)
        known = instance_type is not None
        for what, threshold, number in (
            ("vCPUs", self._thresholds.cpu_utilization, vcpus_of(str(instance_type))),
            ("GPUs", self._thresholds.gpu_utilization, gpus_of(str(instance_type)) if known else None),
        ):
            if threshold is not None and number is None:
                of_what = instance_type if known else "its instance type"
                Annotations.of(self).add_info(
                    f"variant {variant.variant_name!r} has no alarm on its {what}, since it isn't known how "
                    f"many {of_what} has"
                )

    def check_at_synth(self, check: Checks) -> None:
        """Note which variants have changed since."""
        now = self._endpoint.production_variants if self._watches_all else self._made
        for variant in now:
            if [rule.name for rule in rules_of(variant, self._thresholds)] != self._made.get(variant, []):
                problem = "was added, or made to scale, after add_recommended_alarms"
                hint = "call that later, so that its alarms are there too"
                check.require(False, f"variant {variant.variant_name!r} {problem}; {hint}")


def _check(
    endpoint: "IEndpoint",
    thresholds: AlarmThresholds | None,
    variants: "Sequence[EndpointProductionVariant] | None",
) -> "Sequence[EndpointProductionVariant]":
    given = list(variants or ())
    with checking(endpoint.path) as check:
        check.require(
            endpoint.path not in endpoint.place.stack.once().setdefault(RecommendedAlarms, set()),
            "it has its recommended alarms; call add_recommended_alarms once, for all variants",
        )
        check.require(
            isinstance(thresholds, AlarmThresholds | None),
            f"thresholds is {thresholds!r}; pass AlarmThresholds(…)",
        )
        check.require(variants is None or len(given) > 0, "variants is empty")
        check.require(len(set(given)) == len(given), "variants has one twice")
        for variant in given:
            check.require(
                getattr(variant, "endpoint", None) is endpoint,
                f"variants: {variant!r} is no variant of this endpoint; pass what its "
                "find_…_production_variant returns",
            )
    return endpoint.production_variants if variants is None else variants
