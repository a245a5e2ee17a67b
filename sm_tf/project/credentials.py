"""Finds the AWS credentials that Terraform would use, without asking AWS and without reading a secret."""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The keys that give a profile its credentials, in the order in which the AWS provider looks.
_SOURCES = {
    "role_arn": "a role",
    "aws_access_key_id": "an access key",
    "sso_session": "IAM Identity Center",
    "sso_start_url": "IAM Identity Center",
    "web_identity_token_file": "a web identity",
    "credential_process": "a program",
    "login_session": "aws login",
}


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The source of the credentials in words, or the problem with them; both are None if there are none."""

    source: str | None = None
    problem: str | None = None


def find_credentials(environment: Mapping[str, str]) -> Credentials:
    """The first source of the AWS provider's chain: variables, web identity, profile, container.

    Credentials in a provider block would come first. The last source of the chain, the metadata service of an
    EC2 instance, is not asked.
    """
    if environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"):
        return Credentials(source="the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if environment.get("AWS_WEB_IDENTITY_TOKEN_FILE") and environment.get("AWS_ROLE_ARN"):
        return Credentials(source=f"web identity, role {environment['AWS_ROLE_ARN']}")
    named = environment.get("AWS_PROFILE")
    profile = named or "default"
    home = Path(environment.get("HOME", "/"))
    config = Path(environment.get("AWS_CONFIG_FILE") or home / ".aws" / "config")
    shared = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws" / "credentials")
    try:
        sections = [
            (config, _section(config, profile if profile == "default" else f"profile {profile}")),
            (shared, _section(shared, profile)),
        ]
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        return Credentials(problem=f"{config} or {shared} cannot be read: {type(error).__name__}")
    for key, words in _SOURCES.items():
        for file, section in sections:
            if section and key in section:
                return Credentials(source=f"{words} of profile {profile} in {file}")
    if named:
        found = any(section is not None for _, section in sections)
        problem = "has no credentials" if found else f"is in neither {config} nor {shared}"
        return Credentials(problem=f"AWS_PROFILE says {named}, which {problem}")
    for variable in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        if environment.get(variable):
            return Credentials(source=f"the container's role, by {variable}")
    return Credentials()


def _section(file: Path, name: str) -> set[str] | None:
    """The keys of a section, without their values; None if the section is missing."""
    parser = configparser.ConfigParser(interpolation=None, default_section="", strict=False)
    parser.read(file, encoding="utf-8")
    return set(parser[name]) if parser.has_section(name) else None
