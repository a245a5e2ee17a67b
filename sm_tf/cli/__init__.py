"""The `sm-tf` command: thin commands over functions that also work without it."""

from sm_tf.cli.app import main

__all__ = ["main"]
