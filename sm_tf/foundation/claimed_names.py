"""Names that stand for one thing in an account and region, over all stacks of an app."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sm_tf.bindings.resources import Place, Stack
from sm_tf.bindings.tokens import is_known


@dataclass(frozen=True)
class _Claim:
    place: Place
    kind: str
    argument: str
    name: Callable[[], Any]
    is_global: bool

    @property
    def key(self) -> tuple[str | None, ...] | None:
        """What no other claim may share; None where the name isn't known."""
        name = self.name()
        if not isinstance(name, str) or not is_known(name):
            return None
        return (self.kind, name, self.place.account, None if self.is_global else self.place.region)


def claim_name(
    place: Place, kind: str, name: Callable[[], Any], *, argument: str, is_global: bool = False
) -> None:
    """Refuse at synth that another construct of the app, in the same account and region, has this name.

    Args:
        place: of the construct.
        kind: of the resource, such as "endpoint".
        name: returns the name as it is in the end; one that only Terraform knows is not compared.
        argument: that sets the name.
        is_global: whether the name counts in all regions of the account.
    """
    claims: list[_Claim] = place.stack.app.setdefault(claim_name, [])
    claims.append(_Claim(place, kind, argument, name, is_global))
    stack = place.stack
    if claim_name not in stack.once():
        stack.once()[claim_name] = True
        stack.checks.append(lambda: _find_problems(stack, claims))


def _find_problems(stack: Stack, claims: Sequence[_Claim]) -> dict[str, list[str]]:
    by_key = defaultdict(list)
    for claim in claims:
        if (key := claim.key) is not None:
            by_key[key].append(claim)
    problems = defaultdict(list)
    for same in by_key.values():
        for claim in same if len(same) > 1 else ():
            if claim.place.stack is stack:
                others = ", ".join(other.place.path for other in same if other is not claim)
                problems[claim.place.path].append(_problem(claim, others))
    return problems


def _problem(claim: _Claim, others: str) -> str:
    where = "this account" if claim.is_global else "this account and region"
    return (
        f"its {claim.kind} is named {claim.name()!r}, and so is that of {others} in {where}; set "
        f"{claim.argument} on one of them, or tell their providers apart if the accounts differ (profile, "
        "assume_role or allowed_account_ids)"
    )
