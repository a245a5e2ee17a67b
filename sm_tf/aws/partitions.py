"""AWS partitions by region. Source: the AWS SDKs' partitions metadata, November 2026."""

_PARTITION_BY_PREFIX = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}

_DNS_SUFFIX = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-eusc": "amazonaws.eu",
}

# Of hosts that IPv6 reaches too.
_DUAL_STACK_SUFFIX = {
    "aws": "on.aws",
    "aws-us-gov": "on.aws",
    "aws-cn": "on.amazonwebservices.com.cn",
}


def partition_of(region: str) -> str:
    """The partition that a region belongs to; `aws` unless its prefix says otherwise."""
    for prefix, partition in _PARTITION_BY_PREFIX.items():
        if region.startswith(prefix):
            return partition
    return "aws"


def dns_suffix(region: str) -> str:
    """The end of the host names of AWS services in `region`."""
    return _DNS_SUFFIX[partition_of(region)]


def registry_suffixes(region: str) -> tuple[str, ...]:
    """The ends that the host names of Amazon ECR's registries in `region` can have."""
    dual_stack = _DUAL_STACK_SUFFIX.get(partition_of(region))
    return (dns_suffix(region), dual_stack) if dual_stack else (dns_suffix(region),)
