"""ECR repositories that users give by name or ARN."""

import re

from sm_tf.aws.ecr_image import REPOSITORY, REPOSITORY_PATTERN, REPOSITORY_RULE
from sm_tf.bindings.template import groups, readable
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.texts import check_text

_ARN = arn_form("ecr", f"repository/{REPOSITORY_PATTERN}")
_PARTS = re.compile(r"arn:[^:]+:ecr:([^:]+):([^:]+):repository/(.+)")


_URI = re.compile(r"(?:[^./]+\.dkr[.-]ecr(?:-fips)?\.[^/]+|public\.ecr\.aws)/([^:@]+)(?:[:@].*)?")


def check_repository_name(check: Checks, name: str) -> None:
    """Check that a text is the name of an ECR repository."""
    if found := groups(_URI, name):
        check.problem(
            f"repository {readable(name)} is a full name with its registry; pass {readable(found[0])} alone, "
            "or use ContainerImage.from_image_uri"
        )
        return
    check_text(check, "repository", name, REPOSITORY, f"is not an ECR repository name: {REPOSITORY_RULE}")


def check_repository(check: Checks, repository: str) -> None:
    """Check that a text is the name or the ARN of an ECR repository."""
    if repository.startswith("arn:"):
        form = "arn:<partition>:ecr:<region>:<account>:repository/<name>"
        rule = f"is not the ARN of an ECR repository; pass one of the form {form}"
        check_text(check, "repository", repository, _ARN, rule)
    else:
        check_repository_name(check, repository)


def split_arn(repository: str) -> tuple[str, ...] | None:
    """Return the region, account and name in a repository's ARN, or None if it is a name."""
    return groups(_PARTS, repository)
