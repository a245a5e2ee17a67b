"""How an endpoint moves to a new configuration, and what brings it back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from sm_tf.bindings.tokens import as_number, is_known
from sm_tf.configuration.production_variant import (
    InstanceProductionVariantProps,
    ProductionVariantProps,
    ServerlessProductionVariantProps,
)
from sm_tf.foundation.checks import check_choice, check_duration, check_whole, is_whole, seconds
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public

MAX_ROLLBACK_ALARMS = 10
"""AutoRollbackConfig, SageMaker API reference."""

PROVIDER_WAITS = timedelta(minutes=60)
"""How long the AWS provider waits for an endpoint; fixed, see hashicorp/terraform-provider-aws#39090."""


class AlarmResource(Protocol):
    """An alarm that watches a metric: an Alarm of sm_tf, or the provider's resource."""

    @property
    def alarm_name(self) -> str:
        """The alarm's name."""


class CapacitySizeType(StrEnum):
    """What a CapacitySize counts."""

    CAPACITY_PERCENT = "CAPACITY_PERCENT"
    INSTANCE_COUNT = "INSTANCE_COUNT"


@public
@dataclass(frozen=True)
class CapacitySize:
    """A part of a variant's capacity: so many instances, or so many percent.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
    """

    value: int
    type: CapacitySizeType

    @staticmethod
    def percent(value: int) -> "CapacitySize":
        """So many percent of the variant's capacity."""
        return CapacitySize(value, CapacitySizeType.CAPACITY_PERCENT)

    @staticmethod
    def instances(value: int) -> "CapacitySize":
        """So many of the variant's instances."""
        return CapacitySize(value, CapacitySizeType.INSTANCE_COUNT)

    def __str__(self) -> str:
        unit = "%" if self.type is CapacitySizeType.CAPACITY_PERCENT else " instance(s)"
        return f"{self.value}{unit}"


@public
@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How an endpoint moves to a new configuration; made by `all_at_once`, `canary`, `linear` or `rolling`.

    AWS demands that the new configuration has variants of the same names as the old one. When an alarm of
    `rollback_alarms` fires while traffic moves or is watched, AWS goes back to the old configuration.
    Terraform doesn't notice that; `sm-tf verify` does.

    Terraform waits at most 60 minutes for an endpoint, so that is the most that all waits may take, and the
    most for `maximum_execution_timeout`, after which AWS gives up.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    """

    kind: str
    wait_interval: timedelta | float
    size: CapacitySize | None = None
    rollback_size: CapacitySize | None = None
    termination_wait: timedelta | float | None = None
    maximum_execution_timeout: timedelta | float | None = None
    rollback_alarms: Sequence[AlarmResource | str] = field(default=())

    def __post_init__(self) -> None:
        with checking(f"Deployment.{self.kind.lower()}") as check:
            self._check(check)

    @staticmethod
    def all_at_once(
        *,
        wait_interval: timedelta | float = timedelta(0),
        termination_wait: timedelta | float | None = None,
        maximum_execution_timeout: timedelta | float | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: a new fleet gets all traffic at once, and the old one stays while it is watched.

        Args:
            wait_interval: how long the new fleet is watched, 0 to 1 hour; not at all if absent.
            termination_wait: how long the old fleet stays afterwards, 0 to 1 hour; not at all if absent.
            maximum_execution_timeout: 10 minutes to 1 hour, more than all waits; AWS's default if absent.
            rollback_alarms: at most 10 alarms (or their names) that bring the old fleet back.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-all-at-once.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return Deployment(
            kind="ALL_AT_ONCE",
            wait_interval=wait_interval,
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @staticmethod
    def canary(
        *,
        size: CapacitySize,
        wait_interval: timedelta | float,
        termination_wait: timedelta | float | None = None,
        maximum_execution_timeout: timedelta | float | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: a part of a new fleet gets its share of the traffic, and after a while the whole fleet
        gets all.

        Args:
            size: of the first part, at most half of the capacity.
            wait_interval: how long the first part is watched, and then the whole, 0 to 1 hour.
            termination_wait: how long the old fleet stays afterwards, 0 to 1 hour; not at all if absent.
            maximum_execution_timeout: 10 minutes to 1 hour, more than all waits; AWS's default if absent.
            rollback_alarms: at most 10 alarms (or their names) that bring the old fleet back.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return Deployment(
            kind="CANARY",
            size=size,
            wait_interval=wait_interval,
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @staticmethod
    def linear(
        *,
        step_size: CapacitySize,
        wait_interval: timedelta | float,
        termination_wait: timedelta | float | None = None,
        maximum_execution_timeout: timedelta | float | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: a new fleet gets the traffic in equal steps.

        Args:
            step_size: 10 to 50 percent of the capacity.
            wait_interval: how long each step is watched, 0 to 1 hour.
            termination_wait: how long the old fleet stays afterwards, 0 to 1 hour; not at all if absent.
            maximum_execution_timeout: 10 minutes to 1 hour, more than all waits; AWS's default if absent.
            rollback_alarms: at most 10 alarms (or their names) that bring the old fleet back.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-linear.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return Deployment(
            kind="LINEAR",
            size=step_size,
            wait_interval=wait_interval,
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @staticmethod
    def rolling(
        *,
        maximum_batch_size: CapacitySize,
        wait_interval: timedelta | float,
        rollback_maximum_batch_size: CapacitySize | None = None,
        maximum_execution_timeout: timedelta | float | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """New instances take the place of old ones batch by batch, so that the endpoint never has twice its
        capacity. Not for serverless endpoints and those with several variants.

        Args:
            maximum_batch_size: 5 to 50 percent of the capacity.
            wait_interval: how long each batch is watched, 0 to 1 hour.
            rollback_maximum_batch_size: of the way back; all at once if absent.
            maximum_execution_timeout: 10 minutes to 1 hour, more than all waits; AWS's default if absent.
            rollback_alarms: at most 10 alarms (or their names) that bring the old instances back.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return Deployment(
            kind="ROLLING",
            size=maximum_batch_size,
            rollback_size=rollback_maximum_batch_size,
            wait_interval=wait_interval,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @property
    def watches(self) -> bool:
        """Whether there is any time in which an alarm could fire."""
        return any(seconds(wait) != 0 for wait in (self.wait_interval, self.termination_wait or 0))

    def check_variants(self, check: Checks, variants: Sequence[ProductionVariantProps]) -> None:
        """Note what keeps these variants from being deployed like this.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
        """
        if self.kind == "ROLLING":
            check.require(
                not any(isinstance(variant, ServerlessProductionVariantProps) for variant in variants),
                "a rolling deployment isn't for serverless endpoints; use Deployment.all_at_once",
            )
            check.require(
                len(variants) <= 1,
                f"a rolling deployment isn't for {len(variants)} variants; use Deployment.canary or linear",
            )
        for variant in variants:
            if isinstance(variant, InstanceProductionVariantProps):
                self._check_instances(check, variant)

    def render(self) -> dict[str, Any]:
        """The provider's block, without the alarms."""
        timeout = {"maximum_execution_timeout_in_seconds": seconds(self.maximum_execution_timeout)}
        wait = seconds(self.wait_interval)
        if self.kind == "ROLLING":
            policy = {
                "maximum_batch_size": _block(self.size),
                "rollback_maximum_batch_size": _block(self.rollback_size),
                "wait_interval_in_seconds": wait,
            }
            return {"rolling_update_policy": policy | timeout}
        name = {"CANARY": "canary_size", "LINEAR": "linear_step_size"}.get(self.kind)
        routing = {
            "type": self.kind,
            "wait_interval_in_seconds": wait,
            **({name: _block(self.size)} if name else {}),
        }
        policy = {
            "traffic_routing_configuration": routing,
            "termination_wait_in_seconds": seconds(self.termination_wait),
        }
        return {"blue_green_update_policy": policy | timeout}

    def _check(self, check: Checks) -> None:
        hour, names = timedelta(hours=1), _SIZE_NAMES.get(self.kind, ("size", 0))
        for name, wait in (
            ("wait_interval", self.wait_interval),
            ("termination_wait", self.termination_wait),
        ):
            check_duration(check, name, wait, timedelta(0), hour, rule="0 to 1 hour")
        check_duration(
            check,
            "maximum_execution_timeout",
            self.maximum_execution_timeout,
            timedelta(minutes=10),
            PROVIDER_WAITS,
            rule="10 minutes to 1 hour (AWS allows more, but Terraform gives up after 60 minutes)",
        )
        if self.kind != "ALL_AT_ONCE":
            _check_size(check, names[0], self.size, names[1], 50)
        if self.rollback_size is not None:
            _check_size(check, "rollback_maximum_batch_size", self.rollback_size, 5, 100)
        check_alarms(check, self.rollback_alarms)
        if not check.problems:
            self._check_sum_of_waits(check)

    def _check_sum_of_waits(self, check: Checks) -> None:
        interval, after = self.wait_interval, self.termination_wait or timedelta(0)
        if not (isinstance(interval, timedelta) and isinstance(after, timedelta)):
            return
        total = interval * self._steps() + after
        check.require(
            total < PROVIDER_WAITS,
            f"the waits take {total} in all; Terraform gives up after 60 minutes, so shorten wait_interval "
            "or termination_wait, or take larger steps",
        )
        timeout = self.maximum_execution_timeout
        check.require(
            not isinstance(timeout, timedelta) or total < timeout,
            f"the waits take {total} in all, and maximum_execution_timeout is {timeout}; it must be longer",
        )

    def _steps(self) -> int:
        if self.kind == "ALL_AT_ONCE":
            return 1
        if self.kind == "CANARY":
            return 2
        size = self.size
        if size is None or size.type is not CapacitySizeType.CAPACITY_PERCENT or not is_whole(size.value):
            return 2  # the least that there can be
        return math.ceil(100 / size.value)

    def _check_instances(self, check: Checks, variant: InstanceProductionVariantProps) -> None:
        named = f"variant {variant.variant_name!r}"
        if self.kind != "ALL_AT_ONCE":
            excluded = {
                f"runs on {variant.instance_type}": str(variant.instance_type).startswith("ml.inf1."),
                "has an Elastic Inference accelerator": variant.accelerator_type is not None,
            }
            for what, applies in excluded.items():
                check.require(
                    not applies,
                    f"{named} {what}, for which AWS has no deployment guardrails; use Deployment.all_at_once",
                )
        size, count = self.size, variant.initial_instance_count
        in_instances = size is not None and size.type is CapacitySizeType.INSTANCE_COUNT
        if size is not None and in_instances and is_whole(size.value) and is_whole(count):
            name, lowest = _SIZE_NAMES[self.kind]
            share = 100 * size.value / count
            allowed = f"{lowest}% to 50%" if lowest else "at most 50%"
            check.require(
                lowest <= share <= 50,
                f"{named} has {count} instance(s), of which {name} {size} is {share:.0f}%; AWS takes "
                f"{allowed}",
            )


# What the size is called, and its least percentage: TrafficRoutingConfig and RollingUpdatePolicy, SageMaker
# API reference.
_SIZE_NAMES = {"CANARY": ("size", 0), "LINEAR": ("step_size", 10), "ROLLING": ("maximum_batch_size", 5)}


def check_alarms(check: Checks, alarms: Sequence[AlarmResource | str]) -> None:
    """Note if there are too many alarms, or something that is none."""
    check.require(
        len(alarms) <= MAX_ROLLBACK_ALARMS,
        f"{len(alarms)} rollback alarms are given; AWS takes at most {MAX_ROLLBACK_ALARMS}, so keep "
        "the most telling",
    )
    for alarm in alarms:
        valid = (isinstance(alarm, str) and alarm != "") or hasattr(alarm, "alarm_name")
        check.require(valid, f"rollback alarm {alarm!r} must be an alarm or the name of one")
        check.require(
            not (isinstance(alarm, str) and is_known(alarm) and alarm.startswith("arn:")),
            f"rollback alarm {alarm!r} is an ARN; give the alarm's name",
        )


def alarm_name(alarm: AlarmResource | str) -> str:
    """The name of an alarm that a user gave."""
    return alarm if isinstance(alarm, str) else alarm.alarm_name


def _check_size(check: Checks, name: str, size: CapacitySize | None, lowest: int, highest: int) -> None:
    if not isinstance(size, CapacitySize):
        check.require(False, f"{name} is {size!r}; pass CapacitySize.percent(…) or CapacitySize.instances(…)")
        return
    check_choice(check, f"{name}.type", size.type, CapacitySizeType)
    if size.type == CapacitySizeType.CAPACITY_PERCENT:
        check_whole(check, f"{name} in percent", size.value, max(lowest, 1), highest)
    else:
        check_whole(check, f"{name} in instances", size.value, 1)


def _block(size: CapacitySize | None) -> dict[str, Any] | None:
    return None if size is None else {"type": str(size.type), "value": as_number(size.value)}
