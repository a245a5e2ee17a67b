"""The places in S3 that SageMaker writes to."""

from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.s3_bucket_name import S3_LOCATION
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.rules import check_text_rule


def check_destination(check: Checks, what: str, uri: str | None) -> None:
    """Check the URI of a place in S3. None passes."""
    must = "must begin with s3://<bucket>"
    check_text_rule(check, what, uri, sagemaker("DestinationS3Uri"), must, form=S3_LOCATION)
