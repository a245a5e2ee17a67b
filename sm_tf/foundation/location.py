"""Region and account of what a construct uses, compared with its own.

Accounts are compared for models and endpoint configurations alone, which AWS takes by name from the caller's
account. It lets images, buckets, keys (by ARN), topics, functions and model packages be in another one.
"""

from typing import Any

from sm_tf.bindings.resources import Place
from sm_tf.bindings.template import readable
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.arn import arn_fields
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks


def check_region(check: Checks, what: str, arn: Any, region: str | None) -> None:
    """Check that an ARN, if its region and the construct's are known, is in the construct's region."""
    fields = arn_fields(arn) if isinstance(arn, str) else None
    if fields is None or region is None:
        return
    theirs = fields[0]
    check.require(
        not theirs or not is_known(theirs) or theirs == region,
        f"{what} {readable(str(arn))} is in {theirs}, and this is in {region}; AWS needs both in one region",
    )


def check_account(check: Checks, place: Place, what: str, account: str | None) -> None:
    """Check that something is in the account of a place's provider, as far as that is known: from its
    `allowed_account_ids`, or from other ARNs that its constructs use.
    """
    if account is None:
        return
    known = Environment(place).known_accounts
    owner, used = place.once.get(check_account, (None, account))
    if known:
        check.require(
            account in known,
            f"{what} is in account {account}, and the AWS provider works in {' or '.join(known)}; AWS needs "
            "both in one account",
        )
    else:
        check.require(
            account == used,
            f"{what} is in account {account}, and {owner} in {used}, with one AWS provider; AWS needs both "
            "in one account",
        )


def note_account(place: Place, what: str, account: str | None) -> None:
    """Remember that something in this account was used with a place's provider."""
    if account is not None:
        place.once.setdefault(check_account, (what, account))
