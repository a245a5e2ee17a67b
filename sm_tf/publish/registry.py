"""Asks a container registry for an image, without a container engine."""

import urllib.error
import urllib.request
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from sm_tf.foundation.errors import ToolError

_MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A registry: its address, such as `https://123456789012.dkr.ecr.eu-west-1.amazonaws.com`, and the user
    and password in base64, as ECR gives them.
    """

    url: str
    authorization: str = field(repr=False)

    @property
    def password(self) -> str:
        """The password alone."""
        return b64decode(self.authorization).decode().partition(":")[2]

    def digest(self, repository: str, tag: str) -> str | None:
        """Return the digest of an image, `sha256:…`, None if the registry doesn't have it.

        Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html

        Raises:
            ToolError: The registry can't be reached, refuses the request, or sends another manifest than its
                digest says.
        """
        request = urllib.request.Request(
            f"{self.url}/v2/{repository}/manifests/{tag}",
            headers={"Authorization": f"Basic {self.authorization}", "Accept": ", ".join(_MANIFESTS)},
        )
        # The machine's proxy does not lead to loopback.
        local = urlsplit(self.url).hostname in ("127.0.0.1", "localhost")
        opener = urllib.request.build_opener(*[urllib.request.ProxyHandler({})] if local else [])
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                digest = f"sha256:{sha256(answer.read()).hexdigest()}"
                told = answer.headers.get("Docker-Content-Digest", digest)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise ToolError(
                f"{self.url} refuses to show {repository}:{tag}: {error.code} {error.reason}."
            ) from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise ToolError(f"{self.url} cannot be reached: {reason}.") from None
        if told != digest:
            raise ToolError(f"{self.url} says that {repository}:{tag} is {told}, but sends {digest}.")
        return digest
