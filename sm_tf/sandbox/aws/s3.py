"""S3: statements of a bucket policy that have conditions are not enforced; moto would take them for met."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def _permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    policy["Statement"] = [statement for statement in policy["Statement"] if "Condition" not in statement]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def install() -> None:
    """Put this rule in the place of moto's."""
    FakeBucket.get_permission = _permission  # type: ignore[method-assign, assignment]
