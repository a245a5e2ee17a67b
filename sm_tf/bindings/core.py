"""What sm_tf uses of CDKTF's core."""

from cdktf import (
    Annotations,
    App,
    AssetType,
    Fn,
    LocalBackend,
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
    "Fn",
    "IConstruct",
    "IValidation",
    "LocalBackend",
    "TerraformAsset",
    "TerraformElement",
    "TerraformOutput",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "Testing",
    "Token",
]
