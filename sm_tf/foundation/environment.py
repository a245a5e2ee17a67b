"""The environment that a stack is deployed to: region, account, partition and DNS suffix. The values are
literal if they are known at synth; otherwise they come from Terraform's data sources.
"""

import json

from sm_tf.aws.partitions import dns_suffix, partition_of
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Place, Resource, place_of
from sm_tf.bindings.tokens import is_known


class Environment:
    """The environment of a construct: that of its provider, or of its stack's default provider."""

    def __init__(self, of: Construct | Place) -> None:
        self._place = of if isinstance(of, Place) else place_of(of)

    @property
    def known_region(self) -> str | None:
        """The region if the program gives it as a literal, otherwise None."""
        region = self._place.region
        return region if region and is_known(region) else None

    @property
    def region(self) -> str:
        """The region's name, such as `eu-west-1`."""
        # Versions 5 and 6 of the provider both have `id`; 5 lacks `region`, and 6 deprecates `name`.
        return self.known_region or self._data("aws_region", "SmTfRegion", "id")

    @property
    def account(self) -> str:
        """The account's 12 digits."""
        return self._data("aws_caller_identity", "SmTfCallerIdentity", "account_id")

    @property
    def known_accounts(self) -> tuple[str, ...]:
        """The provider's `allowed_account_ids` if the program gives them as literals, otherwise nothing."""
        for given in json.loads(self._place.account or "[]"):
            if isinstance(given, list) and all(isinstance(id, str) and is_known(id) for id in given):
                return tuple(given)
        return ()

    @property
    def known_account(self) -> str | None:
        """The account if the provider allows one alone, as a literal, otherwise None."""
        accounts = self.known_accounts
        return accounts[0] if len(accounts) == 1 else None

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, …"""
        region = self.known_region
        return partition_of(region) if region else self._data("aws_partition", "SmTfPartition", "partition")

    @property
    def dns_suffix(self) -> str:
        """The suffix of the host names of the partition's services, such as `amazonaws.com`."""
        region = self.known_region
        return dns_suffix(region) if region else self._data("aws_partition", "SmTfPartition", "dns_suffix")

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in this region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def _data(self, type: str, id: str, attribute: str) -> str:
        once = self._place.once
        if id not in once:
            once[id] = Resource(
                self._place.stack.element,
                self._place.shared_id(id),
                f"data.{type}",
                {},
                attributes=_ATTRIBUTES[type],
                place=self._place,
            )
        data: Resource = once[id]
        return data[attribute]


_ATTRIBUTES = {
    "aws_region": ("id",),
    "aws_caller_identity": ("account_id",),
    "aws_partition": ("partition", "dns_suffix"),
}
