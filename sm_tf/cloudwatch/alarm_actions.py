"""What an alarm does when it changes its state."""

from collections.abc import Iterable
from typing import Any, Protocol

from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_written, is_known, is_list_token
from sm_tf.foundation.errors import Checks

_MAX_ACTIONS = 5


class HasArn(Protocol):
    """A resource or data source of the provider: an SNS topic, a Lambda function, a scaling policy, …"""

    @property
    def arn(self) -> str:
        """The ARN."""


AlarmAction = str | HasArn


class AlarmActions:
    """The actions for one state, in the order they were added; one that is added twice counts once.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    """

    def __init__(self, construct: Construct, name: str) -> None:
        self._construct = construct
        self._name = name
        self._arns: dict[str, str] = {}

    def add(self, check: Checks, actions: Iterable[AlarmAction]) -> None:
        """Add actions, and note which of them are none and when they become too many."""
        for action in actions:
            arn: Any = action if isinstance(action, str) else getattr(action, "arn", None)
            valid = isinstance(arn, str) and (not is_known(arn) or arn.startswith("arn:"))
            check.require(
                valid, f"{self._name}: {action!r} must be an ARN, or a resource that has one such as a topic"
            )
            if valid:
                # Each use of a reference is another token; that of a list can't be read.
                written = arn if is_list_token([arn]) else as_written(self._construct, arn)
                self._arns.setdefault(written, arn)
        check.require(
            len(self._arns) <= _MAX_ACTIONS,
            f"{self._name} has {len(self._arns)} actions; CloudWatch takes {_MAX_ACTIONS} a state",
        )
        check.require(
            len(self._arns) <= 1 or not is_list_token(self.arns or []),
            f"{self._name}: a list that only Terraform knows can't be joined with other actions",
        )

    @property
    def arns(self) -> list[str] | None:
        """The ARNs, as the provider's classes take them."""
        return list(self._arns.values()) or None
