"""The types of answers to a template's questions, each with the rule that an answer must follow."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sm_tf.aws.api_rules import sagemaker
from sm_tf.aws.ecr_image import COMPONENT_PATTERN, DIGEST_PATTERN, REPOSITORY_PATTERN, TAG_PATTERN
from sm_tf.aws.registries import regions
from sm_tf.aws.s3_bucket_name import BUCKET, BUCKET_PATTERN, BUCKET_RULE
from sm_tf.aws.sagemaker_name import SAGEMAKER_NAME_RULE

# Docker reads the part before the first slash as a host if it has a dot or a port.
_HOST = r"([a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9-]+:\d+)"
# The characters that S3 calls safe; Terraform and Python give others a meaning of their own.
_KEY = r"[\w/!.*()=+@:,-]+"
_KEY_RULE = "where the key has letters, digits and /!.*()=+@:,-_"


@dataclass(frozen=True)
class AnswerType:
    """A type of answer: `accepts` checks a text, and `rule` says what is allowed."""

    accepts: Callable[[str], bool]
    rule: str


def _pattern(pattern: str, rule: str, max_length: int = 1024) -> AnswerType:
    compiled = re.compile(pattern, re.ASCII)
    return AnswerType(lambda text: len(text) <= max_length and compiled.fullmatch(text) is not None, rule)


ANSWER_TYPES = {
    "text": AnswerType(str.isprintable, "text on one line"),
    "integer": _pattern(r"-?\d{1,9}", "a whole number"),
    "name": AnswerType(lambda text: sagemaker("EndpointName").allows(text), SAGEMAKER_NAME_RULE),
    "region": AnswerType(regions().__contains__, f"one of {', '.join(regions())}"),
    "email": _pattern(
        r"[\w.!#&*+/=?^|~-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+",
        "an e-mail address such as oncall@example.com",
        254,
    ),
    "image": _pattern(
        rf"({_HOST}/{REPOSITORY_PATTERN}(:{TAG_PATTERN})?(@{DIGEST_PATTERN})?"
        rf"|{COMPONENT_PATTERN}:{TAG_PATTERN})",
        "an image's full name such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0, or the "
        "repository and tag of an AWS Deep Learning Container such as "
        "pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker",
        255,
    ),
    "instance-type": _pattern(
        r"ml\.[a-z0-9-]+\.[a-z0-9]+", "an instance type ml.<family>.<size> such as ml.m5.large"
    ),
    "bucket": AnswerType(lambda text: BUCKET.fullmatch(text) is not None, f"a bucket's name: {BUCKET_RULE}"),
    "s3-uri": _pattern(rf"s3://{BUCKET_PATTERN}/{_KEY}", f"s3://<bucket>/<key>, {_KEY_RULE}"),
    "s3-archive": _pattern(
        rf"s3://{BUCKET_PATTERN}/{_KEY}\.tar\.gz",
        f"s3://<bucket>/<key>, {_KEY_RULE} and ends in .tar.gz",
    ),
}
