"""Settings of all IAM roles below a construct, for accounts that demand them."""

import re

from sm_tf.access.provider_types import HasArn
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import preset
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import checking
from sm_tf.foundation.public import public

_POLICY_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}|aws):policy/[\w+=,.@/-]+")
_PATH = re.compile(r"/([!-~]+/)?")


@public
class PermissionsBoundary:
    """The permissions boundary of the IAM roles below a construct, such as an app or a stack.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope

    @classmethod
    def of(cls, scope: Construct) -> "PermissionsBoundary":
        """Return the boundary of the roles below `scope`."""
        return cls(scope)

    def apply(self, policy: HasArn | str) -> None:
        """Set the boundary of every role that has none: those of models, and those that the program makes
        itself. The nearest construct with a boundary decides.

        Args:
            policy: The managed policy: the provider's `IamPolicy` or `DataAwsIamPolicy`, or an ARN.

        Raises:
            InvalidPropsError: If `policy` is not a managed policy.
        """
        arn = policy if isinstance(policy, str) else getattr(policy, "arn", None)
        with checking("PermissionsBoundary") as check:
            check.require(
                isinstance(arn, str) and (not is_known(arn) or _POLICY_ARN.fullmatch(arn) is not None),
                f"{policy!r} is not a managed policy; pass the provider's IamPolicy or DataAwsIamPolicy, or "
                "an ARN such as arn:aws:iam::<account>:policy/<name>",
            )
        preset(self._scope, "aws_iam_role", {"permissions_boundary": arn})


@public
class RolePath:
    """The path of the IAM roles that sm_tf makes below a construct, such as an app or a stack.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope

    @classmethod
    def of(cls, scope: Construct) -> "RolePath":
        """Return the path of the roles below `scope`."""
        return cls(scope)

    def apply(self, path: str) -> None:
        """Set the path of every role that sm_tf makes. The nearest construct with a path decides. AWS can't
        change a role's path, so Terraform replaces the roles that exist, and the models with them.

        Args:
            path: 1 to 512 printable ASCII characters without spaces, with a slash at both ends, such as
                `/teams/ml/`.

        Raises:
            InvalidPropsError: If IAM doesn't allow the path.
        """
        with checking("RolePath") as check:
            valid = isinstance(path, str) and len(path) <= 512 and _PATH.fullmatch(path) is not None
            check.require(
                not is_known(path) or valid,
                f"{path!r} must be 1 to 512 printable ASCII characters without spaces, with a slash at both "
                "ends, such as /teams/ml/",
            )
        preset(self._scope, "aws_iam_role", {"path": path}, of_all=False)
