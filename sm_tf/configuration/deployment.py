"""How an endpoint moves to a new configuration, and when it moves back."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Protocol

from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.resources import Place
from sm_tf.bindings.tokens import as_number
from sm_tf.configuration.production_variant import (
    InstanceProductionVariantProps,
    ProductionVariantProps,
    ServerlessProductionVariantProps,
)
from sm_tf.foundation.checks import (
    CountLike,
    DurationLike,
    check_duration,
    check_whole,
    is_whole,
    seconds,
)
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.location import check_account
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_count_rule, check_seconds_rule, check_text_rule

PROVIDER_WAITS = timedelta(minutes=60)
"""How long the AWS provider waits for an endpoint; fixed, see hashicorp/terraform-provider-aws#39090."""

_LARGEST_STEP = 50
"""Percent of the capacity: TrafficRoutingConfig and RollingUpdatePolicy, SageMaker API reference."""


class AlarmResource(Protocol):
    """An alarm that watches a metric: an Alarm of sm_tf, or the provider's resource."""

    @property
    def alarm_name(self) -> str:
        """The alarm's name."""


class CapacitySizeType(StrEnum):
    """The unit of a CapacitySize."""

    CAPACITY_PERCENT = "CAPACITY_PERCENT"
    INSTANCE_COUNT = "INSTANCE_COUNT"


@public
@dataclass(frozen=True)
class CapacitySize:
    """A part of a variant's capacity: a number of instances, or a percentage.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
    """

    value: CountLike
    type: CapacitySizeType

    @staticmethod
    def percent(value: CountLike) -> "CapacitySize":
        """A percentage of the variant's capacity."""
        return CapacitySize(value, CapacitySizeType.CAPACITY_PERCENT)

    @staticmethod
    def instances(value: CountLike) -> "CapacitySize":
        """A number of the variant's instances."""
        return CapacitySize(value, CapacitySizeType.INSTANCE_COUNT)

    def __str__(self) -> str:
        unit = "%" if self.type == CapacitySizeType.CAPACITY_PERCENT else " instance(s)"
        return f"{self.value}{unit}"

    def render(self) -> dict[str, Any]:
        """The provider's block."""
        return {"type": str(self.type), "value": as_number(self.value)}


class _Step(NamedTuple):
    """A part of the capacity: the argument that sets it, and the least percentage that AWS takes."""

    argument: str
    lowest: int


@public
@dataclass(frozen=True, kw_only=True)
class Deployment(ABC):
    """How an endpoint moves to a new configuration; made by `all_at_once`, `canary`, `linear` or `rolling`.

    AWS requires the new configuration to have variants of the same names as the old one. If one of
    `rollback_alarms` fires while traffic moves or during a baking period, AWS returns to the old
    configuration. Terraform doesn't notice that; `sm-tf verify` does.

    Terraform waits at most 60 minutes for an endpoint. All waits together must be shorter, and so must
    `maximum_execution_timeout`, after which AWS gives up.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    """

    wait_interval: DurationLike
    maximum_execution_timeout: DurationLike | None = None
    rollback_alarms: Sequence[AlarmResource | str] = ()

    _factory: ClassVar[str]
    """The method of Deployment that makes it."""
    _step: ClassVar[_Step | None] = None
    """The part of the capacity that moves at a time; None where all of it does."""

    @staticmethod
    def all_at_once(
        *,
        wait_interval: DurationLike = timedelta(0),
        termination_wait: DurationLike | None = None,
        maximum_execution_timeout: DurationLike | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: shift all traffic to a new fleet at once.

        Args:
            wait_interval: baking period of the new fleet, 0 to 1 hour. Defaults to none.
            termination_wait: how much longer the old fleet is kept, 0 to 1 hour. Defaults to none.
            maximum_execution_timeout: 10 minutes to 1 hour, longer than all waits. Defaults to AWS's own.
            rollback_alarms: at most 10 alarms, or their names, that trigger a rollback.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-all-at-once.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return AllAtOnceDeployment(
            wait_interval=wait_interval,
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @staticmethod
    def canary(
        *,
        size: CapacitySize,
        wait_interval: DurationLike,
        termination_wait: DurationLike | None = None,
        maximum_execution_timeout: DurationLike | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: shift some traffic to a new fleet, wait, then shift the rest.

        Args:
            size: the first part of the capacity, at most half of it.
            wait_interval: baking period of the first part, and then of the whole fleet, 0 to 1 hour.
            termination_wait: how much longer the old fleet is kept, 0 to 1 hour. Defaults to none.
            maximum_execution_timeout: 10 minutes to 1 hour, longer than all waits. Defaults to AWS's own.
            rollback_alarms: at most 10 alarms, or their names, that trigger a rollback.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return CanaryDeployment(
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
        wait_interval: DurationLike,
        termination_wait: DurationLike | None = None,
        maximum_execution_timeout: DurationLike | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Blue/green: shift the traffic to a new fleet in equal steps.

        Args:
            step_size: 10 to 50 percent of the capacity.
            wait_interval: baking period of each step, 0 to 1 hour.
            termination_wait: how much longer the old fleet is kept, 0 to 1 hour. Defaults to none.
            maximum_execution_timeout: 10 minutes to 1 hour, longer than all waits. Defaults to AWS's own.
            rollback_alarms: at most 10 alarms, or their names, that trigger a rollback.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-linear.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return LinearDeployment(
            step_size=step_size,
            wait_interval=wait_interval,
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    @staticmethod
    def rolling(
        *,
        maximum_batch_size: CapacitySize,
        wait_interval: DurationLike,
        rollback_maximum_batch_size: CapacitySize | None = None,
        maximum_execution_timeout: DurationLike | None = None,
        rollback_alarms: Sequence[AlarmResource | str] = (),
    ) -> "Deployment":
        """Replace old instances batch by batch, so that the endpoint never needs twice its capacity. Not
        available for serverless endpoints, nor for several variants.

        Args:
            maximum_batch_size: 5 to 50 percent of the capacity.
            wait_interval: baking period of each batch, 0 to 1 hour.
            rollback_maximum_batch_size: batch size of a rollback. Defaults to the whole capacity at once.
            maximum_execution_timeout: 10 minutes to 1 hour, longer than all waits. Defaults to AWS's own.
            rollback_alarms: at most 10 alarms, or their names, that trigger a rollback.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html

        Raises:
            InvalidPropsError: values outside these bounds; all mistakes are listed.
        """
        return RollingDeployment(
            maximum_batch_size=maximum_batch_size,
            rollback_maximum_batch_size=rollback_maximum_batch_size,
            wait_interval=wait_interval,
            maximum_execution_timeout=maximum_execution_timeout,
            rollback_alarms=tuple(rollback_alarms),
        )

    def __post_init__(self) -> None:
        with checking(f"Deployment.{self._factory}") as check:
            self._check(check)
            check_alarms(check, self.rollback_alarms)
            if not check.problems:
                self._check_sum_of_waits(check)

    @property
    def has_baking_period(self) -> bool:
        """Whether there is any time in which an alarm could fire."""
        return bool(seconds(self.wait_interval) != 0)

    @property
    def steps(self) -> int:
        """The number of steps, each with a baking period; the least possible one where variants decide."""
        if self._step is None:
            return 1
        size = self._step_size
        known = size.type == CapacitySizeType.CAPACITY_PERCENT and is_whole(size.value)
        return math.ceil(100 / size.value) if known else 2

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The provider's block, without the alarms."""

    def check_variants(self, check: Checks, variants: Sequence[ProductionVariantProps]) -> None:
        """Note what keeps these variants from being deployed in this way.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
        """
        if self._step is None:
            return
        for variant in variants:
            if isinstance(variant, InstanceProductionVariantProps):
                _check_guardrails(check, variant)
                _check_share(check, variant, self._step, self._step_size)

    @property
    def _step_size(self) -> CapacitySize:
        assert self._step is not None
        size: CapacitySize = getattr(self, self._step.argument)
        return size

    def _check(self, check: Checks) -> None:
        _check_wait(check, "wait_interval", self.wait_interval)
        check_duration(
            check,
            "maximum_execution_timeout",
            self.maximum_execution_timeout,
            timedelta(minutes=10),
            PROVIDER_WAITS,
            rule="10 minutes to 1 hour (AWS allows more, but Terraform gives up after 60 minutes)",
        )
        if self._step:
            _check_size(check, self._step.argument, self._step_size, self._step.lowest, _LARGEST_STEP)

    def _sum_of_waits(self) -> timedelta | None:
        """How long the deployment waits in all; None if only Terraform knows."""
        return self.wait_interval * self.steps if isinstance(self.wait_interval, timedelta) else None

    def _check_sum_of_waits(self, check: Checks) -> None:
        total, timeout = self._sum_of_waits(), self.maximum_execution_timeout
        if total is None:
            return
        check.require(
            total < PROVIDER_WAITS,
            f"the waits take {total} in all; Terraform gives up after 60 minutes, so shorten wait_interval "
            "or termination_wait, or take larger steps",
        )
        check.require(
            not isinstance(timeout, timedelta) or total < timeout,
            f"the waits take {total} in all, and maximum_execution_timeout is {timeout}; it must be longer",
        )

    def _render_timeout(self) -> dict[str, Any]:
        return {"maximum_execution_timeout_in_seconds": seconds(self.maximum_execution_timeout)}


@dataclass(frozen=True, kw_only=True)
class _BlueGreenDeployment(Deployment):
    termination_wait: DurationLike | None = None

    @property
    def has_baking_period(self) -> bool:
        """Whether there is any time in which an alarm could fire."""
        return super().has_baking_period or seconds(self.termination_wait) not in (None, 0)

    def render(self) -> dict[str, Any]:
        """The provider's block, without the alarms."""
        wait = {"wait_interval_in_seconds": seconds(self.wait_interval)}
        policy = {
            "traffic_routing_configuration": self._render_routing() | wait,
            "termination_wait_in_seconds": seconds(self.termination_wait),
        }
        return {"blue_green_update_policy": policy | self._render_timeout()}

    @abstractmethod
    def _render_routing(self) -> dict[str, Any]: ...

    def _check(self, check: Checks) -> None:
        super()._check(check)
        _check_wait(check, "termination_wait", self.termination_wait)

    def _sum_of_waits(self) -> timedelta | None:
        total, after = super()._sum_of_waits(), self.termination_wait or timedelta(0)
        return total + after if total is not None and isinstance(after, timedelta) else None


@dataclass(frozen=True, kw_only=True)
class AllAtOnceDeployment(_BlueGreenDeployment):
    """Shifts all traffic at once."""

    _factory = "all_at_once"

    def _render_routing(self) -> dict[str, Any]:
        return {"type": "ALL_AT_ONCE"}


@dataclass(frozen=True, kw_only=True)
class CanaryDeployment(_BlueGreenDeployment):
    """Shifts a part of the traffic first."""

    size: CapacitySize

    _factory = "canary"
    _step = _Step("size", 0)
    steps = 2

    def _render_routing(self) -> dict[str, Any]:
        return {"type": "CANARY", "canary_size": self.size.render()}


@dataclass(frozen=True, kw_only=True)
class LinearDeployment(_BlueGreenDeployment):
    """Shifts the traffic in equal steps."""

    step_size: CapacitySize

    _factory = "linear"
    _step = _Step("step_size", 10)

    def _render_routing(self) -> dict[str, Any]:
        return {"type": "LINEAR", "linear_step_size": self.step_size.render()}


@dataclass(frozen=True, kw_only=True)
class RollingDeployment(Deployment):
    """Replaces instances batch by batch."""

    maximum_batch_size: CapacitySize
    rollback_maximum_batch_size: CapacitySize | None = None

    _factory = "rolling"
    _step = _Step("maximum_batch_size", 5)

    def check_variants(self, check: Checks, variants: Sequence[ProductionVariantProps]) -> None:
        """Note what keeps these variants from being deployed in this way."""
        check.require(
            not any(isinstance(variant, ServerlessProductionVariantProps) for variant in variants),
            "a rolling deployment isn't for serverless endpoints; use Deployment.all_at_once",
        )
        check.require(
            len(variants) <= 1,
            f"a rolling deployment isn't for {len(variants)} variants; use Deployment.canary or linear",
        )
        super().check_variants(check, variants)

    def render(self) -> dict[str, Any]:
        """The provider's block, without the alarms."""
        back = self.rollback_maximum_batch_size
        policy = {
            "maximum_batch_size": self.maximum_batch_size.render(),
            "rollback_maximum_batch_size": back.render() if back else None,
            "wait_interval_in_seconds": seconds(self.wait_interval),
        }
        return {"rolling_update_policy": policy | self._render_timeout()}

    def _check(self, check: Checks) -> None:
        super()._check(check)
        if self.rollback_maximum_batch_size is not None:
            _check_size(check, "rollback_maximum_batch_size", self.rollback_maximum_batch_size, 5, 100)


def check_alarms(check: Checks, alarms: Sequence[AlarmResource | str]) -> None:
    """Note if there are too many alarms, or something that isn't one."""
    if alarms:
        check_count_rule(check, "the deployment", len(alarms), sagemaker("AlarmList"), "rollback alarms")
    for alarm in (alarm for alarm in alarms if isinstance(alarm, str)):
        must = "must be an alarm or the name of one"
        check_text_rule(check, "one of the rollback alarms,", alarm, sagemaker("AlarmName"), must)
        check.require(
            not alarm.startswith("arn:"), f"rollback alarm {alarm!r} is an ARN; give the alarm's name"
        )


def check_alarms_near(check: Checks, place: Place, alarms: Sequence[AlarmResource | str]) -> None:
    """Note alarms of another region or account than the endpoint's, where SageMaker looks for their names."""
    region = Environment(place).known_region
    for alarm in alarms:
        theirs = getattr(alarm, "known_region", None)
        what = f"rollback alarm {getattr(alarm, 'path', alarm)!r}"
        check.require(
            region is None or theirs is None or region == theirs,
            f"{what} is in {theirs}, and the endpoint in {region}; SageMaker needs both in one region",
        )
        check_account(check, place, what, getattr(alarm, "known_account", None))


def alarm_name(alarm: AlarmResource | str) -> str:
    """The name of an alarm that a user gave."""
    return alarm if isinstance(alarm, str) else alarm.alarm_name


def _check_wait(check: Checks, name: str, wait: DurationLike | None) -> None:
    check_seconds_rule(check, name, wait, sagemaker("WaitIntervalInSeconds"))


def _check_size(check: Checks, name: str, size: CapacitySize, lowest: int, highest: int) -> None:
    if size.type == CapacitySizeType.CAPACITY_PERCENT:
        check_whole(check, f"{name} in percent", size.value, max(lowest, 1), highest)
    else:
        check_whole(check, f"{name} in instances", size.value, 1)


def _check_guardrails(check: Checks, variant: InstanceProductionVariantProps) -> None:
    excluded = {
        f"runs on {variant.instance_type}": str(variant.instance_type).startswith("ml.inf1."),
        "has an Elastic Inference accelerator": variant.accelerator_type is not None,
    }
    for why in (why for why, applies in excluded.items() if applies):
        check.problem(
            f"variant {variant.variant_name!r} {why}, for which AWS has no deployment guardrails; use "
            "Deployment.all_at_once"
        )


def _check_share(
    check: Checks, variant: InstanceProductionVariantProps, step: _Step, size: CapacitySize
) -> None:
    count = variant.initial_instance_count
    in_instances = size.type == CapacitySizeType.INSTANCE_COUNT
    if not (in_instances and is_whole(size.value) and is_whole(count)):
        return
    share = 100 * size.value / count
    allowed = f"{step.lowest}% to {_LARGEST_STEP}%" if step.lowest else f"at most {_LARGEST_STEP}%"
    check.require(
        step.lowest <= share <= _LARGEST_STEP,
        f"variant {variant.variant_name!r} has {count} instance(s), of which {step.argument} {size} is "
        f"{share:.0f}%; AWS takes {allowed}",
    )
