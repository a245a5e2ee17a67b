"""ARNs that users give: their form, and what they say."""

import re
from dataclasses import dataclass

from sm_tf.bindings.core import Construct, Fn
from sm_tf.bindings.resources import Place
from sm_tf.bindings.template import groups, split
from sm_tf.bindings.tokens import as_token, is_known
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text

_FIELDS = re.compile(r"arn:[^:]+:[^:]+:([^:]*):([^:]*):(.+)")


def arn_form(service: str, resource: str) -> re.Pattern[str]:
    """Return the form of the ARNs of a service's resources in any region and account."""
    return re.compile(rf"arn:[\w-]+:{service}:[a-z0-9-]+:\d{{12}}:{resource}", re.ASCII)


def arn_fields(arn: str) -> tuple[str, str, str] | None:
    """Return the region, account and resource in an ARN, or None if the literals don't separate them."""
    region, account, resource = groups(_FIELDS, arn) or ("", "", "")
    return (region, account, resource) if resource else None


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
        it if the name is inside a token.

        Raises:
            InvalidPropsError: If `arn` is not the ARN of such a resource.
        """
        with checking(where) as check:
            allowed = f"arn:<partition>:sagemaker:<region>:<account>:{resource}/<name>"
            rule = f"is not the ARN of a SageMaker {resource}; pass one of the form {allowed}"
            argument = f"{resource.replace('-', '_')}_arn"
            check_text(check, argument, arn, arn_form("sagemaker", f"{resource}/[a-zA-Z0-9-]+"), rule)
        region, account, _ = arn_fields(arn) or (arn, arn, "")
        (name,) = groups(_NAMED, arn) or (Fn.element(Fn.split("/", as_token(arn)), 1),)
        return cls(arn, name, region if is_known(region) else None, account if is_known(account) else None)

    @classmethod
    def in_environment_of(cls, place: Construct | Place, name: str, resource: str) -> "SageMakerArn":
        """The ARN that a `resource` of this name has in the region and account of a place.

        SageMaker writes names in ARNs in lower case, and IAM compares ARNs case-sensitively.
        """
        environment = Environment(place)
        in_arn = "".join(
            Fn.lower(as_token(part)) if index % 2 else part.lower() for index, part in enumerate(split(name))
        )
        return cls(environment.arn("sagemaker", f"{resource}/{in_arn}"), name, environment.known_region)


_NAMED = re.compile(r".*/([^/]+)")
