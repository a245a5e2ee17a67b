"""Where a stack is deployed: region, account, partition, DNS suffix. Literal where known at synth, else
Terraform's data sources.
"""

from sm_tf.aws.partitions import dns_suffix, partition_of
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Place, Resource, place_of
from sm_tf.bindings.tokens import is_known


class Environment:
    """The environment of a construct: of its provider, or of its stack's default provider."""

    def __init__(self, of: Construct | Place) -> None:
        self._place = of if isinstance(of, Place) else place_of(of)

    @property
    def known_region(self) -> str | None:
        """The region where the program gives it as a literal."""
        region = self._place.region
        return region if region and is_known(region) else None

    @property
    def region(self) -> str:
        """The region's name, such as `eu-west-1`."""
        # `id` is the region's name in provider 5 and 6; `name` is deprecated in 6 and `region` is missing in
        # 5.
        return self.known_region or self._data("aws_region", "SmTfRegion", "id")

    @property
    def account(self) -> str:
        """The account's twelve digits."""
        return self._data("aws_caller_identity", "SmTfCallerIdentity", "account_id")

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, …"""
        region = self.known_region
        return partition_of(region) if region else self._data("aws_partition", "SmTfPartition", "partition")

    @property
    def dns_suffix(self) -> str:
        """What host names of the partition's services end in, such as `amazonaws.com`."""
        region = self.known_region
        return dns_suffix(region) if region else self._data("aws_partition", "SmTfPartition", "dns_suffix")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in this region and account."""
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
