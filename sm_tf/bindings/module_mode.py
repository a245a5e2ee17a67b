"""Tells whether a program runs for a Terraform module, whose callers choose the name, region and account."""

import os

VARIABLE = "SM_TF_MODULE"
NAME = "${var.name}"
"""The module's variable that all names begin with, in place of the stack's name."""


def for_module() -> bool:
    """Whether the program runs for a module."""
    return VARIABLE in os.environ
