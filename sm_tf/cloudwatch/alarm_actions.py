"""The actions that an alarm takes when it changes its state."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sm_tf.access.provider_types import HasArn
from sm_tf.aws.api_rules import cloudwatch
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_written, is_list_token
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.location import check_region
from sm_tf.foundation.rules import check_count_rule, check_text_rule
from sm_tf.foundation.texts import fits

_ARN = re.compile("arn:.+")
_FUNCTION = re.compile("arn:[^:]+:lambda:.+")
_SCALING_POLICY = re.compile(r"\baws_(app)?autoscaling_policy\.")


AlarmAction = str | HasArn


class AlarmActions:
    """The actions for one state, in the order they were added; one that is added twice counts once.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    """

    def __init__(self, scope: Construct, name: str, arns: Mapping[str, str] = MappingProxyType({})) -> None:
        self._scope = scope
        self._name = name
        self._arns = arns

    def with_(
        self, check: Checks, actions: Iterable[AlarmAction], region: str | None = None
    ) -> "AlarmActions":
        """These actions and more; note which of them are invalid or in another region than the alarm, and if
        there are too many.
        """
        arns = dict(self._arns)
        for action in actions:
            arn: Any = action if isinstance(action, str) else getattr(action, "arn", None)
            before, must = len(check.problems), "must be an ARN, or a resource that has one such as a topic"
            given = action if arn is None else arn
            check_text_rule(check, f"{self._name}:", given, cloudwatch("ResourceName"), must, form=_ARN)
            valid = len(check.problems) == before
            if valid and not fits(_FUNCTION, arn):
                check_region(check, self._name, arn, region)
            if valid:
                # Each use of a reference is another token; that of a list can't be read.
                written = arn if is_list_token([arn]) else as_written(self._scope, arn)
                arns.setdefault(written, arn)
        check_count_rule(check, self._name, len(arns), cloudwatch("ResourceList"), "actions")
        check.require(
            len(arns) <= 1 or not is_list_token(list(arns.values())),
            f"{self._name}: a list that only Terraform knows can't be joined with other actions",
        )
        return AlarmActions(self._scope, self._name, arns)

    @property
    def start_scaling(self) -> bool:
        """Whether one of them is a scaling policy that Terraform creates."""
        return any(_SCALING_POLICY.search(written) for written in self._arns)

    @property
    def arns(self) -> list[str] | None:
        """The ARNs, as the provider's classes take them."""
        return list(self._arns.values()) or None
