"""Allows a model's execution role what the arguments need."""

import re

from sm_tf.access.iam import PolicyHolder, PolicyStatement
from sm_tf.aws.role_permissions import ROLE_PERMISSIONS
from sm_tf.bindings.core import Construct, Fn
from sm_tf.bindings.template import groups
from sm_tf.bindings.tokens import as_token
from sm_tf.foundation.environment import Environment


def allow_for(model: PolicyHolder, argument: str, resource: str) -> None:
    """Allow a model's role what it needs of the resource that an argument names."""
    model.add_to_role_policy(PolicyStatement(actions=ROLE_PERMISSIONS[argument], resources=[resource]))


def objects_below(scope: Construct, uri: str) -> str:
    """Return the ARN of all objects below an S3 URI."""
    (path,) = groups(_LOCATION, uri) or (Fn.trimsuffix(Fn.trimprefix(as_token(uri), "s3://"), "/"),)
    return f"arn:{Environment(scope).partition}:s3:::{path}/*"


_LOCATION = re.compile("s3://(.*?)/*")
