"""Tells stand-ins for what belongs to others from what a program makes."""

STAND_IN_TAG = "sm_tf:stand-in"
"""The key of a tag that stand-ins have. A role with it may do everything."""
