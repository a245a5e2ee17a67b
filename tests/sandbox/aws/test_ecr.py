from base64 import b64decode
from collections.abc import Callable
from typing import Any


def test_without_a_registry_repositories_have_aws_addresses(client: Callable[[str], Any], name: str) -> None:
    repository = client("ecr").create_repository(repositoryName=name)["repository"]
    assert repository["repositoryUri"] == f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}"


def test_authorization_is_for_the_user_aws(client: Callable[[str], Any]) -> None:
    (data,) = client("ecr").get_authorization_token()["authorizationData"]
    assert b64decode(data["authorizationToken"]).startswith(b"AWS:")
    assert data["expiresAt"].timestamp() > data["expiresAt"].now(data["expiresAt"].tzinfo).timestamp()
