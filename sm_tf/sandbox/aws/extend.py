"""Replaces a service of moto by subclasses of its responses or of its backend."""

from types import ModuleType
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse


def answer_with(urls: ModuleType, responses: type[BaseResponse]) -> None:
    """Let `responses` answer the requests of the service whose moto `urls` module is given."""
    for path in urls.url_paths:
        urls.url_paths[path] = responses.dispatch


def store_in(backends: BackendDict[Any], backend: type[BaseBackend]) -> None:
    """Let `backend` keep the service's resources, in every account and region."""
    # moto finds a service's URLs by the name of the module that defines its backend.
    backend.__module__ = backends.backend.__module__
    backends.backend = backend
