"""An AWS on this machine for synthesized stacks: real Terraform, the real AWS provider, no account.

`Sandbox` is what tests use; pytest has it as the fixture `sagemaker_sandbox`. Needs `pip install
'sm-tf[sandbox]'`.
"""

from sm_tf.foundation.errors import UsageError
from sm_tf.project.plan import Plan
from sm_tf.project.project import SynthesizedStack, synthesize
from sm_tf.sandbox.sandbox import Sandbox
from sm_tf.sandbox.stack import Resource, Stack

__all__ = ["Plan", "Resource", "Sandbox", "Stack", "SynthesizedStack", "UsageError", "synthesize"]
