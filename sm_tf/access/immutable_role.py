"""Roles that this program uses and never changes."""

import os

from sm_tf.access.iam import PolicyStatement
from sm_tf.access.permissions_file import VARIABLE, write
from sm_tf.access.principal import Grantee, Principal
from sm_tf.access.statements import Statements
from sm_tf.bindings.resources import Place, Stack
from sm_tf.bindings.tokens import as_written
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.public import public


@public
class ImmutableRole(Principal):
    """A role that another team or account owns. It is used, and no policy is ever put on it. Pass it wherever
    a role is taken, as in `Model(role=ImmutableRole(…))` or `endpoint.grant_invoke(ImmutableRole(…))`.

    The role's owner must allow `required_statements`. `sm-tf permissions` prints them for all such roles of a
    program.

    Args:
        role: The provider's `IamRole` or `DataAwsIamRole`, a Principal, a model, or an ARN.

    Raises:
        InvalidPropsError: If `role` is not a role.
    """

    _required: dict[str, Statements]

    def __init__(self, role: Grantee) -> None:
        given = Principal.given("ImmutableRole", role)
        if given.kind != "role":
            problem = f"{given.arn} is a {given.kind}; pass an IAM role"
            raise InvalidPropsError("ImmutableRole", [problem])
        super().__init__("role", given.arn, given.name)
        object.__setattr__(self, "_construct", given.construct)
        object.__setattr__(self, "_required", {})

    @property
    def required_statements(self) -> tuple[PolicyStatement, ...]:
        """The permissions that the program has needed from the role so far, without repetition."""
        return tuple(statement for statements in self._required.values() for statement in statements)

    def require(self, place: Place, statement: PolicyStatement) -> None:
        """Add what the owner must allow for the construct at `place`."""
        stack = place.stack
        self._required.setdefault(stack.path, Statements(stack.element)).add(statement)
        if VARIABLE in os.environ:
            _tell(stack, self.arn, statement)


def _tell(stack: Stack, arn: str, statement: PolicyStatement) -> None:
    """Write at synth what a role needs for a stack, from all objects that stand for the role."""
    key = (ImmutableRole, arn)
    required = stack.once().get(key)
    if required is None:
        required = stack.once()[key] = Statements(stack.element)

        def find_problems() -> dict[str, list[str]]:
            write(stack.path, as_written(stack.element, arn), required.written())
            return {}

        stack.checks.append(find_problems)
    required.add(statement)
