"""Permissions: policy statements, principals, and the inline policies that bring the two together."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, runtime_checkable

from sm_tf.bindings.aws import IamGroupPolicy, IamRolePolicy, IamUserPolicy
from sm_tf.bindings.core import Construct, Fn
from sm_tf.bindings.tokens import address, as_token, as_written, is_known
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.public import public


@public
@dataclass(frozen=True, kw_only=True)
class PolicyStatement:
    """One statement of an IAM policy; `conditions` are written as in the policy language.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    effect: str = "Allow"
    sid: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The statement in the policy language."""
        statement: dict[str, Any] = {
            "Effect": self.effect,
            "Action": list(self.actions),
            "Resource": [as_token(resource) for resource in self.resources],
        }
        if self.conditions:
            statement["Condition"] = {operator: dict(keys) for operator, keys in self.conditions.items()}
        if self.sid:
            statement["Sid"] = self.sid
        return statement


def policy_document(statements: Sequence[dict[str, Any]]) -> str:
    """A policy document as the JSON text that the provider's resources take."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@runtime_checkable
class PrincipalResource(Protocol):
    """A role, user or group of the AWS provider: its resource or its data source."""

    @property
    def terraform_resource_type(self) -> str:
        """`aws_iam_role`, `aws_iam_user` or `aws_iam_group`."""

    @property
    def arn(self) -> str:
        """The principal's ARN."""

    @property
    def name(self) -> str:
        """The principal's name."""


@public
@dataclass(frozen=True)
class Principal:
    """Who holds permissions: a `role`, `user` or `group`, by ARN and name, whoever made it."""

    kind: str
    arn: str
    name: str

    @classmethod
    def given(cls, where: str, given: PrincipalResource | str) -> Self:
        """The principal that a user passed: a resource, a data source, or an ARN. A token counts as the ARN
        of a role.

        Raises:
            InvalidPropsError: anything else.
        """
        if isinstance(given, str):
            kind, name = (
                cls._parse(where, given) if is_known(given) else ("role", Fn.basename(as_token(given)))
            )
            return cls(kind, given, name)
        kind = str(getattr(given, "terraform_resource_type", "")).removeprefix("aws_iam_")
        if kind not in _INLINE_POLICY:
            allowed = "an IAM role, user or group: the provider's resource, its data source or an ARN"
            raise InvalidPropsError(where, [f"{given!r} can hold no permissions; pass {allowed}"])
        # The data sources of users and groups have no `name`.
        name = given.name if hasattr(given, "name") else getattr(given, f"{kind}_name")
        return cls(kind, given.arn, name)

    @staticmethod
    def _parse(where: str, arn: str) -> tuple[str, str]:
        found = re.fullmatch(r"arn:[\w-]+:iam::\d{12}:(role|user|group)/(?:.*/)?([\w+=,.@-]+)", arn)
        if found is None:
            form = "arn:aws:iam::<account>:role/<name>"
            raise InvalidPropsError(
                where, [f"{arn!r} is not the ARN of an IAM role, user or group; pass {form}"]
            )
        return found[1], found[2]


_INLINE_POLICY: dict[str, Any] = {"role": IamRolePolicy, "user": IamUserPolicy, "group": IamGroupPolicy}


class InlinePolicy(Construct):
    """The permissions that one construct gives to one principal; statements may be added until synth, each
    kept once.
    """

    def __init__(self, scope: Construct, id: str, *, principal: Principal) -> None:
        super().__init__(scope, id)
        self._principal = principal
        self._statements: dict[str, dict[str, Any]] = {}
        self._resource: Any = None

    def add(self, statement: PolicyStatement) -> None:
        """Add a statement unless it is there already."""
        rendered = statement.to_json()
        as_text = as_written(self, json.dumps(rendered))
        if as_text in self._statements:
            return
        self._statements[as_text] = rendered
        document = policy_document(list(self._statements.values()))
        if self._resource:
            self._resource.policy = document
            return
        self._resource = _INLINE_POLICY[self._principal.kind](
            self,
            "Resource",
            name=readable_name(self, limit=128),
            policy=document,
            **{self._principal.kind: self._principal.name},
        )

    @property
    def address(self) -> str | None:
        """The Terraform address to depend on; None as long as there is no statement."""
        return address(self._resource) if self._resource else None


def grant(
    scope: Construct, verb: str, grantee: PrincipalResource | str, actions: Sequence[str], resource_arn: str
) -> None:
    """Let `grantee` do `actions` on one resource, by an inline policy below `scope`; granting twice changes
    nothing.
    """
    principal = Principal.given(scope.node.path, grantee)
    label = as_written(scope, principal.arn)
    id = verb + hashlib.sha256(label.encode()).hexdigest()[:8].upper()
    found = scope.node.try_find_child(id)
    policy = found if isinstance(found, InlinePolicy) else InlinePolicy(scope, id, principal=principal)
    policy.add(PolicyStatement(actions=actions, resources=[resource_arn]))
