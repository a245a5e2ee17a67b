"""A folder to build, programs that record how they are called, and container tools that run anywhere."""

import base64
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sm_tf.sandbox.sandbox import Sandbox

SCRIPT_TOOLS = ("awk", "base64", "cat", "curl", "dirname", "mkdir", "mktemp", "rm", "sed", "sh", "tar", "tr")
"""What the build script may use besides a builder."""

FAKE_BUILDER = """\
#!/bin/sh
{ printf '%s' "${0##*/}"; printf ' [%s]' "$@"; echo; } >>"$RECORD"
case "$1" in
    --version) echo "$FAKE_VERSION" ;;
    login)
        cat >"$RECORD.stdin"
        config=${DOCKER_CONFIG:-$HOME/.docker}
        [ ! -d "$config" ] || echo '{"auths": {"a-new-login": {}}}' >"$config/config.json"
        ;;
    manifest) [ -e "$RECORD.pushed" ] ;;
    push) [ -z "${FAKE_PUSH_FAILS:-}" ] && : >"$RECORD.pushed" ;;
    context) echo unix:///run/user/1000/docker.sock ;;
    build) env >"$RECORD.build-env"; find . | sort >"$RECORD.files" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The smallest folder that makes an image."""
    folder = tmp_path / "my image"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (folder / "model.py").write_text("print('hello')\n")
    return folder


@dataclass
class Bin:
    """A folder for PATH whose programs write their command lines to `record` before they do their work."""

    path: Path
    record: Path

    def add(self, name: str, *, real: str | None = None) -> None:
        """A program of this machine."""
        program = shutil.which(real or name)
        assert program, f"this test needs {name}"
        self._write(
            name,
            f'{{ printf "%s" {name}; printf " [%s]" "$@"; echo; }} >>"{self.record}"\nexec {program} "$@"',
        )

    def fake(self, name: str, content: str = FAKE_BUILDER) -> None:
        """A stand-in."""
        self._write(name, content)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def lines(self, start: str = "") -> list[str]:
        """The recorded command lines that begin with `start`."""
        text = self.record.read_text() if self.record.exists() else ""
        return [line for line in text.splitlines() if line.startswith(start)]

    def _write(self, name: str, content: str) -> None:
        file = self.path / name
        file.write_text(content if content.startswith("#!") else f"#!/bin/sh\n{content}\n")
        file.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Bin:
    """All that the script needs but a builder, and nothing else."""
    path = tmp_path / "bin"
    path.mkdir()
    result = Bin(path, tmp_path / "record")
    for tool in SCRIPT_TOOLS:
        result.add(tool)
    for tool in ("env", "find", "sort"):  # for the fake builder
        (path / tool).symlink_to(str(shutil.which(tool)))
    return result


@dataclass
class Podman:
    """podman with a storage of its own, also where there is neither systemd nor an overlay file system."""

    environment: dict[str, str]
    registries: Path
    known: list[str] = field(default_factory=list)

    def trust(self, registry: str) -> None:
        """Let `host:port` be reached without TLS."""
        self.known.append(registry)
        self.registries.write_text(
            "unqualified-search-registries = []\n"
            + "".join(f'[[registry]]\nlocation = "{known}"\ninsecure = true\n' for known in self.known)
        )

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["podman", *arguments], env=self.environment, cwd=cwd, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    import os

    home = tmp_path_factory.mktemp("podman")
    storage = home / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{home}/graph"\nrunroot = "{home}/run"\n')
    result = Podman(
        {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "CONTAINERS_STORAGE_CONF": str(storage),
            "CONTAINERS_REGISTRIES_CONF": str(home / "registries.conf"),
            "BUILDAH_ISOLATION": "chroot",
            "XDG_RUNTIME_DIR": str(home),
        },
        home / "registries.conf",
    )
    result.registries.write_text("")
    yield result
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def image_files(podman: Podman, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Every path of an image with its mode, as `tar -tv` shows it."""
    import tarfile

    def files(image: str) -> dict[str, str]:
        saved = tmp_path / "saved.tar"
        saved.unlink(missing_ok=True)
        podman.run("save", "--format", "docker-archive", "--output", str(saved), image)
        found: dict[str, str] = {}
        with tarfile.open(saved) as archive:
            for layer in archive.getmembers():
                if layer.name.endswith(".tar") and layer.isreg():
                    with tarfile.open(fileobj=archive.extractfile(layer)) as content:
                        for item in content.getmembers():
                            kind = "->" + item.linkname if item.issym() else f"{item.mode & 0o777:o}"
                            found[item.name.rstrip("/")] = kind
        return found

    return files


class Registry:
    """The registry's own view of what was pushed."""

    def __init__(self, address: str, authorization: str) -> None:
        self.address = address
        self.authorization = authorization
        """What ECR gives: the user and the password in base64."""
        self.password = base64.b64decode(authorization).decode().removeprefix("AWS:")

    def get(self, path: str, accept: str = "application/json") -> Any:
        headers = {"Authorization": f"Basic {self.authorization}", "Accept": accept}
        request = urllib.request.Request(f"http://{self.address}/v2/{path}", headers=headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    def tags(self, repository: str) -> set[str]:
        return set(self.get(f"{repository}/tags/list")["tags"])


@pytest.fixture
def sandbox(podman: Podman, bin_folder: Bin) -> Iterator[Sandbox]:
    """Terraform finds the script's tools and podman on PATH: neither Python nor Node nor the AWS CLI."""
    bin_folder.add("podman")
    with Sandbox(region="eu-west-1") as sandbox:
        sandbox.environment.update(podman.environment | {"PATH": str(bin_folder.path)})
        yield sandbox


@pytest.fixture
def registry(sandbox: Sandbox, podman: Podman) -> Registry:
    address = sandbox.aws.start_registry()
    assert address is not None
    podman.trust(address)
    data = sandbox.client("ecr", "eu-west-1").get_authorization_token()["authorizationData"]
    return Registry(address, data[0]["authorizationToken"])
