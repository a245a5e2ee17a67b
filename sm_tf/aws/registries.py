"""AWS's own registries of images: their accounts by region, and their repositories."""

import functools
from collections.abc import Mapping

from sm_tf.aws.tables import table

DEEP_LEARNING_CONTAINERS = "dlc"


def repositories() -> tuple[str, ...]:
    """The repositories of all registries."""
    return tuple(sorted(_registry_by_repository()))


def accounts_of(repository: str) -> Mapping[str, str]:
    """The accounts that own a repository, by region. An unknown repository counts as one of the AWS Deep
    Learning Containers.
    """
    accounts: Mapping[str, str] = table("registries")["tables"][_registry_of(repository)]["accounts"]
    return accounts


def possible_accounts(repository: str, region: str) -> frozenset[str]:
    """The accounts that a repository may be in; several where AWS's own pages disagree."""
    tables = table("registries")["tables"]
    registry = tables[_registry_of(repository)]
    found = [registry, *([tables[registry["also"]]] if "also" in registry else [])]
    return frozenset(each["accounts"][region] for each in found if region in each["accounts"])


def is_known_repository(repository: str) -> bool:
    """Whether one of the registries has the repository."""
    return repository in _registry_by_repository()


def is_aws_account(account: str) -> bool:
    """Whether one of the registries is in this account, in any region."""
    return account in _regions_by_account()


def is_aws_registry(account: str, region: str) -> bool:
    """Whether one of the registries is in this account and region."""
    return region in _regions_by_account().get(account, ())


def regions() -> tuple[str, ...]:
    """The regions that have the AWS Deep Learning Containers."""
    return tuple(table("registries")["tables"][DEEP_LEARNING_CONTAINERS]["accounts"])


def _registry_of(repository: str) -> str:
    return _registry_by_repository().get(repository, DEEP_LEARNING_CONTAINERS)


@functools.cache
def _registry_by_repository() -> dict[str, str]:
    tables = table("registries")["tables"]
    return {repository: name for name, each in tables.items() for repository in each["repositories"]}


@functools.cache
def _regions_by_account() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in table("registries")["tables"].values():
        for region, account in each["accounts"].items():
            found.setdefault(account, set()).add(region)
    return found
