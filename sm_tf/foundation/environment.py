"""Where a stack is deployed: region, account, partition, DNS suffix. Literal where known at synth, else
Terraform's data sources.
"""

from typing import Any

from sm_tf.aws.partitions import dns_suffix, partition_of
from sm_tf.bindings.aws import AwsProvider, DataAwsCallerIdentity, DataAwsPartition, DataAwsRegion
from sm_tf.bindings.core import Construct, TerraformStack
from sm_tf.bindings.tokens import is_known


class Environment:
    """The environment of the stack around a construct."""

    def __init__(self, scope: Construct) -> None:
        self._stack = TerraformStack.of(scope)

    @property
    def known_region(self) -> str | None:
        """The region of the stack's default AWS provider where the program gives it as a literal."""
        for provider in self._stack.all_providers():
            if isinstance(provider, AwsProvider) and provider.alias is None:
                region = provider.region
                return region if region and is_known(region) else None
        return None

    @property
    def region(self) -> str:
        """The region's name, such as `eu-west-1`."""
        # `id` is the region's name in provider 5 and 6; `name` is deprecated in 6 and `region` is missing in
        # 5.
        return self.known_region or str(self._data(DataAwsRegion, "SmTfRegion").id)

    @property
    def account(self) -> str:
        """The account's twelve digits."""
        return str(self._data(DataAwsCallerIdentity, "SmTfCallerIdentity").account_id)

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, …"""
        region = self.known_region
        return (
            partition_of(region) if region else str(self._data(DataAwsPartition, "SmTfPartition").partition)
        )

    @property
    def dns_suffix(self) -> str:
        """What host names of the partition's services end in, such as `amazonaws.com`."""
        region = self.known_region
        return dns_suffix(region) if region else str(self._data(DataAwsPartition, "SmTfPartition").dns_suffix)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the stack's own region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def _data(self, data_source: type[Any], id: str) -> Any:
        return self._stack.node.try_find_child(id) or data_source(self._stack, id)
