"""Names of Amazon S3's general purpose buckets.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, read in November 2026.
"""

import re

BUCKET_PATTERN = r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]"

BUCKET = re.compile(BUCKET_PATTERN)
S3_LOCATION = re.compile(rf"s3://{BUCKET_PATTERN}(?:/.*)?")
"""The URI of a bucket, or of a place below it."""
BUCKET_RULE = (
    "3 to 63 lower-case letters, digits, '.' and '-', without '..', with a letter or digit at both ends"
)
