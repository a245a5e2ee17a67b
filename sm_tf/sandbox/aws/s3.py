"""S3: verifies and lists checksums, and ignores statements of a bucket policy with conditions, which moto
would count as met.
"""

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response
from moto.s3.utils import compute_checksum

_ALGORITHMS = ("CRC32", "SHA1", "SHA256")
"""Those that moto computes without further packages."""

_get_checksum = S3Response._get_checksum
_upload_part = S3Response.upload_part
_serialized = S3Response.serialized


def _permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    policy["Statement"] = [statement for statement in policy["Statement"] if "Condition" not in statement]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _verified_checksum(response: S3Response, headers: dict[str, Any]) -> tuple[str, str | None]:
    """Return the algorithm and the checksum of a request, which its body must have."""
    for algorithm in _ALGORITHMS:
        header = f"x-amz-checksum-{algorithm.lower()}"
        if given := response.headers.get(header):
            if given.encode() != compute_checksum(response.body or b"", algorithm):
                raise S3ClientError(
                    "BadDigest", f"The {algorithm} you specified did not match the calculated checksum."
                )
            headers[header] = given
            return algorithm, given
    return _get_checksum(response, headers)


def _upload_part_with_checksum(response: S3Response) -> Any:
    _verified_checksum(response, {})
    status, headers, body = _upload_part(response)
    upload = response.backend.get_bucket(response.bucket_name).multiparts[response._get_param("uploadId")]
    part = upload.parts[response._get_int_param("partNumber")]
    for algorithm in _ALGORITHMS:
        if value := headers.get(f"x-amz-checksum-{algorithm.lower()}"):
            part.checksum_algorithm, part.checksum_value = algorithm, value
    return status, headers, body


def _with_checksums(response: S3Response, result: ActionResult) -> Any:
    """ListParts tells the checksums of the parts."""
    if response.data.get("Action") == "ListParts":
        listed: Any = result.result
        upload = response.backend.get_bucket(response.bucket_name).multiparts[listed["UploadId"]]
        for described in listed["Parts"]:
            part = upload.parts[described["PartNumber"]]
            if part.checksum_algorithm:
                described[f"Checksum{part.checksum_algorithm}"] = part.checksum_value
    return _serialized(response, result)


def install() -> None:
    """Replace moto's rules."""
    FakeBucket.get_permission = _permission  # type: ignore[method-assign, assignment]
    S3Response._get_checksum = _verified_checksum  # type: ignore[method-assign, assignment]
    S3Response.upload_part = _upload_part_with_checksum  # type: ignore[method-assign, assignment]
    S3Response.serialized = _with_checksums  # type: ignore[method-assign, assignment]
