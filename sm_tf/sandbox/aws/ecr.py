"""ECR: repositories that lead to the sandbox's own registry if it has one."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr import urls
from moto.ecr.models import ECRBackend, Repository, ecr_backends
from moto.ecr.responses import ECRResponse

from sm_tf.sandbox.aws.extend import answer_with, store_in
from sm_tf.sandbox.aws.registry import USER, Registry

FindRegistry = Callable[[], Registry | None]


class RepositoryBackend(ECRBackend):
    """Gives repositories the address of the registry."""

    find_registry: FindRegistry

    def create_repository(self, *args: Any, **kwargs: Any) -> Repository:
        """As moto does, with the registry's address in the URI."""
        repository = super().create_repository(*args, **kwargs)
        if registry := type(self).find_registry():
            repository.uri = f"{registry.address}/{repository.name}"
        return repository

    def put_image_scanning_configuration(
        self, registry_id: str, repository_name: str, image_scan_config: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The AWS SDK for Go omits a false scanOnPush."""
        scan = {"scanOnPush": False, **(image_scan_config or {})}
        return super().put_image_scanning_configuration(registry_id, repository_name, scan)


class RepositoryResponses(ECRResponse):
    """Gives the credentials of the sandbox's own registry."""

    find_registry: FindRegistry

    def get_authorization_token(self) -> ActionResult:
        """GetAuthorizationToken: valid for twelve hours, as in AWS."""
        registry = type(self).find_registry()
        endpoint = f"https://{self.current_account}.dkr.ecr.{self.region}.amazonaws.com"
        password = registry.password if registry else "sandbox"
        return ActionResult(
            {
                "authorizationData": [
                    {
                        "authorizationToken": b64encode(f"{USER}:{password}".encode()).decode(),
                        "expiresAt": datetime.now(UTC) + timedelta(hours=12),
                        "proxyEndpoint": f"http://{registry.address}" if registry else endpoint,
                    }
                ]
            }
        )


def install(find_registry: FindRegistry) -> None:
    """Replace moto's answers; `find_registry` returns the running registry, if any."""
    # moto makes the objects of these classes itself.
    RepositoryBackend.find_registry = find_registry
    RepositoryResponses.find_registry = find_registry
    store_in(ecr_backends, RepositoryBackend)
    answer_with(urls, RepositoryResponses)
