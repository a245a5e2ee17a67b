"""An AWS on this machine for synthesized stacks: real Terraform, the real AWS provider, no account.

Tests use `Sandbox`, which pytest has as the fixture `sagemaker_sandbox`. Needs `pip install
'sm-tf[sandbox]'`.
"""

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.foundation.errors import UsageError
from sm_tf.project.synthesis import SynthesizedStack, synthesize
from sm_tf.project.terraform_plan import Plan
from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.sandbox.stack import Resource, Stack

__all__ = [
    "EndpointFailure",
    "Plan",
    "Resource",
    "Sandbox",
    "Stack",
    "SynthesizedStack",
    "UsageError",
    "synthesize",
]
