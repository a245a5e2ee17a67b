"""The image builds of a stack, as `sm_tf.images` writes them."""

import subprocess
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_TYPE = "terraform_data"
_SYSTEM_REGISTRIES = Path("/etc/containers/registries.conf")
_SKIPPED = "echo 'This sandbox builds no images.'"


def image_builds(stack: Json) -> list[str]:
    """The names of the terraform_data resources that build and push an image."""
    return [
        name
        for name, resource in stack.get("resource", {}).get(_TYPE, {}).items()
        if "image_uri" in (resource.get("triggers_replace") or {}) and resource.get("provisioner")
    ]


def skipped_builds(names: list[str]) -> Json:
    """The part of the override file that makes these resources build nothing."""
    skip = {"provisioner": [{"local-exec": {"command": _SKIPPED, "interpreter": ["/bin/sh", "-c"]}}]}
    return {_TYPE: dict.fromkeys(names, skip)}


def registries_conf(address: str) -> str:
    """A configuration for podman: the machine's own, and plain HTTP for the registry at `address`."""
    system = _SYSTEM_REGISTRIES.read_text() if _SYSTEM_REGISTRIES.is_file() else ""
    return f'{system}\n[[registry]]\nlocation = "{address}"\ninsecure = true\n'


def remove_images(builder: str, address: str) -> None:
    """Remove the images that were built for the registry at `address` from the builder's own store."""
    listed = subprocess.run(
        [builder, "images", "--format", "{{.Repository}}:{{.Tag}}"], capture_output=True, text=True
    )
    images = [name for name in listed.stdout.split() if name.startswith(f"{address}/")]
    if images:
        subprocess.run([builder, "rmi", "--force", *images], capture_output=True)
