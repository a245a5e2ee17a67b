"""The environment for programs that run git, whatever repository they are started from."""

from collections.abc import Mapping

_OF_THE_USER = (
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
)
"""Variables that users set to reach a repository. They name none, and git sets none of them for a hook."""


def without_repository(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out the variables by which git tells a hook its repository, index and settings."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(_OF_THE_USER)
    }
