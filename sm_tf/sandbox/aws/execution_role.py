"""The execution role of a model: whether SageMaker may assume it, and what it may do."""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import IAMBackend, Role, iam_backends

from sm_tf.sandbox.aws.policy_evaluation import conditions_hold, is_allowed, statements_of
from sm_tf.sandbox.aws.stand_ins import STAND_IN_TAG

_SERVICE = "sagemaker.amazonaws.com"


class ExecutionRole:
    """A role by its ARN.

    Args:
        arn: The role's ARN.
        account: The account that SageMaker works for.
        region: The region that it works in.
    """

    def __init__(self, arn: str, account: str, region: str) -> None:
        self.arn = arn
        partition, owner = arn.split(":")[1], arn.split(":")[4]
        self._iam: IAMBackend = iam_backends[owner or account][partition]
        name = arn.rpartition("/")[2]
        self._role: Role | None = next((role for role in self._iam.roles.values() if role.name == name), None)
        self._context = {
            "aws:sourceaccount": account,
            "aws:principalarn": arn,
            "aws:principalaccount": owner,
            "aws:requestedregion": region,
            "aws:securetransport": "true",
        }

    def can_be_assumed(self, source_arn: str) -> bool:
        """Whether the role exists, and trusts SageMaker when it works on that resource."""
        if self._role is None:
            return False
        context = {**self._context, "aws:sourcearn": source_arn}
        effects = {
            statement["Effect"]
            for statement in statements_of(self._role.assume_role_policy_document)
            if _is_trusted(statement.get("Principal")) and conditions_hold(statement, context)
        }
        return effects == {"Allow"}

    def may(self, action: str, resource: str) -> bool:
        """Whether the role may do something. A stand-in may do everything: its owner has seen to that."""
        if self._role is None:
            return False
        if any(tag["Key"] == STAND_IN_TAG for tag in self._role.tags):
            return True
        if not is_allowed(self._policies(self._role), action, resource, self._context):
            return False
        boundary = self._iam.managed_policies.get(self._role.permissions_boundary_arn or "")
        # An unknown boundary belongs to somebody else.
        return boundary is None or is_allowed([_document(boundary)], action, resource, self._context)

    def _policies(self, role: Role) -> Iterator[str]:
        yield from role.policies.values()
        for policy in role.managed_policies.values():
            yield _document(policy)


def _is_trusted(principal: Any) -> bool:
    services = principal.get("Service", []) if isinstance(principal, dict) else principal
    return services == "*" or _SERVICE in ([services] if isinstance(services, str) else services or [])


def _document(policy: Any) -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)
