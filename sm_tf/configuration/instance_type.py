"""The instance types that host a production variant."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.public import public
from sm_tf.foundation.texts import check_text


@public
@dataclass(frozen=True)
class AcceleratorType:
    """An Elastic Inference accelerator type. AWS has retired Elastic Inference; this class is for accounts
    that still have access to it.
    """

    name: str
    _example: ClassVar[str] = "ml.eia2.medium"
    EIA1_MEDIUM: ClassVar["AcceleratorType"]
    EIA1_LARGE: ClassVar["AcceleratorType"]
    EIA1_XLARGE: ClassVar["AcceleratorType"]
    EIA2_MEDIUM: ClassVar["AcceleratorType"]
    EIA2_LARGE: ClassVar["AcceleratorType"]
    EIA2_XLARGE: ClassVar["AcceleratorType"]

    def __post_init__(self) -> None:
        with checking("AcceleratorType") as check:
            _check_form(check, "", self.name, AcceleratorType)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, name: str) -> "AcceleratorType":
        """Return the type named `name`, which has the form `ml.<family>.<size>`. A Terraform token is used
        unchanged.

        Raises:
            InvalidPropsError: If `name` has another form.
        """
        return cls(name)


@public
@dataclass(frozen=True)
class InstanceType:
    """A SageMaker instance type, such as `InstanceType.M5_LARGE`. Use `InstanceType.of("ml.…")` for a type
    without a constant.

    The constants are the types that CloudFormation listed for production variants in November 2026. The AWS
    provider refuses types that are newer than itself at `terraform validate`. Service Quotas shows the types
    that a region offers and your quota for each.
    """

    name: str
    _example: ClassVar[str] = "ml.m5.large"

    def __str__(self) -> str:
        return self.name

    def __post_init__(self) -> None:
        with checking("InstanceType") as check:
            _check_form(check, "", self.name, InstanceType)

    @classmethod
    def of(cls, name: str) -> "InstanceType":
        """Return the type named `name`, which has the form `ml.<family>.<size>`. A Terraform token is used
        unchanged.

        Raises:
            InvalidPropsError: If `name` has another form.
        """
        return cls(name)

    @property
    def is_burstable(self) -> bool:
        """Whether the type uses CPU credits (the T families). Application Auto Scaling can't scale it."""
        return re.match(r"ml\.t\d", self.name) is not None

    C4_LARGE: ClassVar["InstanceType"]
    C4_XLARGE: ClassVar["InstanceType"]
    C4_2XLARGE: ClassVar["InstanceType"]
    C4_4XLARGE: ClassVar["InstanceType"]
    C4_8XLARGE: ClassVar["InstanceType"]
    C5_LARGE: ClassVar["InstanceType"]
    C5_XLARGE: ClassVar["InstanceType"]
    C5_2XLARGE: ClassVar["InstanceType"]
    C5_4XLARGE: ClassVar["InstanceType"]
    C5_9XLARGE: ClassVar["InstanceType"]
    C5_18XLARGE: ClassVar["InstanceType"]
    C5D_LARGE: ClassVar["InstanceType"]
    C5D_XLARGE: ClassVar["InstanceType"]
    C5D_2XLARGE: ClassVar["InstanceType"]
    C5D_4XLARGE: ClassVar["InstanceType"]
    C5D_9XLARGE: ClassVar["InstanceType"]
    C5D_18XLARGE: ClassVar["InstanceType"]
    C6G_LARGE: ClassVar["InstanceType"]
    C6G_XLARGE: ClassVar["InstanceType"]
    C6G_2XLARGE: ClassVar["InstanceType"]
    C6G_4XLARGE: ClassVar["InstanceType"]
    C6G_8XLARGE: ClassVar["InstanceType"]
    C6G_12XLARGE: ClassVar["InstanceType"]
    C6G_16XLARGE: ClassVar["InstanceType"]
    C6GD_LARGE: ClassVar["InstanceType"]
    C6GD_XLARGE: ClassVar["InstanceType"]
    C6GD_2XLARGE: ClassVar["InstanceType"]
    C6GD_4XLARGE: ClassVar["InstanceType"]
    C6GD_8XLARGE: ClassVar["InstanceType"]
    C6GD_12XLARGE: ClassVar["InstanceType"]
    C6GD_16XLARGE: ClassVar["InstanceType"]
    C6GN_LARGE: ClassVar["InstanceType"]
    C6GN_XLARGE: ClassVar["InstanceType"]
    C6GN_2XLARGE: ClassVar["InstanceType"]
    C6GN_4XLARGE: ClassVar["InstanceType"]
    C6GN_8XLARGE: ClassVar["InstanceType"]
    C6GN_12XLARGE: ClassVar["InstanceType"]
    C6GN_16XLARGE: ClassVar["InstanceType"]
    C6I_LARGE: ClassVar["InstanceType"]
    C6I_XLARGE: ClassVar["InstanceType"]
    C6I_2XLARGE: ClassVar["InstanceType"]
    C6I_4XLARGE: ClassVar["InstanceType"]
    C6I_8XLARGE: ClassVar["InstanceType"]
    C6I_12XLARGE: ClassVar["InstanceType"]
    C6I_16XLARGE: ClassVar["InstanceType"]
    C6I_24XLARGE: ClassVar["InstanceType"]
    C6I_32XLARGE: ClassVar["InstanceType"]
    C6IN_LARGE: ClassVar["InstanceType"]
    C6IN_XLARGE: ClassVar["InstanceType"]
    C6IN_2XLARGE: ClassVar["InstanceType"]
    C6IN_4XLARGE: ClassVar["InstanceType"]
    C6IN_8XLARGE: ClassVar["InstanceType"]
    C6IN_12XLARGE: ClassVar["InstanceType"]
    C6IN_16XLARGE: ClassVar["InstanceType"]
    C6IN_24XLARGE: ClassVar["InstanceType"]
    C6IN_32XLARGE: ClassVar["InstanceType"]
    C7G_LARGE: ClassVar["InstanceType"]
    C7G_XLARGE: ClassVar["InstanceType"]
    C7G_2XLARGE: ClassVar["InstanceType"]
    C7G_4XLARGE: ClassVar["InstanceType"]
    C7G_8XLARGE: ClassVar["InstanceType"]
    C7G_12XLARGE: ClassVar["InstanceType"]
    C7G_16XLARGE: ClassVar["InstanceType"]
    C7I_LARGE: ClassVar["InstanceType"]
    C7I_XLARGE: ClassVar["InstanceType"]
    C7I_2XLARGE: ClassVar["InstanceType"]
    C7I_4XLARGE: ClassVar["InstanceType"]
    C7I_8XLARGE: ClassVar["InstanceType"]
    C7I_12XLARGE: ClassVar["InstanceType"]
    C7I_16XLARGE: ClassVar["InstanceType"]
    C7I_24XLARGE: ClassVar["InstanceType"]
    C7I_48XLARGE: ClassVar["InstanceType"]
    C8G_MEDIUM: ClassVar["InstanceType"]
    C8G_LARGE: ClassVar["InstanceType"]
    C8G_XLARGE: ClassVar["InstanceType"]
    C8G_2XLARGE: ClassVar["InstanceType"]
    C8G_4XLARGE: ClassVar["InstanceType"]
    C8G_8XLARGE: ClassVar["InstanceType"]
    C8G_12XLARGE: ClassVar["InstanceType"]
    C8G_16XLARGE: ClassVar["InstanceType"]
    C8G_24XLARGE: ClassVar["InstanceType"]
    C8G_48XLARGE: ClassVar["InstanceType"]
    DL1_24XLARGE: ClassVar["InstanceType"]
    G4DN_XLARGE: ClassVar["InstanceType"]
    G4DN_2XLARGE: ClassVar["InstanceType"]
    G4DN_4XLARGE: ClassVar["InstanceType"]
    G4DN_8XLARGE: ClassVar["InstanceType"]
    G4DN_12XLARGE: ClassVar["InstanceType"]
    G4DN_16XLARGE: ClassVar["InstanceType"]
    G5_XLARGE: ClassVar["InstanceType"]
    G5_2XLARGE: ClassVar["InstanceType"]
    G5_4XLARGE: ClassVar["InstanceType"]
    G5_8XLARGE: ClassVar["InstanceType"]
    G5_12XLARGE: ClassVar["InstanceType"]
    G5_16XLARGE: ClassVar["InstanceType"]
    G5_24XLARGE: ClassVar["InstanceType"]
    G5_48XLARGE: ClassVar["InstanceType"]
    G6_XLARGE: ClassVar["InstanceType"]
    G6_2XLARGE: ClassVar["InstanceType"]
    G6_4XLARGE: ClassVar["InstanceType"]
    G6_8XLARGE: ClassVar["InstanceType"]
    G6_12XLARGE: ClassVar["InstanceType"]
    G6_16XLARGE: ClassVar["InstanceType"]
    G6_24XLARGE: ClassVar["InstanceType"]
    G6_48XLARGE: ClassVar["InstanceType"]
    G6E_XLARGE: ClassVar["InstanceType"]
    G6E_2XLARGE: ClassVar["InstanceType"]
    G6E_4XLARGE: ClassVar["InstanceType"]
    G6E_8XLARGE: ClassVar["InstanceType"]
    G6E_12XLARGE: ClassVar["InstanceType"]
    G6E_16XLARGE: ClassVar["InstanceType"]
    G6E_24XLARGE: ClassVar["InstanceType"]
    G6E_48XLARGE: ClassVar["InstanceType"]
    G7_2XLARGE: ClassVar["InstanceType"]
    G7_4XLARGE: ClassVar["InstanceType"]
    G7_8XLARGE: ClassVar["InstanceType"]
    G7_12XLARGE: ClassVar["InstanceType"]
    G7_24XLARGE: ClassVar["InstanceType"]
    G7_48XLARGE: ClassVar["InstanceType"]
    G7E_2XLARGE: ClassVar["InstanceType"]
    G7E_4XLARGE: ClassVar["InstanceType"]
    G7E_8XLARGE: ClassVar["InstanceType"]
    G7E_12XLARGE: ClassVar["InstanceType"]
    G7E_24XLARGE: ClassVar["InstanceType"]
    G7E_48XLARGE: ClassVar["InstanceType"]
    INF1_XLARGE: ClassVar["InstanceType"]
    INF1_2XLARGE: ClassVar["InstanceType"]
    INF1_6XLARGE: ClassVar["InstanceType"]
    INF1_24XLARGE: ClassVar["InstanceType"]
    INF2_XLARGE: ClassVar["InstanceType"]
    INF2_8XLARGE: ClassVar["InstanceType"]
    INF2_24XLARGE: ClassVar["InstanceType"]
    INF2_48XLARGE: ClassVar["InstanceType"]
    M4_XLARGE: ClassVar["InstanceType"]
    M4_2XLARGE: ClassVar["InstanceType"]
    M4_4XLARGE: ClassVar["InstanceType"]
    M4_10XLARGE: ClassVar["InstanceType"]
    M4_16XLARGE: ClassVar["InstanceType"]
    M5_LARGE: ClassVar["InstanceType"]
    M5_XLARGE: ClassVar["InstanceType"]
    M5_2XLARGE: ClassVar["InstanceType"]
    M5_4XLARGE: ClassVar["InstanceType"]
    M5_12XLARGE: ClassVar["InstanceType"]
    M5_24XLARGE: ClassVar["InstanceType"]
    M5D_LARGE: ClassVar["InstanceType"]
    M5D_XLARGE: ClassVar["InstanceType"]
    M5D_2XLARGE: ClassVar["InstanceType"]
    M5D_4XLARGE: ClassVar["InstanceType"]
    M5D_12XLARGE: ClassVar["InstanceType"]
    M5D_24XLARGE: ClassVar["InstanceType"]
    M6G_LARGE: ClassVar["InstanceType"]
    M6G_XLARGE: ClassVar["InstanceType"]
    M6G_2XLARGE: ClassVar["InstanceType"]
    M6G_4XLARGE: ClassVar["InstanceType"]
    M6G_8XLARGE: ClassVar["InstanceType"]
    M6G_12XLARGE: ClassVar["InstanceType"]
    M6G_16XLARGE: ClassVar["InstanceType"]
    M6GD_LARGE: ClassVar["InstanceType"]
    M6GD_XLARGE: ClassVar["InstanceType"]
    M6GD_2XLARGE: ClassVar["InstanceType"]
    M6GD_4XLARGE: ClassVar["InstanceType"]
    M6GD_8XLARGE: ClassVar["InstanceType"]
    M6GD_12XLARGE: ClassVar["InstanceType"]
    M6GD_16XLARGE: ClassVar["InstanceType"]
    M6I_LARGE: ClassVar["InstanceType"]
    M6I_XLARGE: ClassVar["InstanceType"]
    M6I_2XLARGE: ClassVar["InstanceType"]
    M6I_4XLARGE: ClassVar["InstanceType"]
    M6I_8XLARGE: ClassVar["InstanceType"]
    M6I_12XLARGE: ClassVar["InstanceType"]
    M6I_16XLARGE: ClassVar["InstanceType"]
    M6I_24XLARGE: ClassVar["InstanceType"]
    M6I_32XLARGE: ClassVar["InstanceType"]
    M7I_LARGE: ClassVar["InstanceType"]
    M7I_XLARGE: ClassVar["InstanceType"]
    M7I_2XLARGE: ClassVar["InstanceType"]
    M7I_4XLARGE: ClassVar["InstanceType"]
    M7I_8XLARGE: ClassVar["InstanceType"]
    M7I_12XLARGE: ClassVar["InstanceType"]
    M7I_16XLARGE: ClassVar["InstanceType"]
    M7I_24XLARGE: ClassVar["InstanceType"]
    M7I_48XLARGE: ClassVar["InstanceType"]
    M8G_MEDIUM: ClassVar["InstanceType"]
    M8G_LARGE: ClassVar["InstanceType"]
    M8G_XLARGE: ClassVar["InstanceType"]
    M8G_2XLARGE: ClassVar["InstanceType"]
    M8G_4XLARGE: ClassVar["InstanceType"]
    M8G_8XLARGE: ClassVar["InstanceType"]
    M8G_12XLARGE: ClassVar["InstanceType"]
    M8G_16XLARGE: ClassVar["InstanceType"]
    M8G_24XLARGE: ClassVar["InstanceType"]
    M8G_48XLARGE: ClassVar["InstanceType"]
    P2_XLARGE: ClassVar["InstanceType"]
    P2_8XLARGE: ClassVar["InstanceType"]
    P2_16XLARGE: ClassVar["InstanceType"]
    P3_2XLARGE: ClassVar["InstanceType"]
    P3_8XLARGE: ClassVar["InstanceType"]
    P3_16XLARGE: ClassVar["InstanceType"]
    P4D_24XLARGE: ClassVar["InstanceType"]
    P4DE_24XLARGE: ClassVar["InstanceType"]
    P5_4XLARGE: ClassVar["InstanceType"]
    P5_48XLARGE: ClassVar["InstanceType"]
    P5E_48XLARGE: ClassVar["InstanceType"]
    P5EN_48XLARGE: ClassVar["InstanceType"]
    P6_B200_48XLARGE: ClassVar["InstanceType"]
    P6_B300_48XLARGE: ClassVar["InstanceType"]
    P6E_GB200_36XLARGE: ClassVar["InstanceType"]
    R5_LARGE: ClassVar["InstanceType"]
    R5_XLARGE: ClassVar["InstanceType"]
    R5_2XLARGE: ClassVar["InstanceType"]
    R5_4XLARGE: ClassVar["InstanceType"]
    R5_12XLARGE: ClassVar["InstanceType"]
    R5_24XLARGE: ClassVar["InstanceType"]
    R5D_LARGE: ClassVar["InstanceType"]
    R5D_XLARGE: ClassVar["InstanceType"]
    R5D_2XLARGE: ClassVar["InstanceType"]
    R5D_4XLARGE: ClassVar["InstanceType"]
    R5D_12XLARGE: ClassVar["InstanceType"]
    R5D_24XLARGE: ClassVar["InstanceType"]
    R6G_LARGE: ClassVar["InstanceType"]
    R6G_XLARGE: ClassVar["InstanceType"]
    R6G_2XLARGE: ClassVar["InstanceType"]
    R6G_4XLARGE: ClassVar["InstanceType"]
    R6G_8XLARGE: ClassVar["InstanceType"]
    R6G_12XLARGE: ClassVar["InstanceType"]
    R6G_16XLARGE: ClassVar["InstanceType"]
    R6GD_LARGE: ClassVar["InstanceType"]
    R6GD_XLARGE: ClassVar["InstanceType"]
    R6GD_2XLARGE: ClassVar["InstanceType"]
    R6GD_4XLARGE: ClassVar["InstanceType"]
    R6GD_8XLARGE: ClassVar["InstanceType"]
    R6GD_12XLARGE: ClassVar["InstanceType"]
    R6GD_16XLARGE: ClassVar["InstanceType"]
    R6I_LARGE: ClassVar["InstanceType"]
    R6I_XLARGE: ClassVar["InstanceType"]
    R6I_2XLARGE: ClassVar["InstanceType"]
    R6I_4XLARGE: ClassVar["InstanceType"]
    R6I_8XLARGE: ClassVar["InstanceType"]
    R6I_12XLARGE: ClassVar["InstanceType"]
    R6I_16XLARGE: ClassVar["InstanceType"]
    R6I_24XLARGE: ClassVar["InstanceType"]
    R6I_32XLARGE: ClassVar["InstanceType"]
    R7GD_MEDIUM: ClassVar["InstanceType"]
    R7GD_LARGE: ClassVar["InstanceType"]
    R7GD_XLARGE: ClassVar["InstanceType"]
    R7GD_2XLARGE: ClassVar["InstanceType"]
    R7GD_4XLARGE: ClassVar["InstanceType"]
    R7GD_8XLARGE: ClassVar["InstanceType"]
    R7GD_12XLARGE: ClassVar["InstanceType"]
    R7GD_16XLARGE: ClassVar["InstanceType"]
    R7I_LARGE: ClassVar["InstanceType"]
    R7I_XLARGE: ClassVar["InstanceType"]
    R7I_2XLARGE: ClassVar["InstanceType"]
    R7I_4XLARGE: ClassVar["InstanceType"]
    R7I_8XLARGE: ClassVar["InstanceType"]
    R7I_12XLARGE: ClassVar["InstanceType"]
    R7I_16XLARGE: ClassVar["InstanceType"]
    R7I_24XLARGE: ClassVar["InstanceType"]
    R7I_48XLARGE: ClassVar["InstanceType"]
    R8G_MEDIUM: ClassVar["InstanceType"]
    R8G_LARGE: ClassVar["InstanceType"]
    R8G_XLARGE: ClassVar["InstanceType"]
    R8G_2XLARGE: ClassVar["InstanceType"]
    R8G_4XLARGE: ClassVar["InstanceType"]
    R8G_8XLARGE: ClassVar["InstanceType"]
    R8G_12XLARGE: ClassVar["InstanceType"]
    R8G_16XLARGE: ClassVar["InstanceType"]
    R8G_24XLARGE: ClassVar["InstanceType"]
    R8G_48XLARGE: ClassVar["InstanceType"]
    T2_MEDIUM: ClassVar["InstanceType"]
    T2_LARGE: ClassVar["InstanceType"]
    T2_XLARGE: ClassVar["InstanceType"]
    T2_2XLARGE: ClassVar["InstanceType"]
    TRN1_2XLARGE: ClassVar["InstanceType"]
    TRN1_32XLARGE: ClassVar["InstanceType"]
    TRN1N_32XLARGE: ClassVar["InstanceType"]
    TRN2_48XLARGE: ClassVar["InstanceType"]


def check_type(
    check: Checks, argument: str, given: Any, cls: type[InstanceType] | type[AcceleratorType]
) -> None:
    """Check that a user gave a type or the name of one."""
    if isinstance(given, str):
        _check_form(check, argument, given, cls)


_FORM = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9-]+")


def _check_form(
    check: Checks, argument: str, name: str, cls: type[InstanceType] | type[AcceleratorType]
) -> None:
    rule = f"is not of the form ml.<family>.<size>; pass a name such as {cls._example!r}"
    check_text(check, argument, name, _FORM, rule)


def _define_constants(cls: type[InstanceType] | type[AcceleratorType]) -> None:
    for constant in cls.__annotations__:
        if constant.isupper():
            family, _, size = constant.lower().rpartition("_")
            setattr(cls, constant, cls(f"ml.{family.replace('_', '-')}.{size}"))


_define_constants(InstanceType)
_define_constants(AcceleratorType)
