"""What the answers of a template may be: a word for each kind, with its rule."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sm_tf.aws.dlc_accounts import DLC_ACCOUNT_BY_REGION
from sm_tf.aws.sagemaker_name import SAGEMAKER_NAME, SAGEMAKER_NAME_RULE

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# As docker reads names: what stands before the first slash is a host if it has a dot or a port.
_HOST = r"([a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9-]+:\d+)"
_REPOSITORY = r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
_TAG = r"\w[\w.-]{0,127}"
# What S3 calls safe; among the rest are the signs that Terraform and Python read as their own.
_KEY = r"[\w/!.*()=+@:,-]+"


@dataclass(frozen=True)
class Kind:
    """A kind of answer: whether a text is one, and in words what is allowed."""

    accepts: Callable[[str], bool]
    rule: str


def _pattern(pattern: str, rule: str, longest: int = 1024) -> Kind:
    compiled = re.compile(pattern, re.ASCII)
    return Kind(lambda text: len(text) <= longest and compiled.fullmatch(text) is not None, rule)


KINDS = {
    "text": Kind(str.isprintable, "text on one line"),
    "integer": _pattern(r"-?\d{1,9}", "a whole number"),
    "name": Kind(lambda text: SAGEMAKER_NAME.fullmatch(text) is not None, SAGEMAKER_NAME_RULE),
    "region": Kind(DLC_ACCOUNT_BY_REGION.__contains__, f"one of {', '.join(DLC_ACCOUNT_BY_REGION)}"),
    "email": _pattern(
        r"[\w.!#&*+/=?^|~-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+",
        "an e-mail address such as oncall@example.com",
        254,
    ),
    "image": _pattern(
        rf"({_HOST}/{_REPOSITORY}(:{_TAG})?(@sha256:[0-9a-f]{{64}})?|[a-z0-9]+([._-]+[a-z0-9]+)*:{_TAG})",
        "an image's full name such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0, or the "
        "repository and tag of an AWS Deep Learning Container such as "
        "pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker",
        255,
    ),
    "instance-type": _pattern(
        r"ml\.[a-z0-9-]+\.[a-z0-9]+", "an instance type ml.<family>.<size> such as ml.m5.large"
    ),
    "bucket": _pattern(
        _BUCKET,
        "a bucket's name: 3 to 63 lower-case letters, digits, '.' and '-', with a letter or digit at both "
        "ends",
    ),
    "s3-uri": _pattern(
        rf"s3://{_BUCKET}/{_KEY}", "s3://<bucket>/<key>, where the key has letters, digits and /!.*()=+@:,-_"
    ),
    "s3-archive": _pattern(
        rf"s3://{_BUCKET}/{_KEY}\.tar\.gz",
        "s3://<bucket>/<key>, where the key has letters, digits and /!.*()=+@:,-_ and ends in .tar.gz",
    ),
}
