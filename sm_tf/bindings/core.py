"""What sm_tf uses of CDKTF's core."""

from cdktf import (
    Annotations,
    App,
    AssetType,
    DataResource,
    DataResource,
    Fn,
    LocalBackend,
    LocalExecProvisioner,
    TerraformAsset,
    TerraformElement,
    TerraformOutput,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    Testing,
    Token,
)
from constructs import Construct, IConstruct, IValidation

__all__ = [
    "Annotations",
    "App",
    "AssetType",
    "Construct",
    "DataResource",
    "DataResource",
    "Fn",
    "IConstruct",
    "IValidation",
    "LocalBackend",
    "LocalExecProvisioner",
    "TerraformAsset",
    "TerraformElement",
    "TerraformOutput",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "Testing",
    "Token",
]
