"""Names of repositories, tags and digests of container images.

Sources, read in November 2026: the RepositoryName of Amazon ECR's API model (botocore 1.43), and tags and
digests of the OCI distribution specification, https://github.com/opencontainers/distribution-spec.
"""

import re

COMPONENT_PATTERN = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY_PATTERN = rf"{COMPONENT_PATTERN}(?:/{COMPONENT_PATTERN})*"
TAG_PATTERN = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}"
DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"

REPOSITORY = re.compile(rf"(?=.{{2,256}}$){REPOSITORY_PATTERN}")
REPOSITORY_RULE = (
    "2 to 256 lower-case letters and digits, joined by '/', '.', '_', '__' or hyphens, beginning and ending "
    "with a letter or digit"
)
TAG = re.compile(TAG_PATTERN)
DIGEST = re.compile(DIGEST_PATTERN)

# Terraform reads it too, and escapes backslashes differently, so it has none.
ECR_HOST_PATTERN = (
    "(?P<account>[0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.](?P<region>[a-z0-9-]+)[.](?P<suffix>[a-z0-9.-]+)"
)
ECR_IMAGE = re.compile(rf"{ECR_HOST_PATTERN}/(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?")
"""An image in a private repository, by any of its registry's hosts.

Source: https://docs.aws.amazon.com/general/latest/gr/ecr.html, and for hosts with IPv6 (`.on.aws`)
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html; read in November 2026.
"""
