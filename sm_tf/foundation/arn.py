"""ARNs of SageMaker resources that are managed elsewhere."""

import re
from dataclasses import dataclass

from sm_tf.bindings.core import Fn
from sm_tf.bindings.resources import Place
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.public import public


@public
@dataclass(frozen=True)
class SageMakerArn:
    """The ARN of a SageMaker resource, its name, and its region and account if they are known at synth."""

    arn: str
    name: str
    region: str | None = None
    account: str | None = None

    @classmethod
    def parse(cls, where: str, arn: str, resource: str) -> "SageMakerArn":
        """Read the ARN of a `resource` (`model`, `endpoint-config`, `endpoint`, `pipeline`). Terraform splits
        a token.

        Raises:
            InvalidPropsError: If `arn` is not the ARN of such a resource.
        """
        if not is_known(arn):
            return cls(arn, Fn.element(Fn.split("/", as_token(arn)), 1))
        found = re.fullmatch(rf"arn:[\w-]+:sagemaker:([a-z0-9-]+):(\d{{12}}):{resource}/([a-zA-Z0-9-]+)", arn)
        if found is None:
            form = f"arn:<partition>:sagemaker:<region>:<account>:{resource}/<name>"
            raise InvalidPropsError(
                where, [f"{arn!r} is not the ARN of a SageMaker {resource}; pass one of the form {form}"]
            )
        return cls(arn, found[3], found[1], found[2])

    @classmethod
    def in_environment_of(cls, place: Place, name: str, resource: str) -> "SageMakerArn":
        """The ARN that a `resource` of this name has in the region and account of a place.

        SageMaker writes names in ARNs in lower case, and IAM compares ARNs case-sensitively.
        """
        environment = Environment(place)
        in_arn = name.lower() if is_known(name) else Fn.lower(as_token(name))
        return cls(environment.arn("sagemaker", f"{resource}/{in_arn}"), name, environment.known_region)
