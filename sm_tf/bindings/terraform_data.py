"""Terraform's own resource `terraform_data`.

CDKTF's class for it starts Terraform during the synthesis, to learn its version; a program must synthesize
where there is no Terraform.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sm_tf.bindings.core import Construct, LocalExecProvisioner, TerraformResource


class TerraformData(TerraformResource):
    """A value that other resources can be replaced with, or a place for provisioners."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        triggers_replace: Mapping[str, Any] | None = None,
        provisioners: Sequence[LocalExecProvisioner] | None = None,
    ) -> None:
        super().__init__(scope, id, terraform_resource_type="terraform_data", provisioners=provisioners)
        if triggers_replace:
            self.add_override("triggers_replace", dict(triggers_replace))

    def set_input(self, **values: Any) -> None:
        """Set the values; a change of one of them is an update of the resource."""
        self.add_override("input", values)
