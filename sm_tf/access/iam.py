"""IAM policies: statements, documents, and constructs that hold permissions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sm_tf.bindings.tokens import tokens_within
from sm_tf.foundation.public import public


@public
@dataclass(frozen=True, kw_only=True)
class PolicyStatement:
    """A statement of an IAM policy. `conditions` uses the form of the policy language.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    effect: str = "Allow"
    sid: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the statement in the policy language."""
        statement: dict[str, Any] = {
            "Effect": self.effect,
            "Action": list(self.actions),
            "Resource": tokens_within(self.resources),
        }
        if self.conditions:
            statement["Condition"] = tokens_within(self.conditions)
        if self.sid:
            statement["Sid"] = self.sid
        return statement


def policy_document(statements: Sequence[dict[str, Any]]) -> str:
    """Return a policy document as JSON text, as the provider's resources expect it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class PolicyHolder(Protocol):
    """A construct that can add permissions to its role, such as a model."""

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Add a statement to the role's policy."""
