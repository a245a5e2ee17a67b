"""What is known of an image before it is bound: its name, or the literals in it."""

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

from sm_tf.aws.ecr_image import ECR_IMAGE
from sm_tf.aws.images import ImageFacts, image_facts, is_listed, tags_of
from sm_tf.aws.partitions import dns_suffix, registry_suffixes
from sm_tf.aws.registries import (
    accounts_of,
    is_aws_account,
    is_aws_registry,
    is_known_repository,
    possible_accounts,
    repositories,
)
from sm_tf.aws.tables import date_of
from sm_tf.bindings.template import groups, readable, split
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.texts import fits

_PARTS = re.compile(r"([^./]+)\.dkr[.-]ecr(?:-fips)?\.([^./]+)\.([^/]+)/([^:@]+)(?::([^@]+))?(?:@.*)?")


@dataclass(frozen=True, kw_only=True)
class KnownImage:
    """An image's `uri`, which may contain references, and the `platform` that it is built for. Both are None
    where they aren't known. `is_of_aws` tells that it is one of AWS's own, whatever its account.
    """

    uri: str | None = None
    platform: str | None = None
    is_of_aws: bool = False

    @property
    def facts(self) -> ImageFacts:
        """What the image is built for."""
        if self.platform is not None:
            architecture = {"linux/amd64": "x86_64", "linux/arm64": "arm64"}.get(self.platform)
            return ImageFacts(architecture=architecture)
        found = in_ecr(self.uri) if self.uri is not None else None
        if found is None:
            return ImageFacts()
        is_of_aws = self.is_of_aws or is_aws_account(found.account)
        return image_facts(_literal(found.repository), _literal(found.tag), is_of_aws=is_of_aws)

    @property
    def foreign_account(self) -> str | None:
        """The account of its registry, None if that isn't known or is AWS's."""
        found = in_ecr(self.uri) if self.uri is not None and not self.is_of_aws else None
        if found is None or not is_known(found.account) or is_aws_account(found.account):
            return None
        return found.account


class EcrImage(NamedTuple):
    """The parts of an image's name in ECR, each of which may contain references."""

    account: str
    region: str
    suffix: str
    repository: str
    tag: str


def may_be_in_ecr(uri: str) -> bool:
    """Whether an image is in ECR, or can be for some values of its references."""
    return fits(ECR_IMAGE, uri)


@functools.cache
def in_ecr(uri: str) -> EcrImage | None:
    """Return the parts of an image's name, None if the literals don't separate them."""
    found = groups(_PARTS, uri) if may_be_in_ecr(uri) else None
    return EcrImage(*found) if found else None


def check_location(check: Checks, where: str, image: KnownImage, region: str | None) -> None:
    """Check that SageMaker can pull an image in a region, which may be unknown.

    Source: the errors of CreateModel, "Cross region ECR image pulls are not allowed" and "Using non-ECR image
    … without Vpc repository access mode is not supported".
    """
    uri = image.uri
    if uri is None:
        return
    told = f"{where} {readable(uri)}"
    if not may_be_in_ecr(uri):
        check.problem(
            f"{told} isn't in Amazon ECR; SageMaker pulls it only with repository_access_mode="
            "RepositoryAccessMode.VPC, so push it to ECR or set that"
        )
        return
    found = in_ecr(uri)
    if found is None:
        return
    theirs = found.region if is_known(found.region) else None
    if theirs and region and theirs != region:
        check.problem(
            f"{told} is in {theirs}, and the model in {region}; SageMaker pulls no image of another region, "
            "so copy it, or use the one that is there"
        )
        return
    here = theirs or region
    if here and is_known(found.suffix) and found.suffix not in registry_suffixes(here):
        check.problem(
            f"{told} has a host that ends in {found.suffix!r}; those of {here} end in {dns_suffix(here)!r}"
        )
    if is_known(found.repository) and (image.is_of_aws or is_aws_account(found.account)):
        _check_aws_registry(check, told, found, here)


def _check_aws_registry(check: Checks, told: str, found: EcrImage, region: str | None) -> None:
    repository, tag = found.repository, found.tag
    if region is not None and is_known(found.account):
        right = possible_accounts(repository, region)
        if is_known_repository(repository) and right and found.account not in right:
            owners = " or ".join(sorted(right))
            check.problem(f"{told}: AWS's repository {repository!r} of {region} is in account {owners}")
            return
        if right and not is_aws_registry(found.account, region):
            check.problem(
                f"{told}: the account {found.account} is AWS's in other regions; in {region}, the AWS Deep "
                f"Learning Containers are in {accounts_of(repository)[region]}"
            )
            return
    if not is_known_repository(repository):
        check.warning(
            f"{told}: AWS's repositories of {date_of('registries')} have no {repository!r}"
            + _did_you_mean(repository, repositories())
        )
    elif tags_of(repository) and tag and is_known(tag) and not is_listed(repository, tag):
        check.warning(
            f"{told}: the newest tags of {repository!r} on {date_of('images')} have no {tag!r}"
            + _did_you_mean(tag, list(tags_of(repository)))
        )


def _did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1, 0.4)
    return f"; did you mean {near[0]!r}?" if near else ""


def _literal(text: str) -> str:
    """Return a text with a letter in place of each reference, which touches the words beside it."""
    parts = split(text)
    parts[1::2] = ["z"] * len(parts[1::2])
    return "".join(parts)
