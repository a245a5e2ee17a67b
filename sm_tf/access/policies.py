"""Inline policies: those of roles that sm_tf makes, and one in each stack for a principal that is given."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sm_tf.access.iam import PolicyStatement, policy_document
from sm_tf.access.immutable_role import ImmutableRole
from sm_tf.access.principal import Grantee, Principal
from sm_tf.access.statements import Statements
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Place, Resource, between_stacks, place_of
from sm_tf.bindings.tokens import as_written, is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import readable_name

_MAX_NAME_PREFIX = 101
"""With a hyphen; the AWS provider adds 26 characters, and IAM allows 128."""

_MAX_SIZE = {"role": 10_240, "user": 2_048, "group": 5_120}
"""The most characters of all inline policies together, without white space.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


class InlinePolicy:
    """A policy of a principal. Statements can be added until synth; repeated ones are dropped.

    Args:
        scope: The parent construct.
        id: The policy's id.
        principal: Its holder.
        statements: The first statements.
        place: The place whose provider it uses, if the scope is a stack.
        merges: Whether statements that differ in their resources alone become one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        principal: Principal,
        statements: Sequence[PolicyStatement] = (),
        *,
        place: Place | None = None,
        merges: bool = False,
    ) -> None:
        self._statements = Statements(scope)
        self._merges = merges
        for statement in statements:
            self.add(statement)
        own = place_of(scope).below(id)
        prefix = readable_name(own, limit=_MAX_NAME_PREFIX) + "-"
        self.resource = Resource(
            scope,
            "Resource",
            f"aws_iam_{principal.kind}_policy",
            lambda: {
                # A policy that is replaced is put under another name before the old one is deleted.
                "name_prefix": prefix,
                "lifecycle": {"ignore_changes": ["name_prefix"]},
                principal.kind: principal.name,
                "policy": self._document(),
            },
            below=id,
            place=place,
        )
        self._check_size(own, principal)

    def __iter__(self) -> Iterator[PolicyStatement]:
        return iter(self._statements)

    def add(self, statement: PolicyStatement) -> None:
        """Add a statement, unless the policy already has it."""
        self._statements.add(statement)

    def _document(self) -> str:
        statements = self._statements
        return policy_document(statements.merged() if self._merges else statements.to_json())

    def _check_size(self, own: Place, principal: Principal) -> None:
        stack = own.stack
        label = (InlinePolicy, _home(own, principal).path if principal.construct else principal.arn)
        policies: list[InlinePolicy] = stack.app.setdefault(label, [])
        policies.append(self)
        if stack.once().setdefault(label, self) is not self:
            return

        def find_problems() -> dict[str, list[str]]:
            size, limit = sum(_size(policy._document()) for policy in policies), _MAX_SIZE[principal.kind]
            if size <= limit:
                return {}
            remedy = (
                "give the models several roles, leave role= out so that each model gets its own, or pass "
                "ImmutableRole and attach managed policies"
                if principal.kind == "role"
                else f"grant to several {principal.kind}s, or to a role that the {principal.kind} may assume"
            )
            name = f"{principal.name!r} " if is_known(principal.name) else ""
            problem = (
                f"the inline policies of the {principal.kind} {name}would have about {size:,} characters "
                f"together; IAM allows {limit:,}, so {remedy}"
            )
            return {own.path: [problem]}

        stack.checks.append(find_problems)


_REFERENCE = r"\$\{TfToken\[[^\]]+\]\}"


def _size(document: str) -> int:
    """Count the characters of a policy as IAM does. A reference counts as 60 if it is a whole value, such as
    an ARN, and as 12 inside a text, where it is an account or a name.
    """
    text = re.sub(r"\s", "", document)
    text = re.sub(f'"{_REFERENCE}"', f'"{"a" * 60}"', text)
    return len(re.sub(_REFERENCE, "a" * 12, text))


def _home(place: Place, principal: Principal) -> Place:
    """Return the place of the principal's construct, or the place where only its ARN was given."""
    return place if principal.construct is None else place_of(principal.construct)


def _label(place: Place, principal: Principal) -> str:
    """Return a text that differs for each principal of a stack's policies."""
    home = _home(place, principal).stack
    written = as_written(home.element, principal.arn)
    # Equal references of two stacks are different roles.
    return written if home is place.stack else f"{home.path} {written}"


def _policy_in_stack(place: Place, principal: Principal, id: str) -> InlinePolicy:
    """Return the policy that a principal has once in a stack."""
    label = _label(place, principal)
    key = (InlinePolicy, id, label)
    if key not in place.once:
        name = place.shared_id(id + hashlib.sha256(label.encode()).hexdigest()[:8].upper())
        place.once[key] = InlinePolicy(place.stack.element, name, principal, place=place, merges=True)
    found: InlinePolicy = place.once[key]
    return found


def check_account(check: Checks, place: Place, principal: Principal) -> None:
    """Check that the program may write to a principal, which is in an account that it knows."""
    known = Environment(place).known_accounts
    found = re.match(r"arn:[\w-]+:iam::(\d{12}):", principal.arn)
    if isinstance(principal, ImmutableRole) or not known or found is None:
        return
    check.require(
        found[1] in known,
        f"{principal.kind} {principal.arn} is in account {found[1]}, and the AWS provider works in "
        f"{' or '.join(known)}; nothing is written to another account, so pass ImmutableRole(…) and let its "
        "owner allow what `sm-tf permissions` prints",
    )


def allow(place: Place, role: Principal, statement: PolicyStatement) -> Resource | None:
    """Allow a role that was given what a model at `place` needs. Return the policy that the model waits for,
    or None. The policy is in the model's stack, which reads the role in any case.
    """
    if isinstance(role, ImmutableRole):
        role.require(place, statement)
        return None
    if any(_is_endpoint(place, resource) for resource in statement.resources):
        # The endpoint may be of another model with this role, and would wait for the policy too.
        _policy_in_stack(place, role, "SmTfGrants").add(statement)
        return None
    policy = _policy_in_stack(place, role, "SmTfPolicy")
    policy.add(statement)
    return policy.resource


def _is_endpoint(place: Place, resource: str) -> bool:
    # The ARNs of images and artifacts begin with literal text.
    is_reference = resource.startswith("${") and not is_known(resource)
    return is_reference and "aws_sagemaker_endpoint." in as_written(place.stack.element, resource)


def grant(scope: Construct, grantee: Grantee, actions: Sequence[str], resource_arn: str) -> None:
    """Allow `grantee` to perform `actions` on a resource of `scope`. Granting twice changes nothing.

    The policy is in the grantee's stack, unless the stack of `scope` reads from that one. No construct waits
    for it: it may name an endpoint whose model has the same role.
    """
    place = place_of(scope)
    principal = Principal.given(place.path, grantee)
    with checking(place.path) as check:
        check_account(check, place, principal)
    statement = PolicyStatement(actions=actions, resources=[resource_arn])
    if isinstance(principal, ImmutableRole):
        principal.require(place, statement)
        return
    home = _home(place, principal)
    if home.stack is place.stack:
        _policy_in_stack(place, principal, "SmTfGrants").add(statement)
        return
    home = replace(home, provider=home.provider or getattr(principal.construct, "provider", None))
    between_stacks(home, place, lambda at: _policy_in_stack(at, principal, "SmTfGrants").add(statement))
