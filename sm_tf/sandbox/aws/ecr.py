"""ECR: repositories that lead to the sandbox's own registry when there is one."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr import urls
from moto.ecr.models import ECRBackend, Repository, ecr_backends
from moto.ecr.responses import ECRResponse

from sm_tf.sandbox.aws.extend import answer_with, store_in


class RepositoryBackend(ECRBackend):
    """Names repositories by the address that images are pushed to."""

    registry: str | None = None

    def create_repository(self, *args: Any, **kwargs: Any) -> Repository:
        """As moto does, with the registry's address in the URI."""
        repository = super().create_repository(*args, **kwargs)
        if self.registry:
            repository.uri = f"{self.registry}/{repository.name}"
        return repository

    def put_image_scanning_configuration(
        self, registry_id: str, repository_name: str, image_scan_config: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The AWS SDK for Go leaves a false scanOnPush out."""
        scan = {"scanOnPush": False, **(image_scan_config or {})}
        return super().put_image_scanning_configuration(registry_id, repository_name, scan)


class RepositoryResponses(ECRResponse):
    """Gives the credentials of the sandbox's own registry."""

    registry: str | None = None
    password = "sandbox"

    def get_authorization_token(self) -> ActionResult:
        """GetAuthorizationToken: for twelve hours, as AWS gives it."""
        account = self.current_account
        endpoint = f"{account}.dkr.ecr.{self.region}.amazonaws.com"
        return ActionResult(
            {
                "authorizationData": [
                    {
                        "authorizationToken": b64encode(f"AWS:{self.password}".encode()).decode(),
                        "expiresAt": datetime.now(UTC) + timedelta(hours=12),
                        "proxyEndpoint": f"http://{self.registry}"
                        if self.registry
                        else f"https://{endpoint}",
                    }
                ]
            }
        )


def install(registry: str | None, password: str | None) -> None:
    """Put these answers in the place of moto's; `registry` is `host:port`, its user AWS has `password`."""
    RepositoryBackend.registry = RepositoryResponses.registry = registry
    if password:
        RepositoryResponses.password = password
    store_in(ecr_backends, RepositoryBackend)
    answer_with(urls, RepositoryResponses)
