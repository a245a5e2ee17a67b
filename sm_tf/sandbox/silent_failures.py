"""Asks an embedded AWS for what AWS would be silent about."""

from sm_tf.sandbox.embedded_aws import control
from sm_tf.sandbox.silent_failure import SilentFailure


def silent_failures(endpoint_url: str) -> list[SilentFailure]:
    """The silent failures of the endpoints in an embedded AWS.

    Raises:
        OSError: there is none at this address.
    """
    return [SilentFailure(**found) for found in control(endpoint_url, "GET", "silent_failures")]
