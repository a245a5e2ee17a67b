"""Roles, users and groups, which hold permissions."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sm_tf.bindings.core import Fn
from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.errors import InvalidPropsError, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text


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
    _construct: Any = field(default=None, init=False, repr=False, compare=False)

    @property
    def construct(self) -> Any:
        """The construct that stands for the principal in this program, or None."""
        return self._construct

    @classmethod
    def given(cls, where: str, given: "Grantee") -> "Principal":
        """Return the principal that a user passed. A token is treated as the ARN of a role.

        Raises:
            InvalidPropsError: If `given` can't hold permissions.
        """
        if isinstance(given, Principal):
            return given
        if isinstance(given, str):
            return Principal(*_parse(where, given))
        if isinstance(given, HasGrantPrincipal) and given.grant_principal is not None:
            return given.grant_principal
        kind = str(getattr(given, "terraform_resource_type", "")).removeprefix("aws_iam_")
        if kind not in _KINDS:
            allowed = (
                "an IAM role, user or group (the provider's resource, its data source or an ARN), a "
                "Principal, an ImmutableRole, or a model that has a role"
            )
            raise InvalidPropsError(where, [f"{given!r} can't hold permissions; pass {allowed}"])
        # The data sources of users and groups have no `name`.
        name = given.name if hasattr(given, "name") else getattr(given, f"{kind}_name")
        return principal_of(given, kind, given.arn, name)  # type: ignore[union-attr]


def principal_of(construct: Any, kind: str, arn: str, name: str) -> Principal:
    """Return the principal that a construct of this program stands for."""
    principal = Principal(kind, arn, name)
    object.__setattr__(principal, "_construct", construct)
    return principal


def _parse(where: str, arn: str) -> tuple[str, str, str]:
    with checking(where) as check:
        rule = "is not the ARN of an IAM role, user or group; pass arn:aws:iam::<account>:role/<name>"
        check_text(check, "", arn, _ARN, rule)
    kind, name = groups(_ARN_PARTS, arn) or ("role", arn)
    # A reference may have a path before the name.
    return kind, arn, name if is_known(name) else Fn.basename(as_token(name))


_KINDS = ("role", "user", "group")
_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:(?:role|user|group)/(?:[!-9;-~]*/)?[\w+=,.@-]+", re.ASCII)
_ARN_PARTS = re.compile(r"[^/]+:(role|user|group)/(?:.*/)?([^/]+)")


@runtime_checkable
class HasGrantPrincipal(Protocol):
    """A construct that acts as a role, such as a model."""

    @property
    def grant_principal(self) -> Principal | None:
        """The principal that receives the construct's grants."""


Grantee = PrincipalResource | Principal | HasGrantPrincipal | str
"""A receiver of permissions: the provider's role, user or group, a Principal (an ImmutableRole too), a model,
or an ARN.
"""
