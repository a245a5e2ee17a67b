"""Permissions: policy statements, principals, and the inline policies that connect them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sm_tf.bindings.core import Construct, Fn
from sm_tf.bindings.resources import Resource, place_of
from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import as_token, as_written, is_known, split_tokens, tokens_within
from sm_tf.foundation.errors import InvalidPropsError, checking
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text


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


@runtime_checkable
class PrincipalResource(Protocol):
    """A role, user or group: the AWS provider's resource or data source."""

    @property
    def terraform_resource_type(self) -> str:
        """`aws_iam_role`, `aws_iam_user` or `aws_iam_group`."""

    @property
    def arn(self) -> str:
        """The principal's ARN."""


@public
@dataclass(frozen=True)
class Principal:
    """A holder of permissions: a `role`, `user` or `group`, with its ARN and name."""

    kind: str
    arn: str
    name: str

    @classmethod
    def given(cls, where: str, given: "Grantee") -> "Principal":
        """Return the principal that a user passed. A token is treated as the ARN of a role.

        Raises:
            InvalidPropsError: If `given` can't hold permissions.
        """
        if isinstance(given, Principal):
            return given
        if isinstance(given, str):
            return cls(*cls._parse(where, given))
        if isinstance(given, HasGrantPrincipal) and given.grant_principal is not None:
            return given.grant_principal
        kind = str(getattr(given, "terraform_resource_type", "")).removeprefix("aws_iam_")
        if kind not in _KINDS:
            allowed = (
                "an IAM role, user or group (the provider's resource, its data source or an ARN), a "
                "Principal, or a model that has a role"
            )
            raise InvalidPropsError(where, [f"{given!r} can't hold permissions; pass {allowed}"])
        # The data sources of users and groups have no `name`.
        name = given.name if hasattr(given, "name") else getattr(given, f"{kind}_name")
        return cls(kind, given.arn, name)  # type: ignore[union-attr]

    @staticmethod
    def _parse(where: str, arn: str) -> tuple[str, str, str]:
        with checking(where) as check:
            rule = "is not the ARN of an IAM role, user or group; pass arn:aws:iam::<account>:role/<name>"
            check_text(check, "", arn, _ARN, rule)
        kind, name = groups(_ARN_PARTS, arn) or ("role", arn)
        # A reference may have a path before the name.
        return kind, arn, name if is_known(name) else Fn.basename(as_token(name))


_KINDS = ("role", "user", "group")
_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:(?:role|user|group)/(?:[^:]*/)?[\w+=,.@-]+")
_ARN_PARTS = re.compile(r"[^/]+:(role|user|group)/(?:.*/)?([^/]+)")

_MAX_NAME_PREFIX = 101
"""With a hyphen; the AWS provider adds 26 characters, and IAM allows 128."""


@runtime_checkable
class HasGrantPrincipal(Protocol):
    """A construct that acts as a role, such as a model."""

    @property
    def grant_principal(self) -> Principal | None:
        """The principal that receives the construct's grants."""


Grantee = PrincipalResource | Principal | HasGrantPrincipal | str
"""A receiver of permissions: the provider's role, user or group, a Principal, a model, or an ARN."""


class PolicyHolder(Protocol):
    """A construct that can add permissions to its role, such as a model."""

    def add_to_role_policy(self, statement: PolicyStatement) -> None:
        """Add a statement to the role's policy."""


class InlinePolicy:
    """The permissions that a construct grants to a principal. Statements can be added until synth; repeated
    ones are dropped.
    """

    def __init__(
        self, scope: Construct, id: str, principal: Principal, statements: Sequence[PolicyStatement] = ()
    ) -> None:
        self._scope = scope
        self._statements: dict[str, dict[str, Any]] = {}
        for statement in statements:
            self.add(statement)
        prefix = readable_name(place_of(scope).below(id), limit=_MAX_NAME_PREFIX) + "-"
        self.resource = Resource(
            scope,
            "Resource",
            f"aws_iam_{principal.kind}_policy",
            lambda: {
                # A policy that is replaced is put under another name before the old one is deleted.
                "name_prefix": prefix,
                "lifecycle": {"ignore_changes": ["name_prefix"]},
                principal.kind: principal.name,
                "policy": policy_document(list(self._statements.values())),
            },
            below=id,
        )

    def add(self, statement: PolicyStatement) -> None:
        """Add a statement, unless the policy already has it."""
        rendered = statement.to_json()
        text = json.dumps(rendered)
        if text in self._statements:
            return
        # Every use of a reference is a new token, so equal statements may differ in their tokens.
        literals, _ = split_tokens(text)
        alike = [other for other in self._statements if split_tokens(other)[0] == literals]
        if alike:
            written = as_written(self._scope, text)
            if any(as_written(self._scope, other) == written for other in alike):
                return
        self._statements[text] = rendered


def grant(scope: Construct, verb: str, grantee: Grantee, actions: Sequence[str], resource_arn: str) -> None:
    """Allow `grantee` to perform `actions` on a resource, with an inline policy below `scope`. Granting twice
    changes nothing.
    """
    place = place_of(scope)
    principal = Principal.given(place.path, grantee)
    label = as_written(scope, principal.arn)
    id = verb + hashlib.sha256(label.encode()).hexdigest()[:8].upper()
    statement = PolicyStatement(actions=actions, resources=[resource_arn])
    policies: dict[str, InlinePolicy] = place.stack.once().setdefault((grant, place.path), {})
    if id in policies:
        policies[id].add(statement)
    else:
        policies[id] = InlinePolicy(scope, id, principal, [statement])
